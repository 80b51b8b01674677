// Unbatch and UnbatchGrad: rows of a batch, which one run has, to the runs that they belong to, and back.

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <thread>
#include <unordered_map>

#include "batcher.h"
#include "reflow/op/async_kernel.h"
#include "reflow/op/memory_errors.h"
#include "reflow/op/monitor.h"

namespace reflow::ops {
namespace {

using namespace op;
using Clock = std::chrono::steady_clock;

// Where rows wait for their run, or runs for their rows. Rows that nobody fetches in time are dropped.
class RowsInWaiting : public Monitor {
 public:
  explicit RowsInWaiting(int64_t timeout_micros) : timeout_(std::min(timeout_micros, int64_t{365} * 24 * 3600 * 1'000'000)) {
    if (timeout_micros > 0) thread_ = std::thread([this, timer = timer_] { watch(*timer); });
  }
  ~RowsInWaiting() override {
    if (!thread_.joinable()) return;
    {
      const std::lock_guard lock(timer_->mutex);
      timer_->ending = true;
    }
    timer_->changed.notify_all();
    if (thread_.get_id() == std::this_thread::get_id()) thread_.detach();
    else thread_.join();
  }
  std::string debug_string() const override { return "UnbatchResource"; }

  void put(std::vector<std::pair<int64_t, Tensor>> rows, Done done) {
    when([this, rows = std::move(rows)]() -> StatusOr<bool> {
      for (const auto& [id, tensor] : rows) {
        if (!rows_.emplace(id, Entry{tensor, deadline()}).second) {
          return already_exists("Multiple tensors returned for same batch key.");
        }
      }
      return true;
    }, "Unbatch", nullptr, std::move(done));
  }

  void take(int64_t id, CancellationManager* cancellation, std::function<void(StatusOr<Tensor>)> done) {
    auto found = std::make_shared<Tensor>();
    when([this, id, found, until = deadline()]() -> StatusOr<bool> {
      const auto it = rows_.find(id);
      if (it == rows_.end()) {
        if (Clock::now() >= until) return deadline_exceeded("Batched data did not arrive within timeout window.");
        return false;
      }
      *found = std::move(it->second.rows);
      rows_.erase(it);
      return true;
    }, "Unbatch", cancellation, [found, done = std::move(done)](Status status) {
      if (status.ok()) done(std::move(*found));
      else done(std::move(status));
    });
  }

 private:
  struct Entry {
    Tensor rows;
    Clock::time_point deadline;
  };
  Clock::time_point deadline() const {
    return timeout_.count() > 0 ? Clock::now() + timeout_ : Clock::time_point::max();
  }
  // What the thread has beside this: a call that it answers may be the last to hold this.
  struct Timer {
    std::mutex mutex;
    std::condition_variable changed;
    bool ending = false;
  };
  // Looks now and then whether somebody or something has waited for too long.
  void watch(Timer& timer) {
    std::unique_lock lock(timer.mutex);
    const auto period = std::min<Clock::duration>(timeout_, std::chrono::milliseconds(10));
    while (!timer.changed.wait_for(lock, period, [&timer] { return timer.ending; })) {
      lock.unlock();
      when([this]() -> StatusOr<bool> {
        std::erase_if(rows_, [now = Clock::now()](const auto& entry) { return entry.second.deadline <= now; });
        return true;
      }, "", nullptr, [](const Status&) {});
      lock.lock();
    }
  }

