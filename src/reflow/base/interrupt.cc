#include "reflow/base/interrupt.h"

namespace reflow {

thread_local Interrupt* Interrupt::current_ = nullptr;

Interrupt::Interrupt() : outer_(current_), next_(std::chrono::steady_clock::now() + kInterval) { current_ = this; }

Interrupt::~Interrupt() { current_ = outer_; }

bool Interrupt::poll() {
  if (stopped_) return true;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return false;
  next_ = now + kInterval;
  return stopped_ = asked();
}

}  // namespace reflow
