#include "batcher.h"

#include <algorithm>
#include <system_error>

#include "reflow/op/elements.h"

namespace reflow::ops {

using namespace op;

BatcherOptions BatcherOptions::of(KernelInit& c) {
  BatcherOptions o{.num_batch_threads = c.attr<int64_t>("num_batch_threads"),
                   .max_batch_size = c.attr<int64_t>("max_batch_size"),
                   .batch_timeout_micros = c.attr<int64_t>("batch_timeout_micros"),
                   .max_enqueued_batches = c.attr<int64_t>("max_enqueued_batches"),
                   .allowed_batch_sizes = c.attr<std::vector<int64_t>>("allowed_batch_sizes")};
  constexpr int64_t kMaxThreads = 1024;
  if (o.num_batch_threads < 1 || o.num_batch_threads > kMaxThreads) {
    c.fail(invalid_argument("num_batch_threads must be positive; was {}", o.num_batch_threads));
  }
  if (o.max_batch_size < 1) c.fail(invalid_argument("max_batch_size must be positive; was {}", o.max_batch_size));
  if (o.batch_timeout_micros < 0) {
    c.fail(invalid_argument("batch_timeout_micros must be non-negative; was {}", o.batch_timeout_micros));
  }
  if (o.max_enqueued_batches < 0) {
    c.fail(invalid_argument("max_enqueued_batches must be non-negative; was {}", o.max_enqueued_batches));
  }
  for (size_t i = 0; i < o.allowed_batch_sizes.size(); ++i) {
    if (i > 0 && o.allowed_batch_sizes[i] <= o.allowed_batch_sizes[i - 1]) {
      c.fail(invalid_argument("allowed_batch_sizes entries must be monotonically increasing"));
    }
  }
  if (!o.allowed_batch_sizes.empty() && o.allowed_batch_sizes.back() != o.max_batch_size) {
    c.fail(invalid_argument("final entry in allowed_batch_sizes must equal max_batch_size"));
  }
  return o;
}

namespace {

using Clock = std::chrono::steady_clock;
constexpr int64_t kLongestMicros = int64_t{365} * 24 * 3600 * 1'000'000;  // what is added to the clock's time fits

}  // namespace

struct Batcher::Batch {
  BatchTasks tasks;
  int64_t size = 0;
  Clock::time_point deadline;
};

struct Batcher::Queues {
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::string, Batch> open;  // by queue
  std::deque<Batch> ready;
  bool ending = false;
  int64_t last_id = 0;

  // With the mutex held: moves an open batch to those that are ready.
  void close(std::map<std::string, Batch>::iterator batch) {
    ready.push_back(std::move(batch->second));
    open.erase(batch);
    changed.notify_all();
  }
  void cancel(const std::string& queue, int64_t id);
  // Computes batches until the end.
  void work();
};

// A task whose batch is being computed ends with that.
void Batcher::Queues::cancel(const std::string& queue, int64_t id) {
  BatchTask task;
  {
    const std::lock_guard lock(mutex);
    const auto batch = open.find(queue);
    if (batch == open.end()) return;
    BatchTasks& tasks = batch->second.tasks;
    const auto found = std::ranges::find(tasks, id, &BatchTask::id);
    if (found == tasks.end()) return;
    task = std::move(*found);
    batch->second.size -= task.size;
    tasks.erase(found);
    if (tasks.empty()) open.erase(batch);
  }
  task.done(cancelled("Batch operation was cancelled"));
}

void Batcher::Queues::work() {
  std::unique_lock lock(mutex);
  while (true) {
    const auto now = Clock::now();
    auto next = Clock::time_point::max();
    for (auto batch = open.begin(); batch != open.end();) {
      const auto at = batch++;
      if (at->second.deadline <= now || ending) close(at);
      else next = std::min(next, at->second.deadline);
    }
    if (!ready.empty()) {
      Batch batch = std::move(ready.front());
      ready.pop_front();
      lock.unlock();
      const Process process = batch.tasks.back().process;
      process(std::move(batch.tasks));
      batch = Batch();  // what it holds goes without the mutex
      lock.lock();
    } else if (ending) {
      return;
    } else if (next == Clock::time_point::max()) {
      changed.wait(lock);
    } else {
      changed.wait_until(lock, next);
    }
  }
}

Batcher::Batcher(const BatcherOptions& options) : options_(options), queues_(std::make_shared<Queues>()) {
  for (int64_t i = 0; i < options.num_batch_threads; ++i) {
    try {
      threads_.emplace_back([queues = queues_] { queues->work(); });
    } catch (const std::system_error&) {
      if (threads_.empty()) throw;
      break;  // those that there are do
    }
  }
}

Batcher::~Batcher() {
  {
    const std::lock_guard lock(queues_->mutex);
    queues_->ending = true;
  }
  queues_->changed.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.get_id() == std::this_thread::get_id()) thread.detach();
    else thread.join();
  }
}

