// Updates of rows (Scatter*) and slices (ScatterNd*) of ref variables, in place.

#include <mutex>

#include "reflow/op/op.h"
#include "reflow/op/variable.h"
#include "reflow/ops/state/scatter.h"

namespace reflow::ops {
namespace {

Status scatter_ref(KernelContext& c, Status (*update)(Tensor&, const Tensor&, const Tensor&)) {
  ASSIGN_OR_RETURN(Variable * variable, initialized_ref(c, 0));
  {
    std::lock_guard lock(variable->mutex);
    RETURN_IF_ERROR(update(variable->tensor, c.input(1), c.input(2)));
  }
  c.forward(0, 0);
  return OkStatus();
}

template <typename F, typename T>
class ScatterRows : public Kernel {
 public:
  explicit ScatterRows(KernelInit&) {}
  Status compute(KernelContext& c) override { return scatter_ref(c, scatter_rows<F, T>); }
};

template <typename F, typename T>
class ScatterSlices : public Kernel {
 public:
  explicit ScatterSlices(KernelInit&) {}
  Status compute(KernelContext& c) override { return scatter_ref(c, scatter_slices<F, T>); }
};

// Assignment moves elements of any type.
class ScatterUpdate : public Kernel {
 public:
  explicit ScatterUpdate(KernelInit& c)
      : update_(with_element(c.node().input(0).dtype(), []<typename E>() { return &scatter_rows<ScatterAssign, E>; })) {}
  Status compute(KernelContext& c) override { return scatter_ref(c, update_); }

 private:
  Status (*update_)(Tensor&, const Tensor&, const Tensor&);
};

class ScatterNdUpdate : public Kernel {
 public:
  explicit ScatterNdUpdate(KernelInit& c)
      : update_(with_element(c.node().input(0).dtype(), []<typename E>() { return &scatter_slices<ScatterAssign, E>; })) {}
  Status compute(KernelContext& c) override { return scatter_ref(c, update_); }

