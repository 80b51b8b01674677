#include "reflow/data/iterator_resource.h"

#include <condition_variable>

namespace reflow::data {

// Its members die in the right order: the iterator before what it shares with other passes.
struct IteratorResource::Pass {
  std::shared_ptr<Iteration> iteration;
  ThreadPool* pool;
  DatasetRef dataset;
  std::unique_ptr<Iterator> iterator;
  std::mutex mutex;
  std::condition_variable idle;
  bool busy = false;  // a caller takes an element
  int64_t taken = 0;  // calls that gave an element or an error; of the caller

  // Runs `work` when no other caller does.
  template <typename Work>
  Status alone(IteratorContext& c, Work work) {
    {
      std::unique_lock lock(mutex);
      RETURN_IF_ERROR(wait_until(c, lock, idle, [&] { return !busy; }));
      busy = true;
    }
    const Status status = work();
    {
      const std::lock_guard lock(mutex);
      busy = false;
    }
    idle.notify_one();
    return status;
  }
};

namespace {

// Calls `visit` with the dataset and all that it is made of.
void walk(const Dataset& dataset, const std::function<void(const Dataset&)>& visit) {
  visit(dataset);
  for (const DatasetRef& input : dataset.inputs()) walk(*input, visit);
}

Status not_initialized(std::string_view call, std::string_view doing) {
  return failed_precondition("{}() failed because the iterator has not been initialized. Ensure that you have run the "
                             "initializer operation for this iterator before {}.", call, doing);
}

}  // namespace

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
  return replace(env, dataset, {});
}

Status IteratorResource::replace(const op::RunEnv& env, const DatasetRef& dataset, std::span<const int64_t> position) {
  auto pass = std::make_shared<Pass>();
  pass->iteration = std::make_shared<Iteration>(env);
  pass->pool = env.pool;
  pass->dataset = dataset;
  IteratorContext c(env, pass->iteration);
  if (!position.empty()) {
    size_t i = 1;
    walk(*dataset, [&](const Dataset& d) {
      if (d.drawn_seeds() == nullptr) return;
      if (i + 1 < position.size()) pass->iteration->replace_seeds(d, {position[i], position[i + 1]});
      i += 2;
    });
    if (i != position.size() || position[0] < 0) return invalid_argument("The saved state is of another iterator.");
  }
  ASSIGN_OR_RETURN(pass->iterator, dataset->iterate(c, "Iterator"));
  if (!position.empty()) RETURN_IF_ERROR(pass->iterator->pass_over(c, position[0], &pass->taken));
  const std::lock_guard lock(mutex_);
  pass_.swap(pass);
  return OkStatus();  // the old pass ends without the lock
}

std::shared_ptr<IteratorResource::Pass> IteratorResource::current() {
  const std::lock_guard lock(mutex_);
  return pass_;
}

Status IteratorResource::next(const op::RunEnv& env, Element* element, bool* end) {
  const std::shared_ptr<Pass> pass = current();
  if (pass == nullptr) return not_initialized("GetNext", "getting the next element");
  IteratorContext c(env, pass->iteration);
  return pass->alone(c, [&] {
    Status status = pass->iterator->next(c, element, end);
    if (!status.ok() || !*end) ++pass->taken;
    return status;
  });
}

StatusOr<std::vector<int64_t>> IteratorResource::position(const op::RunEnv& env) {
  const std::shared_ptr<Pass> pass = current();
  if (pass == nullptr) return not_initialized("Save", "saving it");
  if (const std::string op = pass->iteration->stateful_op(); !op.empty()) return failed_precondition("{} is stateful.", op);
  IteratorContext c(env, pass->iteration);
  std::vector<int64_t> position;
  RETURN_IF_ERROR(pass->alone(c, [&] {
    position.push_back(pass->taken);
    return OkStatus();
  }));
  Status saveable;
  walk(*pass->dataset, [&](const Dataset& d) {
    if (saveable.ok()) saveable = d.check_saveable();
    if (d.drawn_seeds() == nullptr) return;
    const Seeds seeds = pass->iteration->seeds_of(d, *d.drawn_seeds());
    position.insert(position.end(), {seeds.seed, seeds.seed2});
  });
  RETURN_IF_ERROR(saveable);
  return position;
}

Status IteratorResource::go_to(const op::RunEnv& env, std::span<const int64_t> position) {
  const std::shared_ptr<Pass> pass = current();
  if (pass == nullptr) return not_initialized("Restore", "restoring it");
  if (position.empty()) return invalid_argument("The saved state is of another iterator.");
  return replace(env, pass->dataset, position);
}

}  // namespace reflow::data
