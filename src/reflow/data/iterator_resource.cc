#include "reflow/data/iterator_resource.h"

#include <condition_variable>

namespace reflow::data {

// Its members die in the right order: the iterator before what it shares with other passes.
struct IteratorResource::Pass {
  std::shared_ptr<Iteration> iteration;
  ThreadPool* pool;
  std::unique_ptr<Iterator> iterator;
  std::mutex mutex;
  std::condition_variable idle;
  bool busy = false;  // a caller takes an element
};

// The iterator may have to wait for threads of its own that are to end, and these for a lock that the thread holds which
// lets go of the handle: so it goes on another thread.
IteratorResource::~IteratorResource() {
  if (pass_ == nullptr) return;
  op::FunctionScope& scope = pass_->iteration->functions();
  ThreadPool& pool = *pass_->pool;
  const auto keep = pass_->iteration;  // the scope, until start() is through
  auto last = std::make_shared<std::shared_ptr<Pass>>(std::move(pass_));
  scope.start(pool, std::make_shared<op::CancellationManager>(), [last] { last->reset(); });
}

Status IteratorResource::initialize(const op::RunEnv& env, const DatasetRef& dataset) {
  if (!spec_.types.empty()) RETURN_IF_ERROR(check_compatible(spec_, dataset->spec()));
  auto pass = std::make_shared<Pass>();
  pass->iteration = std::make_shared<Iteration>(env);
  pass->pool = env.pool;
  IteratorContext c(env, pass->iteration);
  ASSIGN_OR_RETURN(pass->iterator, dataset->iterate(c, "Iterator"));
  const std::lock_guard lock(mutex_);
  pass_.swap(pass);
  return OkStatus();  // the old pass ends without the lock
}

Status IteratorResource::next(const op::RunEnv& env, Element* element, bool* end) {
  std::shared_ptr<Pass> pass;
  {
    const std::lock_guard lock(mutex_);
    pass = pass_;
  }
  if (pass == nullptr) {
    return failed_precondition("GetNext() failed because the iterator has not been initialized. Ensure that you have run "
                               "the initializer operation for this iterator before getting the next element.");
  }
  IteratorContext c(env, pass->iteration);
  {
    std::unique_lock lock(pass->mutex);
    RETURN_IF_ERROR(wait_until(c, lock, pass->idle, [&] { return !pass->busy; }));
    pass->busy = true;
  }
  const Status status = pass->iterator->next(c, element, end);
  {
    const std::lock_guard lock(pass->mutex);
    pass->busy = false;
  }
  pass->idle.notify_one();
  return status;
}

}  // namespace reflow::data
