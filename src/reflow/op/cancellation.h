#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <unordered_map>

namespace reflow::op {

// Tells the blocking kernels of a run that it is to end. Thread-safe.
class CancellationManager {
 public:
  using Token = int64_t;
  bool cancelled() const { return cancelled_.load(std::memory_order_acquire); }
  // Calls all callbacks once; later registrations fail.
  void cancel();
  Token next_token() { return next_token_.fetch_add(1); }
  // False: cancelled already, and the callback won't be called.
  bool add_callback(Token token, std::function<void()> callback);
  // False: the callback was or is being called. On return it isn't running (unless it is itself the caller).
  bool remove_callback(Token token);

 private:
  std::mutex mutex_;
  std::condition_variable callbacks_ended_;
  std::thread::id cancelling_thread_;  // while callbacks are called
  std::atomic<bool> cancelled_{false};
  std::atomic<Token> next_token_{0};
  std::unordered_map<Token, std::function<void()>> callbacks_;
};

}  // namespace reflow::op
