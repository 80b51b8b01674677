// What is done with queues of every kind: putting in, taking out, closing, asking. The first form of each op takes a
// reference to container and name, the second a resource handle.

#include "reflow/op/async_kernel.h"
#include "reflow/op/op.h"
#include "reflow/op/parts.h"
#include "reflow/op/queue.h"
#include "reflow/op/resource_handle.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// What goes into a queue stays for longer than the run, and isn't to change with a feed or a variable.
Tensor kept(const Tensor& value) { return fills_own_buffer(value) ? value : value.copy(); }

std::string signature(DType handle, const std::vector<DType>& more_inputs, const std::vector<DType>& outputs) {
  const std::string more = list_types(more_inputs);
  return fmt::format("{}{}{}->{}", dtype_spec_name(handle), more.empty() ? "" : ", ", more, list_types(outputs));
}

class QueueKernel : public AsyncKernel {
 public:
  explicit QueueKernel(KernelInit& c) {
    if (c.attr_or<int64_t>("timeout_ms", -1) != -1) c.fail(invalid_argument("Timeout not supported yet."));
  }
};

template <bool kMany>
class Enqueue : public QueueKernel {
 public:
  using QueueKernel::QueueKernel;
  void compute_async(KernelContext& c, std::function<void(Status)> done) override {
    auto queue = resource_at<Queue>(c, 0);
    if (!queue.ok()) return done(queue.status());
    std::vector<DType> types;
    Queue::Tuple tuple;
    for (int i = 1; i < c.num_inputs(); ++i) {
      types.push_back(c.input(i).dtype());
      tuple.push_back(kMany ? c.input(i) : kept(c.input(i)));
    }
    if (types != (*queue)->spec().types) {
      const DType handle = c.node().input(0).dtype();
      return done(invalid_argument("Signature mismatch, have: {} expected: {}", signature(handle, types, {}),
                                   signature(handle, (*queue)->spec().types, {})));
    }
    if constexpr (kMany) {
      (*queue)->enqueue_many(std::move(tuple), c.cancellation(), std::move(done));
    } else {
      (*queue)->enqueue(std::move(tuple), c.cancellation(), std::move(done));
    }
  }
};

// What takes elements out of the queue gives them out.
class Taking : public QueueKernel {
 public:
  explicit Taking(KernelInit& c) : QueueKernel(c), types_(c.attr<std::vector<DType>>("component_types")) {}

 protected:
  Status check_types(KernelContext& c, const Queue& queue) const {
    if (types_ == queue.spec().types) return OkStatus();
    const DType handle = c.node().input(0).dtype();
    std::vector<DType> more;
    if (c.num_inputs() > 1) more.push_back(DType::kInt32);
    return invalid_argument("Signature mismatch, have: {} expected: {}", signature(handle, more, types_),
                            signature(handle, more, queue.spec().types));
  }
  static Queue::Taken give_out(KernelContext& c, std::function<void(Status)> done) {
    return [&c, done = std::move(done)](Status status, Queue::Tuple tuple) {
      for (size_t i = 0; i < tuple.size(); ++i) c.set_output(static_cast<int>(i), std::move(tuple[i]));
      done(std::move(status));
    };
  }

 private:
  std::vector<DType> types_;
};

class Dequeue : public Taking {
 public:
  using Taking::Taking;
  void compute_async(KernelContext& c, std::function<void(Status)> done) override {
    auto queue = resource_at<Queue>(c, 0);
    if (!queue.ok()) return done(queue.status());
    if (Status status = check_types(c, **queue); !status.ok()) return done(std::move(status));
    (*queue)->dequeue(c.cancellation(), give_out(c, std::move(done)));
  }
};

template <bool kAllowFewer>
class DequeueMany : public Taking {
 public:
  using Taking::Taking;
  void compute_async(KernelContext& c, std::function<void(Status)> done) override {
    auto queue = resource_at<Queue>(c, 0);
    if (!queue.ok()) return done(queue.status());
    if (c.input(1).num_elements() != 1) {
      return done(invalid_argument("The number of elements to dequeue is not a scalar: {}", c.input(1).shape().str()));
    }
    const int64_t n = c.input(1).item<int32_t>();
    if (n < 0) {
      return done(invalid_argument("{} requested {} < 0 elements", kAllowFewer ? "DequeueUpToOp" : "DequeueManyOp", n));
    }
    if (Status status = check_types(c, **queue); !status.ok()) return done(std::move(status));
    (*queue)->dequeue_many(n, kAllowFewer, c.cancellation(), give_out(c, std::move(done)));
  }
};

class Close : public AsyncKernel {
 public:
  explicit Close(KernelInit& c) : cancel_pending_(c.attr<bool>("cancel_pending_enqueues")) {}
  void compute_async(KernelContext& c, std::function<void(Status)> done) override {
    auto queue = resource_at<Queue>(c, 0);
    if (!queue.ok()) return done(queue.status());
    (*queue)->close(cancel_pending_, std::move(done));
  }

 private:
  bool cancel_pending_;
};

class Size : public Kernel {
 public:
  explicit Size(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<Queue> queue, resource_at<Queue>(c, 0));
    *c.output(0).data<int32_t>() = static_cast<int32_t>(queue->size());
    return OkStatus();
  }
};

class IsClosed : public Kernel {
 public:
  explicit IsClosed(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<Queue> queue, resource_at<Queue>(c, 0));
    *c.output(0).data<bool>() = queue->is_closed();
    return OkStatus();
  }
};

