#include "reflow/train/hook_timers.h"

#include "reflow/client/errors.h"

namespace reflow::train {

SecondOrStepTimer::SecondOrStepTimer(const SecondOrStepTimerOptions& options) : options_(options) {
  if (!options.every_secs && !options.every_steps) {
    throw ValueError("Either every_secs or every_steps should be provided.");
  }
  if (options.every_secs && options.every_steps) throw ValueError("Can not provide both every_secs and every_steps.");
}

bool SecondOrStepTimer::should_trigger_for_step(int64_t step) const {
  if (!last_step_) return true;
  if (*last_step_ == step) return false;
  if (options_.every_steps) return step >= *last_step_ + *options_.every_steps;
  return std::chrono::duration<double>(Clock::now() - *last_time_).count() >= *options_.every_secs;
}

std::optional<SecondOrStepTimer::Elapsed> SecondOrStepTimer::update_last_triggered_step(int64_t step) {
  const Clock::time_point now = Clock::now();
  std::optional<Elapsed> elapsed;
  if (last_time_) elapsed = {std::chrono::duration<double>(now - *last_time_).count(), step - *last_step_};
  last_time_ = now;
  last_step_ = step;
  return elapsed;
}

}  // namespace reflow::train
