#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reflow/client/session.h"
#include "reflow/train/scaffold.h"
#include "reflow/train/session_run_hook.h"

namespace reflow::train {

// Makes the session of a MonitoredSession, also when one was lost.
class SessionCreator {
 public:
  virtual ~SessionCreator() = default;
  virtual Session create_session() = 0;
};

struct ChiefSessionCreatorOptions {
  std::optional<Scaffold> scaffold;
  std::string master;
  SessionConfig config;
  std::string checkpoint_dir;
  std::string checkpoint_filename_with_path;
};
// Makes sessions that are initialised, or restored from a checkpoint.
class ChiefSessionCreator : public SessionCreator {
 public:
  explicit ChiefSessionCreator(const ChiefSessionCreatorOptions& options = {});
  ~ChiefSessionCreator() override;
  Session create_session() override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

struct WorkerSessionCreatorOptions {
  std::optional<Scaffold> scaffold;
  std::string master;
  SessionConfig config;
  double max_wait_secs = 30 * 60;
};
// Makes sessions that wait until the chief has initialised the model.
class WorkerSessionCreator : public SessionCreator {
 public:
  explicit WorkerSessionCreator(const WorkerSessionCreatorOptions& options = {});
  ~WorkerSessionCreator() override;
  Session create_session() override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

struct MonitoredSessionOptions {
  double stop_grace_period_secs = 120;  // for threads to end in
};

class MonitoredSessionState;

// What a step function gets: the session itself, whose runs call no hook, and the means to run with hooks and to stop.
class StepContext {
 public:
  StepContext(Session session, MonitoredSessionState& monitored) : session_(std::move(session)), monitored_(monitored) {}

  const Session& session() const { return session_; }
  std::vector<Tensor> run_with_hooks(const std::vector<GraphElement>& fetches, const FeedDict& feed_dict = {}) const;
  // Ends the loop: throws what run_until_end catches.
  [[noreturn]] void request_stop() const;

 private:
  Session session_;
  MonitoredSessionState& monitored_;
};

// A session that initialises or restores its model, starts queue runners, calls hooks around its runs, and is made anew
// when a worker was lost (AbortedError, UnavailableError). One thread runs it.
//
//   auto sess = tf::train::MonitoredTrainingSession({.checkpoint_dir = folder, .hooks = {stop}});
//   sess.run_until_end([&] { sess.run(train_op); });
class MonitoredSession {
 public:
  // Calls begin() of the hooks, and makes the session: by a ChiefSessionCreator, where none is given.
  explicit MonitoredSession(std::shared_ptr<SessionCreator> session_creator = nullptr, Hooks hooks = {},
                            const MonitoredSessionOptions& options = {});
  // Closes as the end of Python's `with` does: hooks see the end only where no exception is on its way. Errors are logged.
  ~MonitoredSession();
  MonitoredSession(MonitoredSession&&) noexcept;
  MonitoredSession& operator=(MonitoredSession&&) = delete;

  // As those of Session. RuntimeError: "Run called even after should_stop requested.", or it was closed.
  Tensor run(const GraphElement& fetch, const FeedDict& feed_dict = {});
  std::vector<Tensor> run(const std::vector<GraphElement>& fetches, const FeedDict& feed_dict = {});
  std::vector<Tensor> run(const std::vector<GraphElement>& fetches, const FeedDict& feed_dict, const RunOptions& options,
                          RunMetadata* run_metadata = nullptr);
  // Calls a function that may run several times, with hooks or without.
  void run_step_fn(const std::function<void(const StepContext&)>& step_fn);

  // Should the loop end? A hook or a thread asked for it, or the session is closed.
  bool should_stop();
  // Calls `step` until should_stop(). OutOfRangeError, the end of the input, ends the loop as well. Then closes.
  void run_until_end(const std::function<void()>& step);

  // Calls end() of the hooks and closes the session. RuntimeError: "Session is already closed.".
  void close();
  // Unset: it was closed.
  std::optional<Graph> graph() const;

 protected:
  struct WithoutRecovery {};
  MonitoredSession(WithoutRecovery, std::shared_ptr<SessionCreator> session_creator, Hooks hooks,
                   const MonitoredSessionOptions& options);
  const Session& session() const;

 private:
  std::unique_ptr<MonitoredSessionState> state_;
};

struct SingularMonitoredSessionOptions {
  Hooks hooks;
  std::optional<Scaffold> scaffold;
  std::string master;
  SessionConfig config;
  std::string checkpoint_dir;
  double stop_grace_period_secs = 120;
  std::string checkpoint_filename_with_path;
};
// A session with hooks and initialisation, that is not made anew when it is lost.
class SingularMonitoredSession : public MonitoredSession {
 public:
  explicit SingularMonitoredSession(const SingularMonitoredSessionOptions& options = {});
  // The session inside.
  const Session& raw_session() const { return session(); }
};

struct MonitoredTrainingSessionOptions {
  std::string master;
  bool is_chief = true;
  std::string checkpoint_dir;
  std::optional<Scaffold> scaffold;
  Hooks hooks;
  Hooks chief_only_hooks;
  // Of both, where neither is given, 600 seconds; 0: never.
  std::optional<double> save_checkpoint_secs;
  std::optional<int64_t> save_checkpoint_steps;
  // Of both, where neither is given, 100 steps; 0: never.
  std::optional<int64_t> save_summaries_steps;
  std::optional<double> save_summaries_secs;
  SessionConfig config;
  double stop_grace_period_secs = 120;
  int64_t log_step_count_steps = 100;  // 0: never
  double max_wait_secs = 7200;         // of workers, for the chief
  std::string summary_dir;             // default: checkpoint_dir
};
// A MonitoredSession for training. The chief initialises or restores the model, and saves checkpoints and summaries if
// there is a folder for them; other workers wait until it has.
MonitoredSession MonitoredTrainingSession(const MonitoredTrainingSessionOptions& options = {});

}  // namespace reflow::train