void Batcher::add(const std::string& queue, KernelContext& c, int num_inputs, Process process,
                  std::function<void(Status)> done) {
  BatchTask task{.id = 0, .inputs = {}, .size = 0, .context = &c, .call_state = CallScope::current(), .process = {}, .done = {}};
  for (int i = 0; i < num_inputs; ++i) {
    const Tensor& input = c.input(i);
    if (input.rank() == 0) return done(invalid_argument("Batching input tensors must have at least one dimension"));
    if (i > 0 && input.dim(0) != task.size) {
      return done(invalid_argument(
          "Batching input tensors supplied in a given op invocation must have equal 0th-dimension size"));
    }
    task.size = input.dim(0);
    task.inputs.push_back(input.retained());
  }
  if (task.size > options_.max_batch_size) {
    return done(invalid_argument("Task size {} is larger than maximum batch size {}", task.size, options_.max_batch_size));
  }
  Queues& queues = *queues_;
  {
    const std::lock_guard lock(queues.mutex);
    task.id = ++queues.last_id;
  }
  if (CancellationManager* cancellation = c.cancellation()) {
    const CancellationManager::Token token = cancellation->next_token();
    if (!cancellation->add_callback(token, [shared = queues_, queue, id = task.id] { shared->cancel(queue, id); })) {
      return done(cancelled("Batch operation was cancelled"));
    }
    done = [cancellation, token, done = std::move(done)](Status status) {
      cancellation->remove_callback(token);
      done(std::move(status));
    };
  }
  task.process = std::move(process);
  task.done = std::move(done);
  std::unique_lock lock(queues.mutex);
  auto open = queues.open.find(queue);
  if (open != queues.open.end() && open->second.size + task.size > options_.max_batch_size) {
    queues.close(open);
    open = queues.open.end();
  }
  if (open == queues.open.end()) {
    if (static_cast<int64_t>(queues.ready.size()) >= std::max<int64_t>(options_.max_enqueued_batches, 1)) {
      lock.unlock();
      return task.done(unavailable("The batch scheduling queue to which this task was submitted is full"));
    }
    open = queues.open.emplace(queue, Batch()).first;
    open->second.deadline = Clock::now() + std::chrono::microseconds(std::min(options_.batch_timeout_micros, kLongestMicros));
  }
  // A cancellation that came before the task is in the batch has not found it.
  const bool is_cancelled = c.cancellation() && c.cancellation()->cancelled();
  const int64_t id = task.id;
  open->second.size += task.size;
  open->second.tasks.push_back(std::move(task));
  if (open->second.size == options_.max_batch_size) queues.close(open);
  else queues.changed.notify_all();
  lock.unlock();
  if (is_cancelled) queues.cancel(queue, id);
}

SharedName::SharedName(KernelInit& c) : container(c.attr<std::string>("container")), name(c.attr<std::string>("shared_name")) {
  if (name.empty()) name = c.node().name();
}

StatusOr<Tensor> batched_input(const BatchTasks& tasks, int i, int64_t padded_size) {
  const Tensor& first = tasks[0].inputs[i];
  Shape shape = first.shape();
  int64_t row = 1;
  for (int d = 1; d < shape.rank(); ++d) row *= shape.dim(d);
  for (const BatchTask& task : tasks) {
    Shape other = task.inputs[i].shape();
    if (other.rank() == shape.rank()) other.set_dim(0, shape.dim(0));
    if (task.inputs[i].dtype() == first.dtype() && other == shape) continue;
    return invalid_argument("Batching inputs of different shapes: {} and {}", first.shape().str(), task.inputs[i].shape().str());
  }
  shape.set_dim(0, padded_size);
  ASSIGN_OR_RETURN(Tensor result, allocate_tensor(first.dtype(), shape));
  const CopyElementsFn copy = copy_elements_fn(first.dtype());
  const int64_t element = dtype_size(first.dtype());
  char* to = static_cast<char*>(result.raw_data());
  int64_t rows = 0;
  const auto append = [&](const Tensor& from, int64_t count) {
    copy(to + rows * row * element, from.raw_data(), count * row);
    rows += count;
  };
  for (const BatchTask& task : tasks) append(task.inputs[i], task.size);
  const auto with_row = std::ranges::find_if(tasks, [](const BatchTask& task) { return task.size > 0; });
  while (rows < padded_size && with_row != tasks.end()) append(with_row->inputs[i], 1);
  return result;
}

}  // namespace reflow::ops
