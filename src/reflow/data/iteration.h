#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "reflow/base/status.h"
#include "reflow/op/function_runner.h"
#include "reflow/op/kernel.h"

namespace reflow::data {

class Dataset;

// The seeds of a random stream, of which a dataset made without any draws its own from the system.
struct Seeds {
  int64_t seed = 0, seed2 = 0;
};

// What all passes of one iteration share, from the iterator's initialization to the next: the state of functions, and
// what datasets keep from pass to pass. Thread-safe.
class Iteration {
 public:
  explicit Iteration(const op::RunEnv& env);
  op::FunctionScope& functions() const { return *functions_; }
  const std::shared_ptr<op::FunctionScope>& scope() const { return functions_; }

  // What `prefix` has kept; made when there is nothing yet.
  template <typename T>
  std::shared_ptr<T> kept(const std::string& prefix, const std::function<std::shared_ptr<T>()>& make) {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<void>& entry = kept_[prefix];
    if (entry == nullptr) entry = make();
    return std::static_pointer_cast<T>(entry);
  }

  // A dataset calls this function.
  void note(op::FunctionRunner::Handle function);
  // The name of an op with state in one of the functions; empty: there is none.
  std::string stateful_op() const;

  // The seeds of `dataset`: those given in their place, else `own`.
  Seeds seeds_of(const Dataset& dataset, Seeds own) const;
  // REQUIRES: before the first pass.
  void replace_seeds(const Dataset& dataset, Seeds seeds) { replaced_.insert_or_assign(&dataset, seeds); }

 private:
  std::shared_ptr<op::FunctionScope> functions_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<void>> kept_;
  std::set<op::FunctionRunner::Handle> noted_;
  std::map<const Dataset*, Seeds> replaced_;
};

// Where a call of an iterator runs: on the thread of a run, or on one of the iterator's own. Lives for the call.
class IteratorContext {
 public:
  // On the thread of a run.
  IteratorContext(const op::RunEnv& env, std::shared_ptr<Iteration> iteration);
  // In the background: `cancellation` ends it.
  IteratorContext(const IteratorContext& other, op::CancellationManager* cancellation);
  IteratorContext(const IteratorContext&) = delete;

  const op::RunEnv& env() const { return env_; }
  ThreadPool& pool() const { return *env_.pool; }
  Iteration& iteration() const { return *iteration_; }

  // OK, or Cancelled, or DeadlineExceeded: who works or waits for long asks now and then.
  Status check() const;

  // Counts how deep datasets are nested while their iterators are made.
  class Depth {
   public:
    static constexpr int kMax = 2000;
    explicit Depth(IteratorContext& c) : depth_(c.depth_) { ++depth_; }
    ~Depth() { --depth_; }
    bool allowed() const { return depth_ <= kMax; }

   private:
    int& depth_;
  };

 private:
  op::RunEnv env_;
  std::shared_ptr<Iteration> iteration_;
  int depth_ = 0;
};

// Waits until `ready()`. `lock` holds the mutex that guards what it looks at; `changed` is notified when that changes.
// Errors: those of check().
template <typename Ready>
Status wait_until(const IteratorContext& c, std::unique_lock<std::mutex>& lock, std::condition_variable& changed,
                  Ready ready) {
  constexpr std::chrono::milliseconds kAskAgain{50};
  while (!ready()) {
    if (changed.wait_for(lock, kAskAgain) == std::cv_status::no_timeout) continue;
    lock.unlock();  // an interrupt may call back into the program
    const Status status = c.check();
    lock.lock();
    RETURN_IF_ERROR(status);
  }
  return OkStatus();
}

// Threads that work for an iterator. Ends them when it dies, and when the session closes; not for several threads itself.
class Background {
 public:
  // `wake` wakes those that wait, when they are to end: it is called once at most, on any thread.
  explicit Background(std::function<void()> wake);
  ~Background() { stop(); }
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  // Runs `body` on a thread of its own. Cancelled: the session is closed.
  Status start(const IteratorContext& c, std::function<void(IteratorContext& c)> body);
  // Are they to end? Who waits in `body` looks at this too.
  bool stopping() const { return state_->cancellation->cancelled(); }
  // Tells them to end, and waits for it.
  void stop();

 private:
  struct State {
    std::shared_ptr<op::CancellationManager> cancellation = std::make_shared<op::CancellationManager>();
    std::mutex mutex;
    std::condition_variable ended;
    int running = 0;
  };
  std::shared_ptr<State> state_;
  op::CancellationManager::Token wake_;
  int process_;  // the child of a fork has none of the threads
};

}  // namespace reflow::data