  const std::chrono::microseconds timeout_;
  std::unordered_map<int64_t, Entry> rows_;
  const std::shared_ptr<Timer> timer_ = std::make_shared<Timer>();
  std::thread thread_;
};

Status check_index(const Tensor& index, int64_t rows) {
  if (index.rank() != 2) return invalid_argument("batch_index must be a matrix, got shape {}", index.shape().str());
  if (index.dim(0) > rows) {
    return invalid_argument("Wrong shape for index tensor. Expected 0th dimension size to be no greater than {}; Got: {}.",
                            rows, index.dim(0));
  }
  if (index.dim(1) != 3) {
    return invalid_argument("Wrong shape for index tensor. Expected 1st dimension size to be 3 ; Got: {}.", index.dim(1));
  }
  const int64_t* entry = index.data<int64_t>();
  for (int64_t i = 0; i < index.dim(0); ++i, entry += 3) {
    if (entry[1] >= 0 && entry[1] <= entry[2] && entry[2] <= rows) continue;
    return invalid_argument("batch_index has rows from {} to {}, where there are {}", entry[1], entry[2], rows);
  }
  return OkStatus();
}

StatusOr<int64_t> id_of(const Tensor& id) {
  if (id.num_elements() != 1) return invalid_argument("id must be a scalar, got shape {}", id.shape().str());
  return *id.data<int64_t>();
}

class Unbatch : public AsyncKernel {
 public:
  explicit Unbatch(KernelInit& c) : shared_(c), timeout_micros_(c.attr<int64_t>("timeout_micros")) {}
  void compute_async(KernelContext& c, std::function<void(Status)> done) override {
    auto id = id_of(c.input(2));
    if (!id.ok()) return done(id.status());
    const Tensor &batch = c.input(0), &index = c.input(1);
    if (batch.rank() == 0) return done(invalid_argument("batched_tensor must have at least one dimension"));
    if (Status status = check_index(index, batch.dim(0)); !status.ok()) return done(std::move(status));
    auto rows = c.resources().lookup_or_create<RowsInWaiting>(
        shared_.container, shared_.name, [this]() -> StatusOr<std::shared_ptr<RowsInWaiting>> {
          return with_memory_errors([&]() -> StatusOr<std::shared_ptr<RowsInWaiting>> { return std::make_shared<RowsInWaiting>(timeout_micros_); });
        });
    if (!rows.ok()) return done(rows.status());
    std::vector<std::pair<int64_t, Tensor>> parts;
    const int64_t* entry = index.data<int64_t>();
    for (int64_t i = 0; i < index.dim(0); ++i, entry += 3) parts.emplace_back(entry[0], batch.rows(entry[1], entry[2]).copy());
    // First its own rows are in, then it waits for them.
    (*rows)->put(std::move(parts), [&c, id = *id, rows = *rows, done = std::move(done)](Status status) {
      if (!status.ok()) return done(std::move(status));
      rows->take(id, c.cancellation(), [&c, rows, done](StatusOr<Tensor> found) {
        if (found.ok()) c.set_output(0, *std::move(found));
        done(found.status());
      });
    });
  }

 private:
  SharedName shared_;
  int64_t timeout_micros_;
};

// Gradients of runs, which wait for the run that has the batch.
class GradientsInWaiting : public Monitor {
 public:
  std::string debug_string() const override { return "UnbatchGradResource"; }

  void put(int64_t id, Tensor gradient, Done done) {
    when([this, id, gradient = std::move(gradient)]() -> StatusOr<bool> {
      if (!gradients_.emplace(id, gradient).second) return invalid_argument("Two runs with the same batch key.");
      return true;
    }, "UnbatchGrad", nullptr, std::move(done));
  }

  // Those of all `ids`, once they are there.
  void take(std::vector<int64_t> ids, CancellationManager* cancellation,
            std::function<void(Status, std::vector<Tensor>)> done) {
    auto found = std::make_shared<std::vector<Tensor>>();
    when([this, ids = std::move(ids), found]() -> StatusOr<bool> {
      for (const int64_t id : ids) {
        if (!gradients_.contains(id)) return false;
      }
      for (const int64_t id : ids) {
        const auto it = gradients_.find(id);
        if (it == gradients_.end()) return invalid_argument("A run occurs twice in batch_index.");
        found->push_back(std::move(it->second));
        gradients_.erase(it);
      }
      return true;
    }, "UnbatchGrad", cancellation, [found, done = std::move(done)](Status status) { done(std::move(status), std::move(*found)); });
  }

