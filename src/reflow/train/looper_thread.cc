#include "reflow/train/looper_thread.h"

#include <algorithm>
#include <chrono>
#include <memory>

#include "reflow/client/errors.h"

namespace reflow::train {
namespace {

Coordinator& checked(Coordinator* coord) {
  if (!coord) throw ValueError("'coord' argument must be a Coordinator: None");
  return *coord;
}

}  // namespace

LooperThread::LooperThread(Coordinator* coord, std::optional<double> timer_interval_secs, std::function<void()> target)
    : coord_(checked(coord)), timer_interval_secs_(timer_interval_secs), target_(std::move(target)) {}

void LooperThread::start() {
  coord_.start_thread([this] { run(); });
}

void LooperThread::loop(Coordinator& coord, std::optional<double> timer_interval_secs, std::function<void()> target) {
  const auto looper = std::make_shared<LooperThread>(&coord, timer_interval_secs, std::move(target));
  coord.start_thread([looper] { looper->run(); });
}

void LooperThread::run() {
  start_loop();
  if (!timer_interval_secs_) {
    while (!coord_.should_stop()) run_loop();
  } else {
    using Clock = std::chrono::steady_clock;
    const auto interval = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(*timer_interval_secs_));
    Clock::time_point due = Clock::now();
    while (!coord_.wait_for_stop(std::max(0.0, std::chrono::duration<double>(due - Clock::now()).count()))) {
      due += interval;
      run_loop();
    }
  }
  stop_loop();
}

void LooperThread::run_loop() {
  if (target_) target_();
}

}  // namespace reflow::train
