#pragma once

#include <chrono>
#include <cstdint>

namespace reflow {

// Microseconds since 1970, as the wall clock shows them: for timestamps.
inline int64_t wall_time_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// Nanoseconds of a clock that never goes back: for durations.
inline int64_t monotonic_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace reflow
