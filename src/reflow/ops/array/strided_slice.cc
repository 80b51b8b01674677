// x[begin:end:strides] with all that Python's syntax has: StridedSlice, its gradient, and assignment to a slice.

#include <cstring>
#include <mutex>
#include <string>

#include "reflow/op/op.h"
#include "reflow/op/parts.h"
#include "reflow/op/variable.h"
#include "reflow/ops/array/strided_slice.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

Status strided_slice_shape(ShapeContext& c) {
  Shape out;
  RETURN_IF_ERROR(infer_slice_shape(c, c.input(0), 1, &out));
  c.set_output(0, std::move(out));
  return OkStatus();
}

using GatherFn = void (*)(ThreadPool&, const StridedView&, void* dense, const void* strided);
GatherFn gather_fn(DType type) {
  return with_element(type, []<typename E>() -> GatherFn {
    return [](ThreadPool& pool, const StridedView& view, void* dense, const void* strided) {
      gather_strided(pool, view, static_cast<E*>(dense), static_cast<const E*>(strided));
    };
  });
}

using ScatterFn = void (*)(ThreadPool&, const StridedView&, const void* dense, void* strided);
ScatterFn scatter_fn(DType type) {
  return with_element(type, []<typename E>() -> ScatterFn {
    return [](ThreadPool& pool, const StridedView& view, const void* dense, void* strided) {
      scatter_strided(pool, view, static_cast<const E*>(dense), static_cast<E*>(strided));
    };
  });
}

class StridedSlice : public Kernel {
 public:
  explicit StridedSlice(KernelInit& c) : masks_(slice_masks(c)), gather_(gather_fn(c.node().output_type(0))) {}

  Status compute(KernelContext& c) override {
    const Tensor& in = c.input(0);
    SlicePlan plan;
    RETURN_IF_ERROR(plan_slice(in.shape(), &c.input(1), &c.input(2), c.input(3), masks_, &plan));
    Tensor& out = c.output(0);
    if (!out.valid() || !(out.shape() == plan.result)) RETURN_IF_ERROR(c.allocate_output(0, plan.result));
    gather_(c.pool(), plan.view, c.output(0).raw_data(), in.raw_data());
    return OkStatus();
  }

 private:
  SliceMasks masks_;
  GatherFn gather_;
};

bool strided_slice_parts(const Node& node, std::span<const Shape> inputs, std::span<const Tensor* const> values,
                         std::span<const Shape> outputs, Parts* parts) {
  SlicePlan plan;
  if (!values[1] || !values[2] || !values[3]) return false;
  if (!plan_slice(inputs[0], values[1], values[2], *values[3], slice_masks(node), &plan).ok()) return false;
  const int rank = plan.view.rank();
  if (rank > 1 || (rank == 1 && plan.view.stride(0) != 1) || !(plan.result == outputs[0])) return false;
  *parts = {0, {plan.view.offset}};
  return outputs[0].num_elements() > 0;
}
const PartsRegistrar kStridedSliceParts("StridedSlice", strided_slice_parts);

AttrMap mask_attrs(GradContext& g) {
  AttrMap attrs;
  for (const char* name : {"begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask"}) {
    attrs.set(name, g.attr<int64_t>(name));
  }
  return attrs;
}

REFLOW_OP("StridedSlice")
    .input("input: T")
    .input("begin: Index")
    .input("end: Index")
    .input("strides: Index")
    .output("output: T")
    .attr("T: type")
    .attr("Index: {int32, int64}")
    .attr("begin_mask: int = 0")
    .attr("end_mask: int = 0")
    .attr("ellipsis_mask: int = 0")
    .attr("new_axis_mask: int = 0")
    .attr("shrink_axis_mask: int = 0")
    .doc("input[begin:end:strides] as Python and NumPy understand it. Bit i of the masks changes what entry i means: begin "
         "or end left out, \"...\", newaxis, or a single index that takes the dimension away.")
    .shape(strided_slice_shape)
    .kernel<StridedSlice>(kCpu)
    .gradient([](GradContext& g) {
      const Endpoint shape = g.shape(g.x(0), g.x(1).dtype());
      g.dx(0) = g.op("StridedSliceGrad", {shape, g.x(1), g.x(2), g.x(3), g.dy(0)}, mask_attrs(g));
    });

// The value to put into a slice has the shape of the slice.
Status check_value_shape(const Shape& slice, const Shape& value) {
  if (slice == value) return OkStatus();
  return unimplemented(
      "sliced l-value shape {} does not match r-value shape {}. Automatic broadcasting not yet implemented.", slice.str(),
      value.str());
}

class StridedSliceGrad : public Kernel {
 public:
  explicit StridedSliceGrad(KernelInit& c) : masks_(slice_masks(c)), scatter_(scatter_fn(c.node().output_type(0))) {}

  Status compute(KernelContext& c) override {
    Tensor& out = c.output(0);
    const Tensor& dy = c.input(4);
    SlicePlan plan;
    RETURN_IF_ERROR(plan_slice(out.shape(), &c.input(1), &c.input(2), c.input(3), masks_, &plan));
    if (!(plan.result == dy.shape())) {
      return invalid_argument("shape of dy was {} instead of {}", dy.shape().str(), plan.result.str());
    }
    if (is_plain(out.dtype())) std::memset(out.raw_data(), 0, static_cast<size_t>(out.size_bytes()));
    scatter_(c.pool(), plan.view, dy.raw_data(), out.raw_data());
    return OkStatus();
  }

 private:
  SliceMasks masks_;
  ScatterFn scatter_;
};

