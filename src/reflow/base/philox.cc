#include "reflow/base/philox.h"

#include <random>

namespace reflow {

PhiloxStream::PhiloxStream(int64_t seed, int64_t seed2)
    : base_(seed == 0 && seed2 == 0 ? Philox(system_random(), system_random())
                                    : Philox(static_cast<uint64_t>(seed), static_cast<uint64_t>(seed2))) {}

uint64_t system_random() {
  std::random_device device;
  return uint64_t{device()} << 32 | device();
}

}  // namespace reflow
