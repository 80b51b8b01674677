#pragma once

#include <memory>
#include <shared_mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "reflow/capi/objects.h"
#include "reflow/client/session.h"
#include "reflow/runtime/session_backend.h"

// A session with the signatures that it has run.
struct TF_Session {
  TF_Session(const TF_SessionOptions& options, const reflow::Graph& graph);
  ~TF_Session();
  // Resets these containers of all sessions of this process, and closes them.
  static reflow::Status reset_local(std::span<const std::string> containers);

  // What a run is asked for.
  struct Call {
    std::span<const reflow::graph::Endpoint> feeds, fetches;
    std::span<reflow::graph::Node* const> targets;
  };
  // InvalidArgument: nothing to do, a feed of another type. OutOfRange: an output that isn't there. Else as of
  // SessionBackend::run. After an error no result is set.
  reflow::Status run(const Call& call, TF_Tensor* const* feed_values, TF_Tensor** results, const TF_Buffer* run_options,
                     TF_Buffer* run_metadata);
  reflow::StatusOr<std::string> partial_run_setup(const Call& call);
  reflow::Status partial_run(const std::string& handle, const Call& call, TF_Tensor* const* feed_values, TF_Tensor** results);

  reflow::Session session;
  reflow::runtime::SessionBackend& backend;

 private:
  // A signature, compiled.
  struct Prepared {
    reflow::runtime::Signature signature;  // as called; what is compiled fetches each tensor once
    std::vector<int> sources;              // of each fetch: an index of the run's results
    std::shared_ptr<reflow::runtime::SessionBackend::Prepared> run;
  };
  reflow::StatusOr<const Prepared*> prepare(const Call& call);

  std::shared_mutex mutex_;
  std::unordered_multimap<uint64_t, std::unique_ptr<const Prepared>> prepared_;  // by hash of the call; entries stay
};