Status strided_slice_grad_shape(ShapeContext& c) {
  Shape out;
  RETURN_IF_ERROR(c.value_as_shape(0, &out));
  c.set_output(0, std::move(out));
  return OkStatus();
}

REFLOW_OP("StridedSliceGrad")
    .input("shape: Index")
    .input("begin: Index")
    .input("end: Index")
    .input("strides: Index")
    .input("dy: T")
    .output("output: T")
    .attr("T: type")
    .attr("Index: {int32, int64}")
    .attr("begin_mask: int = 0")
    .attr("end_mask: int = 0")
    .attr("ellipsis_mask: int = 0")
    .attr("new_axis_mask: int = 0")
    .attr("shrink_axis_mask: int = 0")
    .doc("Zeros of the shape `shape` in which the slice that StridedSlice would take is `dy`: its gradient.")
    .shape(strided_slice_grad_shape)
    .kernel<StridedSliceGrad>(kCpu)
    .gradient([](GradContext& g) {
      g.dx(4) = g.op("StridedSlice", {g.dy(0), g.x(1), g.x(2), g.x(3)}, mask_attrs(g));
    });

class StridedSliceAssign : public Kernel {
 public:
  explicit StridedSliceAssign(KernelInit& c) : masks_(slice_masks(c)), scatter_(scatter_fn(c.node().input(4).dtype())) {}

  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(Variable * variable, initialized_ref(c, 0));
    {
      std::lock_guard lock(variable->mutex);
      RETURN_IF_ERROR(assign(c, variable->tensor));
    }
    c.forward(0, 0);
    return OkStatus();
  }

 protected:
  Status assign(KernelContext& c, Tensor& x) const {
    SlicePlan plan;
    RETURN_IF_ERROR(plan_slice(x.shape(), &c.input(1), &c.input(2), c.input(3), masks_, &plan));
    RETURN_IF_ERROR(check_value_shape(plan.result, c.input(4).shape()));
    scatter_(c.pool(), plan.view, c.input(4).raw_data(), x.raw_data());
    return OkStatus();
  }

 private:
  SliceMasks masks_;
  ScatterFn scatter_;
};

REFLOW_OP("StridedSliceAssign")
    .input("ref: Ref(T)")
    .input("begin: Index")
    .input("end: Index")
    .input("strides: Index")
    .input("value: T")
    .output("output_ref: Ref(T)")
    .attr("T: type")
    .attr("Index: {int32, int64}")
    .attr("begin_mask: int = 0")
    .attr("end_mask: int = 0")
    .attr("ellipsis_mask: int = 0")
    .attr("new_axis_mask: int = 0")
    .attr("shrink_axis_mask: int = 0")
    .doc("ref[begin:end:strides] = value, in the variable's memory. The output is `ref` after that.")
    .shape(unchanged_shape)
    .kernel<StridedSliceAssign>(kCpu)
    .sets_outputs();

class ResourceStridedSliceAssign : public StridedSliceAssign {
 public:
  using StridedSliceAssign::StridedSliceAssign;
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(Variable * variable, initialized_resource_variable(c, 0));
    std::lock_guard lock(variable->mutex);
    if (variable->tensor.dtype() != c.input(4).dtype()) {
      return invalid_argument("The variable has type {}, the value to assign has type {}",
                              dtype_name(variable->tensor.dtype()), dtype_name(c.input(4).dtype()));
    }
    make_writable(*variable);
    return assign(c, variable->tensor);
  }
};

REFLOW_OP("ResourceStridedSliceAssign")
    .input("ref: resource")
    .input("begin: Index")
    .input("end: Index")
    .input("strides: Index")
    .input("value: T")
    .attr("T: type")
    .attr("Index: {int32, int64}")
    .attr("begin_mask: int = 0")
    .attr("end_mask: int = 0")
    .attr("ellipsis_mask: int = 0")
    .attr("new_axis_mask: int = 0")
    .attr("shrink_axis_mask: int = 0")
    .stateful()
    .doc("variable[begin:end:strides] = value.")
    .shape(no_outputs)
    .kernel<ResourceStridedSliceAssign>(kCpu);

class TensorStridedSliceUpdate : public Kernel {
 public:
  explicit TensorStridedSliceUpdate(KernelInit& c)
      : masks_(slice_masks(c)), scatter_(scatter_fn(c.node().output_type(0))) {}

  Status compute(KernelContext& c) override {
    Tensor out = c.input(0).copy();
    SlicePlan plan;
    RETURN_IF_ERROR(plan_slice(out.shape(), &c.input(1), &c.input(2), c.input(3), masks_, &plan));
    RETURN_IF_ERROR(check_value_shape(plan.result, c.input(4).shape()));
    scatter_(c.pool(), plan.view, c.input(4).raw_data(), out.raw_data());
    c.set_output(0, std::move(out));
    return OkStatus();
  }

 private:
  SliceMasks masks_;
  ScatterFn scatter_;
};

REFLOW_OP("TensorStridedSliceUpdate")
    .input("input: T")
    .input("begin: Index")
    .input("end: Index")
    .input("strides: Index")
    .input("value: T")
    .output("output: T")
    .attr("T: type")
    .attr("Index: {int32, int64}")
    .attr("begin_mask: int = 0")
    .attr("end_mask: int = 0")
    .attr("ellipsis_mask: int = 0")
    .attr("new_axis_mask: int = 0")
    .attr("shrink_axis_mask: int = 0")
    .doc("`input`, in which the slice [begin:end:strides] is `value`.")
    .shape(unchanged_shape)
    .kernel<TensorStridedSliceUpdate>(kCpu)
    .sets_outputs();

}  // namespace
}  // namespace reflow::ops
