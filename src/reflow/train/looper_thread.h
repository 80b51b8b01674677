#pragma once

#include <functional>
#include <optional>

#include "reflow/train/coordinator.h"

namespace reflow::train {

// A thread that calls a function over and over until its coordinator stops, which waits for it: every so many seconds, or,
// where timer_interval_secs is unset, without a pause. What is called may use the object as long as the coordinator lives.
class LooperThread {
 public:
  // ValueError: "'coord' argument must be a Coordinator: ...", where there is none.
  LooperThread(Coordinator* coord, std::optional<double> timer_interval_secs, std::function<void()> target = {});
  virtual ~LooperThread() = default;

  // REQUIRES: it is called once, and the object lives until the thread has ended.
  void start();
  // Makes and starts one.
  static void loop(Coordinator& coord, std::optional<double> timer_interval_secs, std::function<void()> target);

 protected:
  // Called once before the loop and after it; over and over.
  virtual void start_loop() {}
  virtual void stop_loop() {}
  virtual void run_loop();

 private:
  void run();

  Coordinator& coord_;
  std::optional<double> timer_interval_secs_;
  std::function<void()> target_;
};

}  // namespace reflow::train
