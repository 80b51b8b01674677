#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reflow/client/session.h"
#include "reflow/summary/file_writer.h"
#include "reflow/train/queue_runner.h"
#include "reflow/train/saver.h"
#include "reflow/train/session_manager.h"

namespace reflow::train {

struct SupervisorOptions {
  std::optional<Graph> graph;  // default: the default graph
  // Operations that aren't given are taken from the graph's collections, or made.
  std::optional<Output> ready_op;
  std::optional<Output> ready_for_local_init_op;
  bool is_chief = true;
  std::optional<Operation> init_op;
  FeedDict init_feed_dict;
  std::optional<Operation> local_init_op;
  std::string logdir;
  std::optional<Output> summary_op;
  bool without_summary_op = false;  // Python's summary_op=None: the program writes its summaries itself
  std::shared_ptr<Saver> saver;
  std::optional<Variable> global_step;
  double save_summaries_secs = 120;  // 0: never
  double save_model_secs = 600;      // 0: never
  double recovery_wait_secs = 30;
  double stop_grace_secs = 120;
  std::string checkpoint_basename = "model.ckpt";
  std::shared_ptr<summary::FileWriter> summary_writer;  // default: one for logdir
  std::function<void(const Session&)> init_fn;
  RunOptions local_init_run_options;
};

struct PrepareOrWaitOptions {
  SessionConfig config;
  bool wait_for_checkpoint = false;
  double max_wait_secs = 7200;
  bool start_standard_services = true;
};

// Takes a graph, finishes it, and looks after the session that trains it: the chief initialises the model or restores it
// from `logdir`, and saves checkpoints and summaries there; other workers wait for it. Threads of queue runners and of the
// program end together with training. The session must live as long as the threads.
//
//   tf::train::Supervisor sv({.logdir = folder});
//   sv.managed_session([&](const tf::Session& sess) { while (!sv.should_stop()) sess.run(train_op); });
class Supervisor {
 public:
  explicit Supervisor(const SupervisorOptions& options = {});
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  bool is_chief() const { return options_.is_chief; }
  const SessionManager& session_manager() const { return *session_manager_; }
  Coordinator& coord() { return coord_; }
  const std::optional<Operation>& init_op() const { return options_.init_op; }
  const std::optional<Output>& ready_op() const { return options_.ready_op; }
  const std::optional<Output>& ready_for_local_init_op() const { return options_.ready_for_local_init_op; }
  const std::optional<Output>& summary_op() const { return options_.summary_op; }
  const std::optional<Variable>& global_step() const { return options_.global_step; }
  const std::shared_ptr<Saver>& saver() const { return options_.saver; }
  const std::shared_ptr<summary::FileWriter>& summary_writer() const { return options_.summary_writer; }
  // The prefix of checkpoints; "": none are written.
  const std::string& save_path() const { return save_path_; }

  // A session whose model is ready, with its threads started.
  Session prepare_or_wait_for_session(const std::string& master = "", const PrepareOrWaitOptions& options = {});
  // Starts the threads that write summaries and checkpoints. RuntimeError: it is not the chief.
  void start_standard_services(const Session& sess);
  // Starts the threads of the graph's queue runners.
  void start_queue_runners(const Session& sess);
  // Starts a thread that calls `target` every so many seconds until training stops.
  void loop(std::optional<double> timer_interval_secs, std::function<void()> target);

  // Calls `body` with a session that is ready; at its end everything is stopped and closed, and errors are thrown again.
  void managed_session(const std::function<void(const Session&)>& body, const std::string& master = "",
                       const PrepareOrWaitOptions& options = {});

  bool should_stop() const { return coord_.should_stop(); }
  void request_stop(std::exception_ptr error = nullptr) { coord_.request_stop(std::move(error)); }
  void wait_for_stop() const { coord_.wait_for_stop(); }
  // Stops all threads and waits for them; throws the first error that one of them had.
  void stop(bool close_summary_writer = true, bool ignore_live_threads = false);
  // Writes a summary that the program has computed. RuntimeError: "Writing a summary requires a summary writer.".
  void summary_computed(const Session& sess, const Tensor& summary, std::optional<int64_t> global_step = std::nullopt);

 private:
  void add_operations();
  void write_graph(const Session& sess);

  SupervisorOptions options_;
  Graph graph_;
  std::string save_path_;
  std::optional<SessionManager> session_manager_;
  bool graph_written_ = false;
  Coordinator coord_;  // ends first: its threads use all the others
};

// Calls train_step_fn with a session until the supervisor stops; begins again when a server has restarted (AbortedError).
void basic_train_loop(Supervisor& supervisor, const std::function<void(const Session&)>& train_step_fn,
                      const std::string& master = "");

}  // namespace reflow::train
