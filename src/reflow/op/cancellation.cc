#include "reflow/op/cancellation.h"

#include <utility>

namespace reflow::op {

void CancellationManager::cancel() {
  std::unique_lock lock(mutex_);
  if (cancelled_.exchange(true)) return;
  cancelling_thread_ = std::this_thread::get_id();
  const auto callbacks = std::exchange(callbacks_, {});
  lock.unlock();
  for (const auto& [token, callback] : callbacks) callback();
  lock.lock();
  cancelling_thread_ = {};
  callbacks_ended_.notify_all();
}

bool CancellationManager::add_callback(Token token, std::function<void()> callback) {
  const std::lock_guard lock(mutex_);
  if (cancelled()) return false;
  callbacks_.insert_or_assign(token, std::move(callback));
  return true;
}

bool CancellationManager::remove_callback(Token token) {
  std::unique_lock lock(mutex_);
  if (!cancelled()) {
    callbacks_.erase(token);
    return true;
  }
  callbacks_ended_.wait(lock, [this] {
    return cancelling_thread_ == std::thread::id() || cancelling_thread_ == std::this_thread::get_id();
  });
  return false;
}

}  // namespace reflow::op
