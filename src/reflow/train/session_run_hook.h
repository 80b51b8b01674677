#pragma once

// What a MonitoredSession calls around its life and its runs.

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "reflow/client/session.h"
#include "reflow/train/coordinator.h"

namespace reflow::train {

// What is run: by the caller, or in addition by a hook.
struct SessionRunArgs {
  std::vector<GraphElement> fetches;
  FeedDict feed_dict;
  std::optional<RunOptions> options;
};

// What a hook gets of a run: the values of its fetches in their order, and the run's options and metadata.
struct SessionRunValues {
  std::vector<Tensor> results;
  RunOptions options;
  RunMetadata run_metadata;
};

// What a hook may know of a run, and the means to ask for the end of the loop. Good during the run.
class SessionRunContext {
 public:
  SessionRunContext(SessionRunArgs original_args, Session session)
      : original_args_(std::move(original_args)), session_(std::move(session)) {}

  // What the caller has asked for.
  const SessionRunArgs& original_args() const { return original_args_; }
  // The session, which a hook may run itself.
  const Session& session() const { return session_; }
  bool stop_requested() const { return stop_requested_; }
  // Lets should_stop() of the MonitoredSession be true from now on.
  void request_stop() { stop_requested_ = true; }

 private:
  SessionRunArgs original_args_;
  Session session_;
  bool stop_requested_ = false;
};

// A hook overrides what it needs. Its methods are called by the thread that runs the MonitoredSession.
class SessionRunHook {
 public:
  virtual ~SessionRunHook() = default;
  // Once, before the session is made: the graph can still be changed.
  virtual void begin() {}
  // When a session was made, anew when one was lost. The graph can't be changed any more.
  virtual void after_create_session(const Session& /*session*/, Coordinator& /*coord*/) {}
  // Before each run: what to fetch and feed in addition. Unset: nothing.
  virtual std::optional<SessionRunArgs> before_run(SessionRunContext& /*run_context*/) { return std::nullopt; }
  // After each run that threw nothing, with what before_run asked for.
  virtual void after_run(SessionRunContext& /*run_context*/, const SessionRunValues& /*run_values*/) {}
  // At the end, unless an error ended the loop.
  virtual void end(const Session& /*session*/) {}
};

using Hooks = std::vector<std::shared_ptr<SessionRunHook>>;

}  // namespace reflow::train
