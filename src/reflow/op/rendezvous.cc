#include "reflow/op/rendezvous.h"

#include <fmt/format.h>

namespace reflow::op {

std::string Rendezvous::key(std::string_view src_device, std::string_view dst_device, std::string_view edge,
                            int64_t frame, int64_t iteration, uint64_t src_incarnation) {
  return fmt::format("{};{:016x};{};{};{}:{}", src_device, src_incarnation, dst_device, edge, static_cast<uint64_t>(frame), iteration);
}

}  // namespace reflow::op
