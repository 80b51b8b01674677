#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace reflow::train {

struct SecondOrStepTimerOptions {
  std::optional<double> every_secs;
  std::optional<int64_t> every_steps;
};

// When a hook has something to do: at the first step, and then every so many seconds or steps. Not thread-safe.
class SecondOrStepTimer {
 public:
  // Since the time before.
  struct Elapsed {
    double secs = 0;
    int64_t steps = 0;
  };

  // ValueError: "Either every_secs or every_steps should be provided.", "Can not provide both every_secs and every_steps.".
  explicit SecondOrStepTimer(const SecondOrStepTimerOptions& options);

  // Forgets when it was done last.
  void reset() { last_step_.reset(), last_time_.reset(); }
  // Is it to be done at this step?
  bool should_trigger_for_step(int64_t step) const;
  // Notes that it was done. Unset: for the first time.
  std::optional<Elapsed> update_last_triggered_step(int64_t step);
  // When it was done last.
  std::optional<int64_t> last_triggered_step() const { return last_step_; }

 private:
  using Clock = std::chrono::steady_clock;
  SecondOrStepTimerOptions options_;
  std::optional<int64_t> last_step_;
  std::optional<Clock::time_point> last_time_;
};

}  // namespace reflow::train
