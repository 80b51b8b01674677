#include "reflow/train/saving_hooks.h"

#include <fmt/format.h>

#include "reflow/base/logging.h"
#include "reflow/client/collections.h"
#include "reflow/client/errors.h"
#include "reflow/client/status_errors.h"
#include "reflow/io/file.h"
#include "reflow/summary/chrome_trace.h"
#include "reflow/summary/file_writer_cache.h"
#include "reflow/train/global_step.h"
#include "reflow/train/global_step_read.h"
#include "reflow/train/meta_graph.h"
#include "reflow/train/python_path.h"
#include "reflow/train/write_graph.h"

namespace reflow::train {
namespace {

SecondOrStepTimer counter_timer(const StepCounterHookOptions& options) {
  if (options.every_n_steps && options.every_n_secs) {
    throw ValueError("exactly one of every_n_steps and every_n_secs should be provided.");
  }
  if (options.every_n_secs) return SecondOrStepTimer({.every_secs = options.every_n_secs, .every_steps = {}});
  return SecondOrStepTimer({.every_secs = {}, .every_steps = options.every_n_steps.value_or(100)});
}

}  // namespace

CheckpointSaverHook::CheckpointSaverHook(const std::string& checkpoint_dir, const CheckpointSaverHookOptions& options)
    : folder_(checkpoint_dir),
      save_path_(join_path(checkpoint_dir, options.checkpoint_basename)),
      options_(options),
      timer_({.every_secs = options.save_secs, .every_steps = options.save_steps}) {
  log_info("Create CheckpointSaverHook.");
  if (options.saver && options.scaffold) throw ValueError("You cannot provide both saver and scaffold.");
}

void CheckpointSaverHook::begin() {
  writer_ = summary::FileWriterCache::get(folder_);
  global_step_ = global_step_read("CheckpointSaverHook");
  for (const auto& listener : options_.listeners) listener->begin();
}

void CheckpointSaverHook::after_create_session(const Session& session, Coordinator&) {
  const int64_t step = integer_value(session.run(global_step_));
  const Graph graph = session.graph();
  write_graph(graph.as_graph_def(true), folder_, "graph.pbtxt");
  writer_->add_graph(graph);
  {
    const Graph::DefaultScope scope(graph);
    const SaverDef& def = saver().as_saver_def();
    ExportMetaGraphOptions options;
    if (!def.save_tensor_name.empty()) options.saver_def = def;
    writer_->add_meta_graph(export_meta_graph(options));
  }
  save(session, step);
  timer_.update_last_triggered_step(step);
}

std::optional<SessionRunArgs> CheckpointSaverHook::before_run(SessionRunContext&) {
  return SessionRunArgs{.fetches = {global_step_}, .feed_dict = {}, .options = {}};
}

void CheckpointSaverHook::after_run(SessionRunContext& run_context, const SessionRunValues& run_values) {
  if (!timer_.should_trigger_for_step(integer_value(run_values.results[0]) + 1)) return;
  const int64_t step = integer_value(run_context.session().run(global_step_));
  if (!timer_.should_trigger_for_step(step)) return;
  timer_.update_last_triggered_step(step);
  if (save(run_context.session(), step)) run_context.request_stop();
}

void CheckpointSaverHook::end(const Session& session) {
  const int64_t step = integer_value(session.run(global_step_));
  if (timer_.last_triggered_step() != step) save(session, step);
  for (const auto& listener : options_.listeners) listener->end(session, step);
}

// Does a listener want to stop?
bool CheckpointSaverHook::save(const Session& session, int64_t step) {
  log_info("Saving checkpoints for {} into {}.", step, save_path_);
  for (const auto& listener : options_.listeners) listener->before_save(session, step);
  saver().save(session, save_path_, {.global_step = step});
  writer_->add_session_log({.status = SessionLog::CHECKPOINT, .checkpoint_path = save_path_, .msg = {}}, step);
  bool stops = false;
  for (const auto& listener : options_.listeners) {
    if (!listener->after_save(session, step)) continue;
    log_info("A CheckpointSaverListener requested that training be stopped.");
    stops = true;
  }
  return stops;
}

Saver& CheckpointSaverHook::saver() {
  if (options_.saver) return *options_.saver;
  if (options_.scaffold) return *options_.scaffold->saver();
  const auto savers = get_collection<std::shared_ptr<Saver>>(GraphKeys::SAVERS);
  if (savers.empty()) {
    throw RuntimeError("No items in collection savers. Please add a saver to the collection or provide a saver or scaffold.");
  }
  if (savers.size() > 1) {
    throw RuntimeError("More than one item in collection savers. Please indicate which one to use by passing it to the "
                       "constructor.");
  }
  options_.saver = savers[0];
  return *options_.saver;
}

StepCounterHook::StepCounterHook(const StepCounterHookOptions& options) : options_(options), timer_(counter_timer(options)) {}

void StepCounterHook::begin() {
  if (!options_.summary_writer && !options_.output_dir.empty()) {
    options_.summary_writer = summary::FileWriterCache::get(options_.output_dir);
  }
  global_step_ = global_step_read("StepCounterHook");
  tag_ = get_global_step()->op().name() + "/sec";
}

std::optional<SessionRunArgs> StepCounterHook::before_run(SessionRunContext&) {
  return SessionRunArgs{.fetches = {global_step_}, .feed_dict = {}, .options = {}};
}

void StepCounterHook::after_run(SessionRunContext& run_context, const SessionRunValues& run_values) {
  const int64_t stale_step = integer_value(run_values.results[0]);
  if (timer_.should_trigger_for_step(stale_step + 1)) {
    const int64_t step = integer_value(run_context.session().run(global_step_));
    if (timer_.should_trigger_for_step(step)) {
      if (const auto elapsed = timer_.update_last_triggered_step(step)) {
        const double rate = static_cast<double>(elapsed->steps) / elapsed->secs;
        if (options_.summary_writer) options_.summary_writer->add_scalar(tag_, static_cast<float>(rate), step);
        log_info("{}: {:g}", tag_, rate);
      }
    }
  }
  if (stale_step == last_step_ && warnings_++ < 5) {
    log_warning(
        "It seems that global step (tf.train.get_global_step) has not been increased. Current value (could be stable): {} vs "
        "previous value: {}. You could increase the global step by passing tf.train.get_global_step() to "
        "Optimizer.apply_gradients or Optimizer.minimize.",
        stale_step, *last_step_);
  }
  last_step_ = stale_step;
}

SummarySaverHook::SummarySaverHook(const SummarySaverHookOptions& options)
    : options_(options), timer_({.every_secs = options.save_secs, .every_steps = options.save_steps}) {
  if (options.scaffold.has_value() != options.summary_op.empty()) {
    throw ValueError("Exactly one of scaffold or summary_op must be provided.");
  }
}

void SummarySaverHook::begin() {
  if (!options_.summary_writer && !options_.output_dir.empty()) {
    options_.summary_writer = summary::FileWriterCache::get(options_.output_dir);
  }
  next_step_.reset();
  global_step_ = global_step_read("SummarySaverHook");
}

std::optional<SessionRunArgs> SummarySaverHook::before_run(SessionRunContext&) {
  requested_ = !next_step_ || timer_.should_trigger_for_step(*next_step_);
  SessionRunArgs args{.fetches = {global_step_}, .feed_dict = {}, .options = {}};
  if (!requested_) return args;
  if (!options_.scaffold) {
    args.fetches.insert(args.fetches.end(), options_.summary_op.begin(), options_.summary_op.end());
  } else if (options_.scaffold->summary_op()) {
    args.fetches.push_back(*options_.scaffold->summary_op());
  }
  return args;
}

void SummarySaverHook::after_run(SessionRunContext& run_context, const SessionRunValues& run_values) {
  if (!options_.summary_writer) return;
  int64_t step = integer_value(run_values.results[0]) + 1;
  if (!next_step_ || requested_) step = integer_value(run_context.session().run(global_step_));
  if (!next_step_) options_.summary_writer->add_session_log({.status = SessionLog::START, .checkpoint_path = {}, .msg = {}}, step);
  if (requested_) {
    timer_.update_last_triggered_step(step);
    for (size_t i = 1; i < run_values.results.size(); ++i) {
      options_.summary_writer->add_summary(run_values.results[i], step);
    }
  }
  next_step_ = step + 1;
}

void SummarySaverHook::end(const Session&) {
  if (options_.summary_writer) options_.summary_writer->flush();
}

ProfilerHook::ProfilerHook(const ProfilerHookOptions& options)
    : options_(options), timer_({.every_secs = options.save_secs, .every_steps = options.save_steps}) {
  writer_ = summary::FileWriterCache::get(options.output_dir);
}

void ProfilerHook::begin() {
  next_step_.reset();
  global_step_ = global_step_read("ProfilerHook");
}

std::optional<SessionRunArgs> ProfilerHook::before_run(SessionRunContext&) {
  requested_ = next_step_ && timer_.should_trigger_for_step(*next_step_);
  SessionRunArgs args{.fetches = {global_step_}, .feed_dict = {}, .options = {}};
  if (requested_) args.options = RunOptions{.trace_level = RunOptions::FULL_TRACE};
  return args;
}

void ProfilerHook::after_run(SessionRunContext& run_context, const SessionRunValues& run_values) {
  int64_t step = integer_value(run_values.results[0]);
  if (!next_step_) timer_.update_last_triggered_step(step);
  ++step;
  if (requested_) {
    step = integer_value(run_context.session().run(global_step_));
    timer_.update_last_triggered_step(step);
    const std::string file = join_path(options_.output_dir, fmt::format("timeline-{}.json", step));
    log_info("Saving timeline for {} into '{}'.", step, file);
    auto trace = summary::chrome_trace(run_values.run_metadata.serialize(), options_.show_memory);
    errors::throw_if_error(trace.status());
    errors::throw_if_error(io::write_file(file, *trace));
    writer_->add_run_metadata(run_values.run_metadata, fmt::format("step_{}", step), step);
  }
  next_step_ = step + 1;
}

}  // namespace reflow::train
