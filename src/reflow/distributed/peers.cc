#include "reflow/distributed/peers.h"

namespace reflow::distributed {

StatusOr<std::shared_ptr<Channel>> Peers::channel(std::string_view task) {
  const std::lock_guard lock(mutex_);
  if (const auto known = channels_.find(task); known != channels_.end()) return known->second;
  const std::string* const address = cluster_.address(task);
  if (address == nullptr) return not_found("No worker known as {}", task);
  return channels_.emplace(task, transport_->connect(*address)).first->second;
}

}  // namespace reflow::distributed
