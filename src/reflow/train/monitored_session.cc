#include "reflow/train/monitored_session.h"

#include <exception>

#include "reflow/base/logging.h"
#include "reflow/client/errors.h"
#include "reflow/train/monitored_session_state.h"
#include "reflow/train/saving_hooks.h"
#include "reflow/train/session_manager.h"

namespace reflow::train {
namespace {

// Of a finalized scaffold.
SessionManager manager_of(const Scaffold& scaffold) {
  return SessionManager({.local_init_op = scaffold.local_init_op(),
                         .ready_op = scaffold.ready_op(),
                         .ready_for_local_init_op = scaffold.ready_for_local_init_op()});
}

}  // namespace

struct ChiefSessionCreator::State {
  ChiefSessionCreatorOptions options;
  Scaffold scaffold;
  std::optional<SessionManager> manager;
};

ChiefSessionCreator::ChiefSessionCreator(const ChiefSessionCreatorOptions& options)
    : state_(new State{options, options.scaffold ? *options.scaffold : Scaffold(), std::nullopt}) {}

ChiefSessionCreator::~ChiefSessionCreator() = default;

Session ChiefSessionCreator::create_session() {
  State& s = *state_;
  s.scaffold.finalize();
  if (!s.manager) s.manager = manager_of(s.scaffold);
  return s.manager->prepare_session(
      s.options.master, {.init_op = s.scaffold.init_op(),
                         .saver = s.scaffold.saver(),
                         .checkpoint_dir = s.options.checkpoint_dir,
                         .checkpoint_filename_with_path = s.options.checkpoint_filename_with_path,
                         .config = s.options.config,
                         .init_feed_dict = s.scaffold.init_feed_dict(),
                         .init_fn = s.scaffold.init_fn()});
}

struct WorkerSessionCreator::State {
  WorkerSessionCreatorOptions options;
  Scaffold scaffold;
  std::optional<SessionManager> manager;
};

WorkerSessionCreator::WorkerSessionCreator(const WorkerSessionCreatorOptions& options)
    : state_(new State{options, options.scaffold ? *options.scaffold : Scaffold(), std::nullopt}) {}

WorkerSessionCreator::~WorkerSessionCreator() = default;

Session WorkerSessionCreator::create_session() {
  State& s = *state_;
  s.scaffold.finalize();
  if (!s.manager) s.manager = manager_of(s.scaffold);
  return s.manager->wait_for_session(s.options.master,
                                     {.config = s.options.config, .max_wait_secs = s.options.max_wait_secs});
}

std::vector<Tensor> StepContext::run_with_hooks(const std::vector<GraphElement>& fetches, const FeedDict& feed_dict) const {
  return monitored_.run_once({.fetches = fetches, .feed_dict = feed_dict, .options = {}}, nullptr);
}

void StepContext::request_stop() const {
  throw errors::OutOfRangeError("step_fn has requested the iterations to stop.");
}

MonitoredSession::MonitoredSession(std::shared_ptr<SessionCreator> session_creator, Hooks hooks,
                                   const MonitoredSessionOptions& options)
    : state_(std::make_unique<MonitoredSessionState>(std::move(session_creator), std::move(hooks), true,
                                                     options.stop_grace_period_secs)) {}

MonitoredSession::MonitoredSession(WithoutRecovery, std::shared_ptr<SessionCreator> session_creator, Hooks hooks,
                                   const MonitoredSessionOptions& options)
    : state_(std::make_unique<MonitoredSessionState>(std::move(session_creator), std::move(hooks), false,
                                                     options.stop_grace_period_secs)) {}

MonitoredSession::MonitoredSession(MonitoredSession&&) noexcept = default;

MonitoredSession::~MonitoredSession() {
  if (!state_ || !state_->session()) return;
  try {
    state_->close(std::uncaught_exceptions() == 0);
  } catch (const std::exception& error) {
    log_error("A MonitoredSession ended with an error: {}", error.what());
  }
}

Tensor MonitoredSession::run(const GraphElement& fetch, const FeedDict& feed_dict) {
  return run(std::vector<GraphElement>{fetch}, feed_dict)[0];
}

std::vector<Tensor> MonitoredSession::run(const std::vector<GraphElement>& fetches, const FeedDict& feed_dict) {
  return state_->run({.fetches = fetches, .feed_dict = feed_dict, .options = {}}, nullptr);
}

std::vector<Tensor> MonitoredSession::run(const std::vector<GraphElement>& fetches, const FeedDict& feed_dict,
                                          const RunOptions& options, RunMetadata* run_metadata) {
  return state_->run({.fetches = fetches, .feed_dict = feed_dict, .options = options}, run_metadata);
}

void MonitoredSession::run_step_fn(const std::function<void(const StepContext&)>& step_fn) { state_->run_step_fn(step_fn); }

bool MonitoredSession::should_stop() { return state_->should_stop(); }

void MonitoredSession::run_until_end(const std::function<void()>& step) {
  try {
    while (!should_stop()) step();
  } catch (const errors::OutOfRangeError&) {
  } catch (...) {
    const std::exception_ptr error = std::current_exception();
    try {
      if (state_->session()) state_->close(false);
    } catch (const std::exception& another) {
      log_error("A MonitoredSession ended with an error: {}", another.what());
    }
    std::rethrow_exception(error);
  }
  close();
}

void MonitoredSession::close() { state_->close(true); }

std::optional<Graph> MonitoredSession::graph() const {
  return state_->session() ? std::optional(state_->session()->graph()) : std::nullopt;
}

const Session& MonitoredSession::session() const {
  if (!state_->session()) throw RuntimeError("Attempted to use a closed Session.");
  return *state_->session();
}

SingularMonitoredSession::SingularMonitoredSession(const SingularMonitoredSessionOptions& options)
    : MonitoredSession(WithoutRecovery(),
                       std::make_shared<ChiefSessionCreator>(ChiefSessionCreatorOptions{
                           options.scaffold, options.master, options.config, options.checkpoint_dir,
                           options.checkpoint_filename_with_path}),
                       options.hooks, {options.stop_grace_period_secs}) {}

namespace {

// The hooks of the chief that write files, as far as folders and intervals are given.
void add_saving_hooks(const MonitoredTrainingSessionOptions& o, const Scaffold& scaffold, Hooks* hooks) {
  const auto positive = [](const auto& value) { return value && *value > 0; };
  std::optional<int64_t> summaries_steps = o.save_summaries_steps;
  if (!o.save_summaries_steps && !o.save_summaries_secs) summaries_steps = 100;
  std::optional<double> checkpoint_secs = o.save_checkpoint_secs;
  if (!o.save_checkpoint_steps && !o.save_checkpoint_secs) checkpoint_secs = 600;
  const std::string& summary_dir = o.summary_dir.empty() ? o.checkpoint_dir : o.summary_dir;
  if (!summary_dir.empty() && o.log_step_count_steps > 0) {
    hooks->push_back(std::make_shared<StepCounterHook>(
        StepCounterHookOptions{.every_n_steps = o.log_step_count_steps, .output_dir = summary_dir}));
  }
  if (!summary_dir.empty() && (positive(summaries_steps) || positive(o.save_summaries_secs))) {
    hooks->push_back(std::make_shared<SummarySaverHook>(SummarySaverHookOptions{.save_steps = summaries_steps,
                                                                                .save_secs = o.save_summaries_secs,
                                                                                .output_dir = summary_dir,
                                                                                .scaffold = scaffold}));
  }
  if (!o.checkpoint_dir.empty() && (positive(checkpoint_secs) || positive(o.save_checkpoint_steps))) {
    hooks->push_back(std::make_shared<CheckpointSaverHook>(
        o.checkpoint_dir, CheckpointSaverHookOptions{
                              .save_secs = checkpoint_secs, .save_steps = o.save_checkpoint_steps, .scaffold = scaffold}));
  }
}

}  // namespace

MonitoredSession MonitoredTrainingSession(const MonitoredTrainingSessionOptions& options) {
  const Scaffold scaffold = options.scaffold ? *options.scaffold : Scaffold();
  if (!options.is_chief) {
    return MonitoredSession(std::make_shared<WorkerSessionCreator>(WorkerSessionCreatorOptions{
                                scaffold, options.master, options.config, options.max_wait_secs}),
                            options.hooks, {options.stop_grace_period_secs});
  }
  Hooks hooks = options.chief_only_hooks;
  add_saving_hooks(options, scaffold, &hooks);
  hooks.insert(hooks.end(), options.hooks.begin(), options.hooks.end());
  return MonitoredSession(
      std::make_shared<ChiefSessionCreator>(ChiefSessionCreatorOptions{.scaffold = scaffold,
                                                                       .master = options.master,
                                                                       .config = options.config,
                                                                       .checkpoint_dir = options.checkpoint_dir,
                                                                       .checkpoint_filename_with_path = {}}),
      std::move(hooks), {options.stop_grace_period_secs});
}

}  // namespace reflow::train