 private:
  Status (*update_)(Tensor&, const Tensor&, const Tensor&);
};
template <typename T>
using AddRows = ScatterRows<ScatterAdd, T>;
template <typename T>
using SubRows = ScatterRows<ScatterSub, T>;
template <typename T>
using MulRows = ScatterRows<ScatterMul, T>;
template <typename T>
using DivRows = ScatterRows<ScatterDiv, T>;
template <typename T>
using MinRows = ScatterRows<ScatterMin, T>;
template <typename T>
using MaxRows = ScatterRows<ScatterMax, T>;
template <typename T>
using AddSlices = ScatterSlices<ScatterAdd, T>;
template <typename T>
using SubSlices = ScatterSlices<ScatterSub, T>;

Status rows_shape(ShapeContext& c) {
  if (!c.concrete()) RETURN_IF_ERROR(check_row_updates(c, c.input(0), c.input(1), c.input(2)));
  c.set_output(0, c.input(0));
  return OkStatus();
}

Status slices_shape(ShapeContext& c) {
  if (!c.concrete()) RETURN_IF_ERROR(check_nd_updates(c, c.input(0), c.input(1), c.input(2)));
  c.set_output(0, c.input(0));
  return OkStatus();
}

REFLOW_OP("ScatterUpdate")
    .input("ref: Ref(T)")
    .input("indices: Tindices")
    .input("updates: T")
    .output("output_ref: Ref(T)")
    .attr("T: type")
    .attr("Tindices: {int32, int64}")
    .attr("use_locking: bool = true")
    .doc("Puts `updates` into the rows `indices` of the variable `ref`, in place. The output is `ref` after that.")
    .shape(rows_shape)
    .kernel<ScatterUpdate>(kCpu)
    .sets_outputs();

REFLOW_OP("ScatterAdd")
    .input("ref: Ref(T)")
    .input("indices: Tindices")
    .input("updates: T")
    .output("output_ref: Ref(T)")
    .attr("T: numbertype")
    .attr("Tindices: {int32, int64}")
    .attr("use_locking: bool = false")
    .doc("Adds `updates` to the rows `indices` of the variable `ref`, in place. The output is `ref` after that.")
    .shape(rows_shape)
    .kernel<AddRows>(kCpu, kNumberTypes)
    .sets_outputs()
    .not_differentiable();

REFLOW_OP("ScatterSub")
    .input("ref: Ref(T)")
    .input("indices: Tindices")
    .input("updates: T")
    .output("output_ref: Ref(T)")
    .attr("T: numbertype")
    .attr("Tindices: {int32, int64}")
    .attr("use_locking: bool = false")
    .doc("Subtracts `updates` from the rows `indices` of the variable `ref`, in place. The output is `ref` after that.")
    .shape(rows_shape)
    .kernel<SubRows>(kCpu, kNumberTypes)
    .sets_outputs()
    .not_differentiable();

REFLOW_OP("ScatterMul")
    .input("ref: Ref(T)")
    .input("indices: Tindices")
    .input("updates: T")
    .output("output_ref: Ref(T)")
    .attr("T: numbertype")
    .attr("Tindices: {int32, int64}")
    .attr("use_locking: bool = false")
    .doc("Multiplies the rows `indices` of the variable `ref` by `updates`, in place. The output is `ref` after that.")
    .shape(rows_shape)
    .kernel<MulRows>(kCpu, kNumberTypes)
    .sets_outputs()
    .not_differentiable();

REFLOW_OP("ScatterDiv")
    .input("ref: Ref(T)")
    .input("indices: Tindices")
    .input("updates: T")
    .output("output_ref: Ref(T)")
    .attr("T: numbertype")
    .attr("Tindices: {int32, int64}")
    .attr("use_locking: bool = false")
    .doc("Divides the rows `indices` of the variable `ref` by `updates`, in place. The output is `ref` after that.")
    .shape(rows_shape)
    .kernel<DivRows>(kCpu, kNumberTypes)
    .sets_outputs()
    .not_differentiable();

REFLOW_OP("ScatterMin")
    .input("ref: Ref(T)")
    .input("indices: Tindices")
    .input("updates: T")
    .output("output_ref: Ref(T)")
    .attr("T: {half, bfloat16, float, double, int32, int64}")
    .attr("Tindices: {int32, int64}")
    .attr("use_locking: bool = false")
    .doc("Makes the rows `indices` of the variable `ref` the minimum of themselves and `updates`, in place. The output is `ref` after that.")
    .shape(rows_shape)
    .kernel<MinRows>(kCpu, kFloatTypes + kIndexTypes)
    .sets_outputs();

REFLOW_OP("ScatterMax")
    .input("ref: Ref(T)")
    .input("indices: Tindices")
    .input("updates: T")
    .output("output_ref: Ref(T)")
    .attr("T: {half, bfloat16, float, double, int32, int64}")
    .attr("Tindices: {int32, int64}")
    .attr("use_locking: bool = false")
    .doc("Makes the rows `indices` of the variable `ref` the maximum of themselves and `updates`, in place. The output is `ref` after that.")
    .shape(rows_shape)
    .kernel<MaxRows>(kCpu, kFloatTypes + kIndexTypes)
    .sets_outputs();

REFLOW_OP("ScatterNdUpdate")
    .input("ref: Ref(T)")
    .input("indices: Tindices")
    .input("updates: T")
    .output("output_ref: Ref(T)")
    .attr("T: type")
    .attr("Tindices: {int32, int64}")
    .attr("use_locking: bool = true")
    .doc("Puts `updates` into the slices of the variable `ref` that the last dimension of `indices` names, in place. The output is `ref` after that.")
    .shape(slices_shape)
    .kernel<ScatterNdUpdate>(kCpu)
    .sets_outputs()
    .not_differentiable();

REFLOW_OP("ScatterNdAdd")
    .input("ref: Ref(T)")
    .input("indices: Tindices")
    .input("updates: T")
    .output("output_ref: Ref(T)")
    .attr("T: numbertype")
    .attr("Tindices: {int32, int64}")
    .attr("use_locking: bool = false")
    .doc("Adds `updates` to the slices of the variable `ref` that the last dimension of `indices` names, in place. The output is `ref` after that.")
    .shape(slices_shape)
    .kernel<AddSlices>(kCpu, kNumberTypes)
    .sets_outputs()
    .not_differentiable();

REFLOW_OP("ScatterNdSub")
    .input("ref: Ref(T)")
    .input("indices: Tindices")
    .input("updates: T")
    .output("output_ref: Ref(T)")
    .attr("T: numbertype")
    .attr("Tindices: {int32, int64}")
    .attr("use_locking: bool = false")
    .doc("Subtracts `updates` from the slices of the variable `ref` that the last dimension of `indices` names, in place. The output is `ref` after that.")
    .shape(slices_shape)
    .kernel<SubSlices>(kCpu, kNumberTypes)
    .sets_outputs()
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
