#include "reflow/train/session_hooks.h"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <thread>

#include "reflow/base/logging.h"
#include "reflow/client/graph.h"
#include "reflow/client/numpy_text.h"
#include "reflow/train/global_step_read.h"

namespace reflow::train {

namespace {

// The tensor of the default graph that "loss" or "loss:0" means.
GraphElement element_named(const std::string& name) {
  const Graph graph = get_default_graph();
  if (name.find(':') != std::string::npos) return graph.as_graph_element(name);
  const Output first = graph.get_tensor_by_name(name + ":0");
  if (first.op().outputs().size() > 1) {
    throw ValueError(fmt::format("Name {} is ambiguous, as this `Operation` has multiple outputs (at least 2).", name));
  }
  return first;
}

double as_double(const Tensor& value) {
  switch (value.dtype()) {
    case DType::kFloat64:
      return value.item<double>();
    case DType::kHalf:
      return static_cast<float>(value.item<Half>());
    case DType::kBfloat16:
      return static_cast<float>(value.item<Bfloat16>());
    case DType::kFloat32:
      return value.item<float>();
    default:
      throw TypeError("NanTensorHook: the loss is no floating-point number");
  }
}

}  // namespace

LoggingTensorHook::LoggingTensorHook(TaggedTensors tensors, LoggingTensorHookOptions options)
    : tensors_(std::move(tensors)), options_(std::move(options)) {
  check();
}

LoggingTensorHook::LoggingTensorHook(std::vector<std::string> names, LoggingTensorHookOptions options)
    : names_(std::move(names)), options_(std::move(options)) {
  check();
}

void LoggingTensorHook::check() const {
  const bool only_at_end = options_.at_end && !options_.every_n_iter && !options_.every_n_secs;
  if (!only_at_end && options_.every_n_iter.has_value() == options_.every_n_secs.has_value()) {
    throw ValueError("either at_end and/or exactly one of every_n_iter and every_n_secs must be provided.");
  }
  if (options_.every_n_iter && *options_.every_n_iter <= 0) {
    throw ValueError(fmt::format("invalid every_n_iter={}.", *options_.every_n_iter));
  }
}

void LoggingTensorHook::begin() {
  timer_.reset();
  if (options_.every_n_iter || options_.every_n_secs) {
    timer_.emplace(SecondOrStepTimerOptions{options_.every_n_secs, options_.every_n_iter});
  }
  iterations_ = 0;
  if (names_.empty()) return;
  tensors_.clear();
  for (const std::string& name : names_) tensors_.emplace_back(name, element_named(name));
}

std::vector<GraphElement> LoggingTensorHook::fetches() const {
  std::vector<GraphElement> elements;
  for (const auto& [tag, element] : tensors_) elements.push_back(element);
  return elements;
}

std::optional<SessionRunArgs> LoggingTensorHook::before_run(SessionRunContext&) {
  triggered_ = timer_ && timer_->should_trigger_for_step(iterations_);
  if (!triggered_) return std::nullopt;
  return SessionRunArgs{.fetches = fetches(), .feed_dict = {}, .options = {}};
}

void LoggingTensorHook::after_run(SessionRunContext&, const SessionRunValues& run_values) {
  if (triggered_) log_tensors(run_values.results);
  ++iterations_;
}

void LoggingTensorHook::end(const Session& session) {
  if (options_.at_end) log_tensors(session.run(fetches()));
}

void LoggingTensorHook::log_tensors(const std::vector<Tensor>& values) {
  std::optional<SecondOrStepTimer::Elapsed> elapsed;
  if (timer_) elapsed = timer_->update_last_triggered_step(iterations_);
  if (options_.formatter) {
    log_info("{}", options_.formatter(values));
    return;
  }
  std::string line;
  for (size_t i = 0; i < tensors_.size(); ++i) {
    line += fmt::format("{}{} = {}", i ? ", " : "", tensors_[i].first,
                        values[i].valid() ? client::numpy_str(values[i]) : "None");
  }
  if (elapsed) line += fmt::format(" ({:.3f} sec)", elapsed->secs);
  log_info("{}", line);
}

StopAtStepHook::StopAtStepHook(const StopAtStepHookOptions& options) : options_(options) {
  if (!options.num_steps && !options.last_step) throw ValueError("One of num_steps or last_step must be specified.");
  if (options.num_steps && options.last_step) throw ValueError("Only one of num_steps or last_step can be specified.");
}

void StopAtStepHook::begin() { global_step_ = global_step_read("StopAtStepHook"); }

void StopAtStepHook::after_create_session(const Session& session, Coordinator&) {
  if (!options_.last_step) options_.last_step = integer_value(session.run(global_step_)) + *options_.num_steps;
}

std::optional<SessionRunArgs> StopAtStepHook::before_run(SessionRunContext&) {
  return SessionRunArgs{.fetches = {global_step_}, .feed_dict = {}, .options = {}};
}

void StopAtStepHook::after_run(SessionRunContext& run_context, const SessionRunValues& run_values) {
  // The value may have been read before the run raised it, or after: it is asked for again when it may be enough.
  if (integer_value(run_values.results[0]) + 1 < *options_.last_step) return;
  if (integer_value(run_context.session().run(global_step_)) >= *options_.last_step) run_context.request_stop();
}

std::optional<SessionRunArgs> NanTensorHook::before_run(SessionRunContext&) {
  return SessionRunArgs{.fetches = {loss_}, .feed_dict = {}, .options = {}};
}

void NanTensorHook::after_run(SessionRunContext& run_context, const SessionRunValues& run_values) {
  if (!std::isnan(as_double(run_values.results[0]))) return;
  if (options_.fail_on_nan_loss) {
    log_error("Model diverged with loss = NaN.");
    throw NanLossDuringTrainingError();
  }
  log_warning("Model diverged with loss = NaN.");
  run_context.request_stop();
}

void GlobalStepWaiterHook::begin() {
  started_ = false;
  global_step_ = global_step_read("_GlobalStepWaiterHook");
}

std::optional<SessionRunArgs> GlobalStepWaiterHook::before_run(SessionRunContext& run_context) {
  if (started_) return std::nullopt;
  started_ = true;
  if (wait_until_step_ <= 0) return std::nullopt;
  log_info("Waiting for global step {} before starting training.", wait_until_step_);
  int64_t last_logged_step = 0;
  while (true) {
    const int64_t step = integer_value(run_context.session().run(global_step_));
    if (step >= wait_until_step_) return std::nullopt;
    if (step - last_logged_step > 1000) {
      log_info("Waiting for global step {} before starting training. Current step is {}.", wait_until_step_, step);
      last_logged_step = step;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
  }
}

void FinalOpsHook::end(const Session& session) {
  try {
    values_ = session.run(final_ops_, feed_dict_);
  } catch (const errors::OutOfRangeError&) {
    log_warning(
        "The final operations of a FinalOpsHook have come to the end of their input: they depend on a source of data that "
        "the loop before has used up. They should read variables only.");
    throw;
  }
}

std::optional<SessionRunArgs> FeedFnHook::before_run(SessionRunContext&) {
  return SessionRunArgs{.fetches = {}, .feed_dict = feed_fn_(), .options = {}};
}

}  // namespace reflow::train
