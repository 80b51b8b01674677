#include "reflow/train/coordinator.h"

#include <algorithm>
#include <thread>

#include "reflow/base/logging.h"

namespace reflow::train {
namespace {

using Clock = std::chrono::steady_clock;

Clock::time_point after(double seconds) {
  return Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

std::string text_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "an unknown exception";
  }
}

}  // namespace

struct Coordinator::Worker {
  std::string name;
  std::thread thread;
  bool ended = false;
};

Coordinator::Coordinator(std::vector<errors::Code> clean_stop_codes) : clean_stop_codes_(std::move(clean_stop_codes)) {}

Coordinator::~Coordinator() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    changed_.notify_all();
  }
  for (const auto& worker : workers_) {
    if (worker->thread.joinable()) worker->thread.join();
  }
}

void Coordinator::start_thread(std::function<void()> function, std::string name) {
  const auto worker = std::make_shared<Worker>();
  const std::lock_guard lock(mutex_);
  worker->name = name.empty() ? fmt::format("Thread-{}", workers_.size() + 1) : std::move(name);
  worker->thread = std::thread([this, worker, function = std::move(function)] {
    stop_on_exception(function);
    const std::lock_guard ending(mutex_);
    worker->ended = true;
    changed_.notify_all();
  });
  workers_.push_back(worker);
}

bool Coordinator::is_clean(const std::exception_ptr& error) const {
  try {
    std::rethrow_exception(error);
  } catch (const errors::OpError& e) {
    return std::ranges::find(clean_stop_codes_, e.error_code()) != clean_stop_codes_.end();
  } catch (...) {
    return false;
  }
}

void Coordinator::request_stop(std::exception_ptr error) {
  if (error && is_clean(error)) error = nullptr;
  const std::lock_guard lock(mutex_);
  if (joined_ && error) std::rethrow_exception(error);
  if (stop_) return;
  if (error) log_info("Error reported to Coordinator: {}", text_of(error));
  error_ = std::move(error);
  stop_ = true;
  changed_.notify_all();
}

bool Coordinator::should_stop() const {
  const std::lock_guard lock(mutex_);
  return stop_;
}

bool Coordinator::wait_for_stop(std::optional<double> timeout_secs) const {
  std::unique_lock lock(mutex_);
  const auto stopped = [this] { return stop_; };
  if (timeout_secs) return changed_.wait_until(lock, after(*timeout_secs), stopped);
  changed_.wait(lock, stopped);
  return true;
}

void Coordinator::clear_stop() {
  const std::lock_guard lock(mutex_);
  joined_ = stop_ = false;
  error_ = nullptr;
}

void Coordinator::stop_on_exception(const std::function<void()>& function) {
  try {
    function();
  } catch (...) {
    request_stop(std::current_exception());
  }
}

// Whether all have ended; without `until` it waits until they have, or a stop is requested.
bool Coordinator::wait_for_threads(std::unique_lock<std::mutex>& lock, std::optional<Clock::time_point> until) {
  const auto all_ended = [this] { return std::ranges::all_of(workers_, [](const auto& w) { return w->ended; }); };
  if (until) return changed_.wait_until(lock, *until, all_ended);
  changed_.wait(lock, [&] { return stop_ || all_ended(); });
  return all_ended();
}

void Coordinator::join(const JoinOptions& options) {
  std::unique_lock lock(mutex_);
  if (!wait_for_threads(lock, std::nullopt)) wait_for_threads(lock, after(options.stop_grace_period_secs));
  std::string stragglers;
  std::vector<std::shared_ptr<Worker>> ended;
  for (const auto& worker : workers_) {
    if (worker->ended) ended.push_back(worker);
    else stragglers += (stragglers.empty() ? "" : " ") + worker->name;
  }
  std::erase_if(workers_, [](const auto& worker) { return worker->ended; });
  joined_ = true;
  const std::exception_ptr error = error_;
  lock.unlock();
  for (const auto& worker : ended) worker->thread.join();
  if (error) std::rethrow_exception(error);
  if (stragglers.empty()) return;
  const std::string text = "Coordinator stopped with threads still running: " + stragglers;
  if (!options.ignore_live_threads) throw RuntimeError(text);
  log_info("{}", text);
}

bool Coordinator::joined() const {
  const std::lock_guard lock(mutex_);
  return joined_;
}

void Coordinator::raise_requested_exception() const {
  const std::lock_guard lock(mutex_);
  if (error_) std::rethrow_exception(error_);
}

}  // namespace reflow::train
