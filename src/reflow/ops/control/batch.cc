// Batch and BatchFunction: several runs together. What Batch has put together Unbatch takes apart again (unbatch.cc).

#include <atomic>

#include "batcher.h"
#include "reflow/op/async_kernel.h"
#include "reflow/op/memory_errors.h"

namespace reflow::ops {
namespace {

using namespace op;

// Numbers of runs are unique in the process.
int64_t next_run_id() {
  static std::atomic<int64_t> last{0};
  return ++last;
}

class BatchKernel : public AsyncKernel {
 public:
  explicit BatchKernel(KernelInit& c)
      : options_(BatcherOptions::of(c)), shared_(c), queue_(c.attr<std::string>("batching_queue")) {
    if (queue_.empty()) queue_ = shared_.name;
  }

 protected:
  void add(KernelContext& c, int num_inputs, Batcher::Process process, std::function<void(Status)> done) {
    auto batcher = c.resources().lookup_or_create<Batcher>(
        shared_.container, shared_.name,
        [&] { return with_memory_errors([&]() -> StatusOr<std::shared_ptr<Batcher>> { return std::make_shared<Batcher>(options_); }); });
    if (!batcher.ok()) return done(batcher.status());
    (*batcher)->add(queue_, c, num_inputs, std::move(process), std::move(done));
  }
  // The number of rows that a batch of `size` is filled up to.
  int64_t padded_size(int64_t size) const {
    for (const int64_t allowed : options_.allowed_batch_sizes) {
      if (allowed >= size) return allowed;
    }
    return size;
  }

 private:
  BatcherOptions options_;
  SharedName shared_;
  std::string queue_;
};

int64_t size_of(const BatchTasks& tasks) {
  int64_t size = 0;
  for (const BatchTask& task : tasks) size += task.size;
  return size;
}

void end_all(const BatchTasks& tasks, const Status& status) {
  for (const BatchTask& task : tasks) task.done(status);
}

// The last run of a batch gets all of it, the others nothing.
class Batch : public BatchKernel {
 public:
  explicit Batch(KernelInit& c) : BatchKernel(c), num_inputs_(static_cast<int>(c.attr<std::vector<DType>>("T").size())) {}
  void compute_async(KernelContext& c, std::function<void(Status)> done) override {
    c.set_output(num_inputs_ + 1, Tensor::scalar(next_run_id()));
    add(c, num_inputs_, [this](BatchTasks tasks) { end_all(tasks, give_out(tasks)); }, std::move(done));
  }

 private:
  Status give_out(const BatchTasks& tasks) const {
    const int64_t padded = padded_size(size_of(tasks));
    KernelContext& last = *tasks.back().context;
    for (int i = 0; i < num_inputs_; ++i) {
      ASSIGN_OR_RETURN(Tensor batch, batched_input(tasks, i, padded));
      for (const BatchTask& task : tasks) task.context->set_output(i, batch.rows(0, 0));
      last.set_output(i, std::move(batch));
    }
    Tensor index(DType::kInt64, Shape{static_cast<int64_t>(tasks.size()), 3});
    int64_t* entry = index.data<int64_t>();
    int64_t begin = 0;
    for (const BatchTask& task : tasks) {
      *entry++ = *task.context->output(num_inputs_ + 1).data<int64_t>();
      *entry++ = begin;
      *entry++ = begin += task.size;
      task.context->set_output(num_inputs_, Tensor(DType::kInt64, Shape{0, 3}));
    }
    last.set_output(num_inputs_, std::move(index));
    return OkStatus();
  }
  int num_inputs_;
};

class BatchFunction : public BatchKernel {
 public:
  explicit BatchFunction(KernelInit& c)
      : BatchKernel(c), function_(c, "f"), num_inputs_(static_cast<int>(c.attr<std::vector<DType>>("Tin").size())) {}
  void compute_async(KernelContext& c, std::function<void(Status)> done) override {
    add(c, num_inputs_, [this](BatchTasks tasks) { end_all(tasks, call(tasks)); }, std::move(done));
  }

