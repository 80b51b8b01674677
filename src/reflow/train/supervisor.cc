#include "reflow/train/supervisor.h"

#include <fmt/format.h>

#include <chrono>
#include <limits>

#include "reflow/base/logging.h"
#include "reflow/client/collections.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/lookup_ops.h"
#include "reflow/summary/summary.h"
#include "reflow/train/global_step.h"
#include "reflow/train/looper_thread.h"
#include "reflow/train/meta_graph.h"
#include "reflow/train/python_path.h"
#include "reflow/train/write_graph.h"

namespace reflow::train {
namespace {

// What was given, or the first item of a collection, or what `make` gives, which is added to it.
template <typename T, typename F>
void choose(std::optional<T>* given, const char* collection, F&& make) {
  if (*given) return;
  const std::vector<T> found = get_collection<T>(collection);
  if (found.size() > 1) log_info("Found {} {} operations. Returning the first one.", found.size(), collection);
  if (!found.empty()) {
    *given = found[0];
    return;
  }
  *given = make();
  if (*given) add_to_collection(collection, **given);
}

// Writes how many steps a second were made.
class StepCounter {
 public:
  StepCounter(const Session& sess, const Supervisor& supervisor)
      : sess_(sess),
        supervisor_(supervisor),
        tag_(supervisor.global_step()->op().name() + "/sec"),
        last_step_(step()) {}

  void write() {
    const int64_t now_at = step();
    const auto now = std::chrono::steady_clock::now();
    const double seconds = std::chrono::duration<double>(now - last_time_).count();
    const double rate =
        seconds > 0 ? static_cast<double>(now_at - last_step_) / seconds : std::numeric_limits<double>::infinity();
    last_step_ = now_at;
    last_time_ = now;
    if (supervisor_.summary_writer()) supervisor_.summary_writer()->add_scalar(tag_, static_cast<float>(rate), now_at);
    if (logged_++ < 10) log_info("{}: {:g}", tag_, rate);
  }

 private:
  int64_t step() const { return global_step(sess_, *supervisor_.global_step()); }

