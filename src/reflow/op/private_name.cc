#include "reflow/op/private_name.h"

#include <fmt/core.h>

#include <atomic>
#include <cstdint>

namespace reflow::op {

std::string private_resource_name(std::string_view node_name) {
  static std::atomic<int64_t> counter{0};
  return fmt::format("_{}_{}", counter.fetch_add(1), node_name);
}

}  // namespace reflow::op