 private:
  std::unordered_map<int64_t, Tensor> gradients_;
};

class UnbatchGrad : public AsyncKernel {
 public:
  explicit UnbatchGrad(KernelInit& c) : shared_(c) {}
  void compute_async(KernelContext& c, std::function<void(Status)> done) override {
    auto id = id_of(c.input(3));
    if (!id.ok()) return done(id.status());
    auto gradients = c.resources().lookup_or_create<GradientsInWaiting>(
        shared_.container, shared_.name,
        []() -> StatusOr<std::shared_ptr<GradientsInWaiting>> { return std::make_shared<GradientsInWaiting>(); });
    if (!gradients.ok()) return done(gradients.status());
    const Tensor &original = c.input(0), &index = c.input(1), &gradient = c.input(2);
    if (gradient.rank() == 0) return done(invalid_argument("grad must have at least one dimension"));
    const bool has_batch = original.num_elements() > 0;
    if (has_batch && index.num_elements() == 0) return done(invalid_argument("batch_index is empty while the tensor isn't."));
    if (has_batch) {
      if (Status status = check_index(index, original.dim(0)); !status.ok()) return done(std::move(status));
    }
    (*gradients)->put(*id, gradient.retained(), [&c, has_batch, gradients = *gradients, done = std::move(done)](Status status) {
      if (!status.ok()) return done(std::move(status));
      if (!has_batch) {
        c.set_output(0, c.input(2).rows(0, 0));
        return done(OkStatus());
      }
      std::vector<int64_t> ids;
      const int64_t* entry = c.input(1).data<int64_t>();
      for (int64_t i = 0; i < c.input(1).dim(0); ++i) ids.push_back(entry[3 * i]);
      gradients->take(std::move(ids), c.cancellation(), [&c, done](Status taken, std::vector<Tensor> parts) {
        done(taken.ok() ? give_out(c, std::move(parts)) : std::move(taken));
      });
    });
  }

 private:
  static Status give_out(KernelContext& c, std::vector<Tensor> parts) {
    BatchTasks tasks;
    int64_t rows = 0;
    for (Tensor& part : parts) {
      BatchTask task;
      task.size = part.dim(0);
      rows += task.size;
      task.inputs.push_back(std::move(part));
      tasks.push_back(std::move(task));
    }
    ASSIGN_OR_RETURN(Tensor batch, batched_input(tasks, 0, rows));
    c.set_output(0, std::move(batch));
    return OkStatus();
  }
  SharedName shared_;
};

Status unbatch_shape(ShapeContext& c) {
  Shape shape;
  RETURN_IF_ERROR(c.with_rank_at_least(c.input(0), 1, &shape));
  if (shape.known_rank()) shape.set_dim(0, Shape::kUnknown);
  c.set_output(0, c.concrete() ? Shape::unknown() : shape);
  return OkStatus();
}

Status unbatch_grad_shape(ShapeContext& c) {
  const Shape& grad = c.input(2);
  c.set_output(0, c.concrete() || !grad.known_rank() ? Shape::unknown() : Shape::unknown_of_rank(grad.rank()));
  return OkStatus();
}

REFLOW_OP("Unbatch")
    .input("batched_tensor: T")
    .input("batch_index: int64")
    .input("id: int64")
    .output("unbatched_tensor: T")
    .attr("timeout_micros: int")
    .attr("container: string = ''")
    .attr("shared_name: string = ''")
    .attr("T: type")
    .doc("The rows of run `id`, of a batch that this run or another one has: the reverse of Batch. Waits for them, not longer than "
         "timeout_micros.")
    .shape(unbatch_shape)
    .kernel<Unbatch>(kCpu)
    .blocking()
    .sets_outputs()
    .gradient([](GradContext& g) {
      g.dx(0) = g.op("UnbatchGrad", {g.x(0), g.x(1), g.dy(0), g.x(2)},
                     {{"shared_name", fmt::format("unbatch_gradient_{}", g.node().name())}});
    });

REFLOW_OP("UnbatchGrad")
    .input("original_input: T")
    .input("batch_index: int64")
    .input("grad: T")
    .input("id: int64")
    .output("batched_grad: T")
    .attr("container: string = ''")
    .attr("shared_name: string = ''")
    .attr("T: type")
    .doc("The gradients of all runs of a batch below each other, for the run that has the batch.")
    .shape(unbatch_grad_shape)
    .kernel<UnbatchGrad>(kCpu)
    .blocking()
    .sets_outputs();

}  // namespace
}  // namespace reflow::ops
