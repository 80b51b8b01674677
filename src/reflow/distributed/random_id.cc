#include "reflow/distributed/random_id.h"

#include <mutex>
#include <random>

namespace reflow::distributed {

uint64_t random_id() {
  static std::mutex mutex;
  static std::mt19937_64 random = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  const std::lock_guard lock(mutex);
  return random();
}

}  // namespace reflow::distributed