// Both forms of an op: `name` with a reference, and `name`V2.
OpBuilder old_form(const char* name) { return OpBuilder(name).input("handle: Ref(string)"); }
OpBuilder new_form(const char* name) { return OpBuilder(std::string(name) + "V2").input("handle: resource").stateful(); }

OpBuilder enqueue_op(OpBuilder op) {
  return std::move(op)
      .input("components: Tcomponents")
      .attr("Tcomponents: list(type) >= 1")
      .attr("timeout_ms: int = -1")
      .doc("Puts one tuple of tensors into the queue; waits while it is full. Fails once the queue is closed.")
      .shape(no_outputs)
      .kernel<Enqueue<false>>(kCpu)
      .blocking();
}
const OpRegistrar enqueue(enqueue_op(old_form("QueueEnqueue")).not_differentiable());
const OpRegistrar enqueue_v2(enqueue_op(new_form("QueueEnqueue")));

OpBuilder enqueue_many_op(OpBuilder op) {
  return std::move(op)
      .input("components: Tcomponents")
      .attr("Tcomponents: list(type) >= 1")
      .attr("timeout_ms: int = -1")
      .doc("Puts the rows of the components into the queue, one after the other; waits while it is full. The components "
           "have the same first dimension.")
      .shape(no_outputs)
      .kernel<Enqueue<true>>(kCpu)
      .blocking();
}
const OpRegistrar enqueue_many(enqueue_many_op(old_form("QueueEnqueueMany")).not_differentiable());
const OpRegistrar enqueue_many_v2(enqueue_many_op(new_form("QueueEnqueueMany")));

OpBuilder dequeue_op(OpBuilder op) {
  return std::move(op)
      .output("components: component_types")
      .attr("component_types: list(type) >= 1")
      .attr("timeout_ms: int = -1")
      .doc("Takes one tuple out of the queue; waits until there is one. OutOfRange once the queue is closed and empty.")
      .shape(unknown_shape)
      .kernel<Dequeue>(kCpu)
      .blocking()
      .sets_outputs();
}
const OpRegistrar dequeue(dequeue_op(old_form("QueueDequeue")).not_differentiable());
const OpRegistrar dequeue_v2(dequeue_op(new_form("QueueDequeue")));

Status dequeue_many_shape(ShapeContext& c) {
  int64_t n = 0;
  bool known = false;
  if (!c.concrete() && c.input(1).rank() == 0) RETURN_IF_ERROR(c.value_as_int(1, &n, &known));
  if (known && n < 0) return invalid_argument("Input 'n' must be >= 0, but is {}", n);
  return unknown_shape(c);
}

template <bool kAllowFewer>
OpBuilder dequeue_many_op(OpBuilder op) {
  return std::move(op)
      .input("n: int32")
      .output("components: component_types")
      .attr("component_types: list(type) >= 1")
      .attr("timeout_ms: int = -1")
      .shape(kAllowFewer ? &unknown_shape : &dequeue_many_shape)
      .doc(kAllowFewer ? "Takes `n` tuples out of the queue and makes them the rows of the components; once it is closed, "
                         "as many as are left. OutOfRange when there are none."
                       : "Takes `n` tuples out of the queue and makes them the rows of the components; waits until there "
                         "are so many. OutOfRange once the queue is closed and has fewer.")
      .template kernel<DequeueMany<kAllowFewer>>(kCpu)
      .blocking()
      .sets_outputs();
}
const OpRegistrar dequeue_many(dequeue_many_op<false>(old_form("QueueDequeueMany")).not_differentiable());
const OpRegistrar dequeue_many_v2(dequeue_many_op<false>(new_form("QueueDequeueMany")));
const OpRegistrar dequeue_up_to(dequeue_many_op<true>(old_form("QueueDequeueUpTo")).not_differentiable());
const OpRegistrar dequeue_up_to_v2(dequeue_many_op<true>(new_form("QueueDequeueUpTo")));

OpBuilder close_op(OpBuilder op) {
  return std::move(op)
      .attr("cancel_pending_enqueues: bool = false")
      .doc("Closes the queue: nothing more goes in, what is in can be taken out. Who waits to put something in may still "
           "do so first, or fails with `cancel_pending_enqueues`.")
      .shape(no_outputs)
      .kernel<Close>(kCpu)
      .blocking();
}
const OpRegistrar close(close_op(old_form("QueueClose")).not_differentiable());
const OpRegistrar close_v2(close_op(new_form("QueueClose")));

OpBuilder size_op(OpBuilder op) {
  return std::move(op)
      .output("size: int32")
      .doc("How many elements are in the queue.")
      .shape(scalar_shape)
      .kernel<Size>(kCpu);
}
const OpRegistrar size(size_op(old_form("QueueSize")).not_differentiable());
const OpRegistrar size_v2(size_op(new_form("QueueSize")));

OpBuilder is_closed_op(OpBuilder op) {
  return std::move(op)
      .output("is_closed: bool")
      .doc("Tells whether the queue is closed.")
      .shape(scalar_shape)
      .kernel<IsClosed>(kCpu);
}
const OpRegistrar is_closed(is_closed_op(old_form("QueueIsClosed")));
const OpRegistrar is_closed_v2(is_closed_op(new_form("QueueIsClosed")));

}  // namespace
}  // namespace reflow::ops
