#pragma once

#include <algorithm>
#include <cstdint>

#include "reflow/base/thread_pool.h"

namespace reflow::op {

// Calls body(begin, end) from the threads of `pool` over ranges that cover [0, n), with an estimated cost for each element. All
// begin at multiples of `step`: with one of 8 or more only the last leaves elements that fill no vector, whatever the number of
// threads.
template <typename Body>
void for_ranges(ThreadPool& pool, int64_t n, int64_t step, double cost_ns, const Body& body) {
  pool.parallel_for((n + step - 1) / step, cost_ns * static_cast<double>(step),
                    [&](int64_t begin, int64_t end) { body(begin * step, std::min(n, end * step)); });
}

}  // namespace reflow::op
