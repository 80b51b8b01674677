#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/runtime/session.h"

namespace reflow::runtime {

// A device as clients see it.
struct DeviceDescription {
  std::string name, type;
  int64_t memory_limit_bytes = 0;
  uint64_t incarnation = 0;
};

// What a client's session runs on: the devices of this process, or a master. Functions as those of DirectSession.
// Thread-safe.
class SessionBackend {
 public:
  // A signature made ready to be run often.
  class Prepared {
   public:
    virtual ~Prepared() = default;
  };
  virtual ~SessionBackend() = default;
  virtual StatusOr<std::shared_ptr<Prepared>> prepare(const Signature& signature) = 0;
  virtual Status run(Prepared& prepared, std::span<const Tensor> feeds, std::vector<Tensor>* fetches,
                     const RunOptions& options, RunMetadata* metadata) = 0;
  virtual StatusOr<std::string> partial_run_setup(const Signature& signature) = 0;
  virtual Status partial_run(const std::string& handle, std::span<const std::pair<graph::Endpoint, Tensor>> feeds,
                             std::span<const graph::Endpoint> fetches, std::vector<Tensor>* values) = 0;
  virtual Status close() = 0;
  virtual StatusOr<std::vector<DeviceDescription>> list_devices() = 0;
  virtual Status reset(std::span<const std::string> containers) = 0;
};

// Makes the sessions of the targets that begin with its prefix.
struct SessionFactory {
  std::string name;    // "GRPC_SESSION"
  std::string prefix;  // "grpc://"
  std::function<StatusOr<std::unique_ptr<SessionBackend>>(const std::string& target, graph::Graph* graph,
                                                          const SessionOptions& options)>
      make;
  // Ends all sessions of a target, and what they share.
  std::function<Status(const std::string& target, std::span<const std::string> containers, const SessionOptions& options)>
      reset;
};
// Registers a factory, before main().
struct SessionFactoryRegistration {
  explicit SessionFactoryRegistration(SessionFactory factory);
};

// The session of `target`; "": a DirectSession. `graph` outlives it. NotFound: "No session factory registered for the
// given session options: ...".
StatusOr<std::unique_ptr<SessionBackend>> make_session(const std::string& target, graph::Graph* graph,
                                                       const SessionOptions& options);
// REQUIRES: target isn't "". NotFound as above.
Status reset_target(const std::string& target, std::span<const std::string> containers, const SessionOptions& options);

}  // namespace reflow::runtime
