#pragma once

#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "reflow/client/errors.h"

namespace reflow::train {

struct JoinOptions {
  double stop_grace_period_secs = 120;  // for threads to end in, after a request to stop
  bool ignore_live_threads = false;     // those that run on then are no error
};

// Lets threads ask each other to stop: any may call request_stop, all look at should_stop, one calls join. It owns the
// threads that it starts. Thread-safe.
//
//   tf::train::Coordinator coord;
//   coord.start_thread([&] { while (!coord.should_stop()) work(); });
//   coord.join();
class Coordinator {
 public:
  // Errors of these codes stop the threads and are no failure.
  explicit Coordinator(std::vector<errors::Code> clean_stop_codes = {errors::OUT_OF_RANGE});
  // Stops and waits for the threads, without end.
  ~Coordinator();
  Coordinator(const Coordinator&) = delete;
  Coordinator& operator=(const Coordinator&) = delete;

  // Runs `function` on a new thread; what it throws is a request to stop. `name` is for messages.
  void start_thread(std::function<void()> function, std::string name = "");

  // Asks all threads to stop. The first error is what join throws; after join an error is thrown here.
  void request_stop(std::exception_ptr error = nullptr);
  bool should_stop() const;
  // Until a stop is requested, or for `timeout_secs`; whether it was.
  bool wait_for_stop(std::optional<double> timeout_secs = std::nullopt) const;
  // Takes the request to stop, and the error, back.
  void clear_stop();
  // Calls `function` here; what it throws is a request to stop.
  void stop_on_exception(const std::function<void()>& function);

  // Waits for the threads; after a request to stop for a while only. Throws the error that one of them had.
  // RuntimeError: "Coordinator stopped with threads still running: a b".
  void join(const JoinOptions& options = {});
  bool joined() const;
  void raise_requested_exception() const;

 private:
  struct Worker;
  bool wait_for_threads(std::unique_lock<std::mutex>& lock, std::optional<std::chrono::steady_clock::time_point> until);
  bool is_clean(const std::exception_ptr& error) const;

  const std::vector<errors::Code> clean_stop_codes_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;  // a request to stop, or a thread has ended
  bool stop_ = false, joined_ = false;
  std::exception_ptr error_;
  std::vector<std::shared_ptr<Worker>> workers_;
};

}  // namespace reflow::train
