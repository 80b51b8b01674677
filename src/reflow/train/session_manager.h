#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "reflow/client/session.h"
#include "reflow/train/checkpoint_management.h"
#include "reflow/train/saver.h"

namespace reflow::train {

struct SessionManagerOptions {
  std::optional<Operation> local_init_op;
  std::optional<Output> ready_op;                 // names of variables that aren't initialised
  std::optional<Output> ready_for_local_init_op;  // the same, of those that local_init_op needs
  std::optional<Graph> graph;                     // default: the default graph
  double recovery_wait_secs = 30;                 // between two looks whether the model is ready
  RunOptions local_init_run_options;
};

struct PrepareSessionOptions {
  std::optional<Operation> init_op;
  std::shared_ptr<Saver> saver;
  std::string checkpoint_dir;
  std::string checkpoint_filename_with_path;  // or a checkpoint itself
  bool wait_for_checkpoint = false;
  double max_wait_secs = 7200;
  SessionConfig config;
  FeedDict init_feed_dict;
  std::function<void(const Session&)> init_fn;  // called after init_op
};

struct RecoverSessionOptions {
  std::shared_ptr<Saver> saver;
  std::string checkpoint_dir;
  std::string checkpoint_filename_with_path;
  bool wait_for_checkpoint = false;
  double max_wait_secs = 7200;
  SessionConfig config;
};

struct WaitForSessionOptions {
  SessionConfig config;
  std::optional<double> max_wait_secs;  // default: without end
};

// Makes sessions on a graph, and brings them into the state in which they can train. Not thread-safe.
class SessionManager {
 public:
  // ValueError: "If you pass a ready_for_local_init_op you must also pass a local_init_op , ...".
  explicit SessionManager(const SessionManagerOptions& options = {});

  // A session that is ready: restored from a checkpoint if there is one, otherwise initialised. RuntimeError: "Init
  // operations did not make model ready. ..."; "Model is not initialized and no init_op or init_fn or local_init_op was
  // given". ValueError: both kinds of checkpoint are given.
  Session prepare_session(const std::string& master, const PrepareSessionOptions& options = {}) const;

  struct Recovered {
    Session session;
    bool is_ready;  // it was restored from a checkpoint, and is ready
  };
  Recovered recover_session(const std::string& master, const RecoverSessionOptions& options = {}) const;

  // A session that another process has made ready. DeadlineExceededError: "Session was not ready after waiting 5 secs.".
  Session wait_for_session(const std::string& master, const WaitForSessionOptions& options = {}) const;

 private:
  Session session(const std::string& master, const SessionConfig& config) const;
  Recovered restore_checkpoint(const std::string& master, const RecoverSessionOptions& options) const;
  std::optional<CheckpointState> checkpoint_state(const std::string& folder, double max_wait_secs) const;
  // Why it isn't ready; unset: it is.
  std::optional<std::string> try_local_init(const Session& session) const;

  SessionManagerOptions options_;
  Graph graph_;
};

}  // namespace reflow::train