 private:
  Status call(const BatchTasks& tasks) const {
    const int64_t padded = padded_size(size_of(tasks));
    KernelContext& last = *tasks.back().context;
    std::vector<Tensor> arguments;
    for (int i = 0; i < num_inputs_; ++i) {
      ASSIGN_OR_RETURN(Tensor batch, batched_input(tasks, i, padded));
      arguments.push_back(std::move(batch));
    }
    for (int i = num_inputs_; i < last.num_inputs(); ++i) arguments.push_back(last.input(i));
    const CallScope scope(tasks.back().call_state);
    ASSIGN_OR_RETURN(const std::vector<Tensor> results, function_.call(last.env(), std::move(arguments), last.num_outputs()));
    for (int i = 0; i < last.num_outputs(); ++i) {
      const Tensor& result = results[i];
      if (result.dtype() != base_type(last.node().output_type(i))) {
        return invalid_argument("Result {} of the function has type {}", i, dtype_spec_name(result.dtype()));
      }
      if (result.rank() == 0) return failed_precondition("Batched output tensor has 0 dimensions");
      if (result.dim(0) != padded) {
        return failed_precondition(
            "Batched output tensor's 0th dimension does not equal the sum of the 0th dimension sizes of the input tensors");
      }
      int64_t begin = 0;
      for (const BatchTask& task : tasks) {
        task.context->set_output(i, result.rows(begin, begin + task.size).copy());
        begin += task.size;
      }
    }
    return OkStatus();
  }
  CalledFunction function_;
  int num_inputs_;
};

// All but the first dimension stay.
Status batch_shape(ShapeContext& c) {
  const int inputs = c.num_inputs();
  for (int i = 0; i < inputs; ++i) {
    Shape shape;
    RETURN_IF_ERROR(c.with_rank_at_least(c.input(i), 1, &shape));
    if (shape.known_rank()) shape.set_dim(0, Shape::kUnknown);
    c.set_output(i, shape);
  }
  c.set_output(inputs, c.concrete() ? Shape::unknown() : Shape{-1, 3});
  c.set_output(inputs + 1, Shape{});
  return OkStatus();
}

REFLOW_OP("Batch")
    .input("in_tensors: T")
    .output("batched_tensors: T")
    .output("batch_index: int64")
    .output("id: int64")
    .attr("num_batch_threads: int")
    .attr("max_batch_size: int")
    .attr("max_enqueued_batches: int = 10")
    .attr("batch_timeout_micros: int")
    .attr("allowed_batch_sizes: list(int) = []")
    .attr("grad_timeout_micros: int")
    .attr("container: string = ''")
    .attr("shared_name: string = ''")
    .attr("batching_queue: string = ''")
    .attr("T: list(type) >= 1")
    .doc("Puts the inputs of several runs, which go on at the same time, below each other: one of the runs gets them all, the others get "
         "tensors without rows. `batch_index`, [runs, 3], has the `id` of each run, and where its rows begin and end.")
    .shape(batch_shape)
    .kernel<Batch>(kCpu)
    .blocking()
    .sets_outputs()
    .gradient([](GradContext& g) {
      const int n = static_cast<int>(g.attr<std::vector<DType>>("T").size());
      for (int i = 0; i < n; ++i) {
        g.dx(i) = g.op("Unbatch", {g.dy(i), g.y(n), g.y(n + 1)},
                       {{"timeout_micros", g.attr<int64_t>("grad_timeout_micros")},
                        {"shared_name", fmt::format("batch_gradient_{}_{}", g.node().name(), i)}});
      }
    });

REFLOW_OP("BatchFunction")
    .input("in_tensors: Tin")
    .input("captured_tensors: Tcaptured")
    .output("out_tensors: Tout")
    .attr("f: func")
    .attr("num_batch_threads: int")
    .attr("max_batch_size: int")
    .attr("batch_timeout_micros: int")
    .attr("max_enqueued_batches: int = 10")
    .attr("allowed_batch_sizes: list(int) = []")
    .attr("container: string = ''")
    .attr("shared_name: string = ''")
    .attr("batching_queue: string = ''")
    .attr("Tin: list(type) >= 1")
    .attr("Tcaptured: list(type) >= 0")
    .attr("Tout: list(type) >= 1")
    .doc("Calls the function `f` once for the inputs of several runs, which go on at the same time, put below each other; each run gets its "
         "rows of the results. `captured_tensors` are further arguments, the same in all runs.")
    .shape(unknown_shape)
    .kernel<BatchFunction>(kCpu)
    .blocking()
    .sets_outputs();

}  // namespace
}  // namespace reflow::ops
