#include "reflow/runtime/local_rendezvous.h"

#include <utility>
#include <vector>

namespace reflow::runtime {

Status LocalRendezvous::send(std::string_view key, const Tensor& value, bool dead) {
  Receiver receiver;
  {
    const std::lock_guard lock(mutex_);
    if (!status_.ok()) return status_;
    Entry& entry = entries_[std::string(key)];
    if (entry.receivers.empty()) {
      entry.values.push_back({value.retained(), dead});
      return OkStatus();
    }
    receiver = std::move(entry.receivers.front());
    entry.receivers.pop_front();
    if (entry.receivers.empty()) entries_.erase(entries_.find(key));
  }
  receiver(OkStatus(), value.retained(), dead);
  return OkStatus();
}

void LocalRendezvous::recv_async(std::string_view key, Receiver receiver) {
  Value value;
  Status status;
  {
    const std::lock_guard lock(mutex_);
    status = status_;
    if (status.ok()) {
      Entry& entry = entries_[std::string(key)];
      if (entry.values.empty()) {
        entry.receivers.push_back(std::move(receiver));
        return;
      }
      value = std::move(entry.values.front());
      entry.values.pop_front();
      if (entry.values.empty()) entries_.erase(entries_.find(key));
    }
  }
  receiver(status, value.tensor, value.dead);
}

void LocalRendezvous::abort(const Status& status) {
  std::vector<Receiver> receivers;
  {
    const std::lock_guard lock(mutex_);
    if (!status_.ok()) return;
    status_ = status;
    for (auto& [key, entry] : entries_) {
      for (Receiver& receiver : entry.receivers) receivers.push_back(std::move(receiver));
    }
    entries_.clear();
  }
  for (const Receiver& receiver : receivers) receiver(status, {}, false);
}

}  // namespace reflow::runtime
