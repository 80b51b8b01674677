#pragma once

#include "reflow/base/philox.h"
#include "reflow/op/indices.h"

namespace reflow::ops {

// The generator of a stateless op: its seed, two integers, mixed by Philox itself, so that similar seeds give streams that
// have nothing in common.
inline Philox stateless_generator(const Tensor& seed) {
  const op::IndexReader reader(seed);
  const auto s0 = static_cast<uint64_t>(reader[0]), s1 = static_cast<uint64_t>(reader[1]);
  Philox mixer({static_cast<uint32_t>(s0), static_cast<uint32_t>(s0 >> 32), static_cast<uint32_t>(s1),
                static_cast<uint32_t>(s1 >> 32)},
               {0x3ec8f720, 0x02461e29});
  const Philox::Block mix = mixer.next();
  return Philox({0, 0, mix[2], mix[3]}, {mix[0], mix[1]});
}

}  // namespace reflow::ops
