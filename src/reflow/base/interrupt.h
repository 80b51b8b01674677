#pragma once

#include <chrono>

namespace reflow {

// Lets what a thread does in the engine end early, as Ctrl-C does: while an Interrupt lives, its thread asks it now and
// then whether to stop, when it runs a graph and while it waits for one. The innermost of a thread counts.
class Interrupt {
 public:
  // How often a thread asks that waits.
  static constexpr std::chrono::milliseconds kInterval{50};

  Interrupt();
  virtual ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  // Has this thread somebody to ask?
  static bool possible() { return current_ != nullptr; }
  // Is the thread to stop? Asks once an interval at most; yes is for good.
  static bool requested() { return current_ != nullptr && current_->poll(); }

 protected:
  virtual bool asked() = 0;

 private:
  bool poll();

  static thread_local Interrupt* current_;
  Interrupt* const outer_;
  std::chrono::steady_clock::time_point next_;
  bool stopped_ = false;
};

}  // namespace reflow