  Session sess_;
  const Supervisor& supervisor_;
  std::string tag_;
  int64_t last_step_;
  std::chrono::steady_clock::time_point last_time_ = std::chrono::steady_clock::now();
  int logged_ = 0;
};

}  // namespace

Supervisor::Supervisor(const SupervisorOptions& options)
    : options_(options), graph_(options.graph ? *options.graph : get_default_graph()) {
  {
    const Graph::DefaultScope scope(graph_);
    add_operations();
  }
  if (!options_.is_chief) {
    options_.logdir.clear();
    options_.save_summaries_secs = options_.save_model_secs = 0;
    options_.summary_writer = nullptr;
    for (const Operation& op : graph_.get_operations()) {
      if ((op.type() == "Variable" || op.type() == "VariableV2") && op.device().empty()) {
        throw ValueError("When using replicas, all Variables must have their device set: " + op.name());
      }
    }
  }
  if (!options_.logdir.empty()) {
    save_path_ = join_path(options_.logdir, options_.checkpoint_basename);
    if (!options_.summary_writer) options_.summary_writer = std::make_shared<summary::FileWriter>(options_.logdir);
  }
  session_manager_.emplace(SessionManagerOptions{.local_init_op = options_.local_init_op,
                                                 .ready_op = options_.ready_op,
                                                 .ready_for_local_init_op = options_.ready_for_local_init_op,
                                                 .graph = graph_,
                                                 .recovery_wait_secs = options_.recovery_wait_secs,
                                                 .local_init_run_options = options_.local_init_run_options});
  graph_.finalize();
}

Supervisor::~Supervisor() = default;

void Supervisor::add_operations() {
  SupervisorOptions& o = options_;
  choose(&o.ready_op, GraphKeys::READY_OP, [] { return std::optional(report_uninitialized_variables()); });
  choose(&o.ready_for_local_init_op, GraphKeys::READY_FOR_LOCAL_INIT_OP, [] { return std::optional<Output>(); });
  choose(&o.init_op, GraphKeys::INIT_OP, [] { return std::optional(global_variables_initializer()); });
  choose(&o.local_init_op, GraphKeys::LOCAL_INIT_OP, [] {
    const Operation variables = local_variables_initializer();
    return std::optional(group({variables, tables_initializer()}));
  });
  std::optional<std::shared_ptr<Saver>> saver;
  if (o.saver) saver = o.saver;
  choose(&saver, GraphKeys::SAVERS, [] {
    return global_variables().empty() ? std::nullopt : std::optional(std::make_shared<Saver>());
  });
  if (saver) o.saver = *saver;
  if (!o.without_summary_op) choose(&o.summary_op, GraphKeys::SUMMARY_OP, [] { return summary::merge_all(); });
  if (!o.global_step) o.global_step = get_global_step();
}

void Supervisor::write_graph(const Session& sess) {
  if (!options_.logdir.empty()) train::write_graph(graph_.as_graph_def(true), options_.logdir, "graph.pbtxt");
  if (!options_.summary_writer || graph_written_) return;
  const Graph::DefaultScope scope(sess.graph());
  options_.summary_writer->add_graph(graph_);
  ExportMetaGraphOptions options;
  if (options_.saver) options.saver_def = options_.saver->as_saver_def();
  options_.summary_writer->add_meta_graph(export_meta_graph(options));
  graph_written_ = true;
}

void Supervisor::start_standard_services(const Session& sess) {
  if (!options_.is_chief) {
    throw RuntimeError("Only chief supervisor can start standard services. Because only chief supervisors can write events.");
  }
  if (options_.logdir.empty()) {
    log_warning("Standard services need a 'logdir' passed to the SessionManager");
    return;
  }
  const std::optional<Variable>& step = options_.global_step;
  const std::shared_ptr<summary::FileWriter>& writer = options_.summary_writer;
  if (step && writer) {
    writer->add_session_log({.status = SessionLog::START, .checkpoint_path = {}, .msg = {}}, train::global_step(sess, *step));
  }
  if (options_.save_summaries_secs > 0 && writer) {
    if (options_.summary_op) {
      loop(options_.save_summaries_secs, [this, sess] {
        const Tensor value = sess.run(*options_.summary_op);
        const int64_t at = options_.global_step ? train::global_step(sess, *options_.global_step) : 0;
        log_info("Recording summary at step {}.", at);
        options_.summary_writer->add_summary(value, at);
      });
    }
    if (step) {
      loop(options_.save_summaries_secs,
           [counter = std::make_shared<StepCounter>(sess, *this)] { counter->write(); });
    }
  }
  if (options_.saver && options_.save_model_secs > 0) {
    loop(options_.save_model_secs, [this, sess] {
      log_info("Saving checkpoint to path {}", save_path_);
      SaveOptions save;
      if (options_.global_step) save.global_step = *options_.global_step;
      options_.saver->save(sess, save_path_, save);
      if (!options_.summary_writer || !options_.global_step) return;
      options_.summary_writer->add_session_log(
          {.status = SessionLog::CHECKPOINT, .checkpoint_path = save_path_, .msg = {}},
          train::global_step(sess, *options_.global_step));
    });
  }
}

Session Supervisor::prepare_or_wait_for_session(const std::string& master, const PrepareOrWaitOptions& options) {
  coord_.clear_stop();
  if (options_.summary_writer) options_.summary_writer->reopen();
  std::optional<Session> sess;
  if (options_.is_chief) {
    sess = session_manager_->prepare_session(master, {.init_op = options_.init_op,
                                                      .saver = options_.saver,
                                                      .checkpoint_dir = options_.logdir,
                                                      .wait_for_checkpoint = options.wait_for_checkpoint,
                                                      .max_wait_secs = options.max_wait_secs,
                                                      .config = options.config,
                                                      .init_feed_dict = options_.init_feed_dict,
                                                      .init_fn = options_.init_fn});
    write_graph(*sess);
    if (options.start_standard_services) {
      log_info("Starting standard services.");
      start_standard_services(*sess);
    }
  } else {
    sess = session_manager_->wait_for_session(master, {.config = options.config, .max_wait_secs = options.max_wait_secs});
  }
  if (options.start_standard_services) {
    log_info("Starting queue runners.");
    start_queue_runners(*sess);
  }
  return *sess;
}

void Supervisor::start_queue_runners(const Session& sess) {
  if (!graph_.get_items(GraphKeys::QUEUE_RUNNERS).empty()) train::start_queue_runners(sess, coord_);
}

void Supervisor::loop(std::optional<double> timer_interval_secs, std::function<void()> target) {
  LooperThread::loop(coord_, timer_interval_secs, std::move(target));
}

void Supervisor::stop(bool close_summary_writer, bool ignore_live_threads) {
  coord_.request_stop();
  std::exception_ptr error;
  try {
    coord_.join({.stop_grace_period_secs = options_.stop_grace_secs, .ignore_live_threads = ignore_live_threads});
  } catch (...) {
    error = std::current_exception();
  }
  if (close_summary_writer && options_.summary_writer) {
    options_.summary_writer->add_session_log({.status = SessionLog::STOP, .checkpoint_path = {}, .msg = {}});
    options_.summary_writer->close();
    graph_written_ = false;
  }
  if (error) std::rethrow_exception(error);
}

void Supervisor::managed_session(const std::function<void(const Session&)>& body, const std::string& master,
                                 const PrepareOrWaitOptions& options) {
  std::optional<Session> sess;
  try {
    sess = prepare_or_wait_for_session(master, options);
    body(*sess);
  } catch (...) {
    request_stop(std::current_exception());
  }
  std::exception_ptr error;
  try {
    stop();
  } catch (...) {
    error = std::current_exception();
  }
  if (sess) sess->close();
  if (error) std::rethrow_exception(error);
}

void Supervisor::summary_computed(const Session& sess, const Tensor& summary, std::optional<int64_t> global_step) {
  if (!options_.summary_writer) throw RuntimeError("Writing a summary requires a summary writer.");
  if (!global_step && options_.global_step) global_step = train::global_step(sess, *options_.global_step);
  options_.summary_writer->add_summary(summary, global_step.value_or(0));
}

void basic_train_loop(Supervisor& supervisor, const std::function<void(const Session&)>& train_step_fn,
                      const std::string& master) {
  while (true) {
    try {
      supervisor.managed_session(
          [&](const Session& sess) {
            while (!supervisor.should_stop()) train_step_fn(sess);
          },
          master);
      return;
    } catch (const errors::AbortedError&) {
    }
  }
}

}  // namespace reflow::train
