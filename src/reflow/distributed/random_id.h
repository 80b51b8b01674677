#pragma once

#include <cstdint>

namespace reflow::distributed {

// A number that no other process gets either, as good as certainly: for handles, steps and incarnations. Thread-safe.
uint64_t random_id();

}  // namespace reflow::distributed
