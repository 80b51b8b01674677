#pragma once

// What is inside a MonitoredSession. Not for users.

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "reflow/train/monitored_session.h"

namespace reflow::train {

// The session, its coordinator and the hooks around its runs. One thread uses it.
class MonitoredSessionState {
 public:
  MonitoredSessionState(std::shared_ptr<SessionCreator> creator, Hooks hooks, bool recovers, double stop_grace_period_secs);

  // A run with hooks; where sessions are recovered, again with a new one as often as one is lost.
  std::vector<Tensor> run(const SessionRunArgs& args, RunMetadata* run_metadata);
  void run_step_fn(const std::function<void(const StepContext&)>& step_fn);
  // A run with hooks, whose loss of the session is an error.
  std::vector<Tensor> run_once(const SessionRunArgs& args, RunMetadata* run_metadata);
  bool should_stop();
  // with_end: hooks see the end before.
  void close(bool with_end);
  const std::optional<Session>& session() const { return session_; }

 private:
  void open();
  void reopen(const char* when, const char* what_follows, const std::exception& lost);
  void close_session();
  bool coordinator_stops() const;
  std::vector<Tensor> run_hooked(const SessionRunArgs& args, RunMetadata* run_metadata);
  // Feeds of the caller and of hooks; adds the fetches and options of hooks. `starts[i]`: where those of hook i begin.
  SessionRunArgs with_requests_of_hooks(SessionRunContext& context, std::vector<size_t>* starts);
  template <typename F>
  auto with_recovery(F&& function);

  std::shared_ptr<SessionCreator> creator_;
  Hooks hooks_;
  const bool recovers_;
  const double stop_grace_period_secs_;
  Graph graph_;
  bool graph_was_finalized_;
  bool hook_stops_ = false, closed_ = false;
  std::optional<Session> session_;
  std::unique_ptr<Coordinator> coord_;
};

}  // namespace reflow::train
