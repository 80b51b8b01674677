#pragma once

#include <cstdint>

#include "reflow/base/philox.h"

namespace reflow::op {

// out[4 * i ..] = the four numbers of [0, 1) that block i of `generator` gives, as Uniform::make (op/distributions.h) does:
// the same bits, several blocks at once. `out` has room for 4 * blocks numbers.
void fill_uniform(const Philox& generator, float* out, int64_t blocks);

}  // namespace reflow::op
