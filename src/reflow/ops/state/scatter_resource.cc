// Updates of rows (ResourceScatter*) and slices (ResourceScatterNd*) of resource variables.

#include <mutex>

#include "reflow/op/op.h"
#include "reflow/op/variable.h"
#include "reflow/ops/state/scatter.h"

namespace reflow::ops {
namespace {

Status scatter_resource(KernelContext& c, Status (*update)(Tensor&, const Tensor&, const Tensor&)) {
  ASSIGN_OR_RETURN(Variable * variable, initialized_resource_variable(c, 0));
  std::lock_guard lock(variable->mutex);
  if (variable->tensor.dtype() != c.input(2).dtype()) {
    return invalid_argument("The variable has type {}, its updates have type {}", dtype_name(variable->tensor.dtype()),
                            dtype_name(c.input(2).dtype()));
  }
  make_writable(*variable);
  return update(variable->tensor, c.input(1), c.input(2));
}

template <typename F, typename T>
class ScatterRows : public Kernel {
 public:
  explicit ScatterRows(KernelInit&) {}
  Status compute(KernelContext& c) override { return scatter_resource(c, scatter_rows<F, T>); }
};

template <typename F, typename T>
class ScatterSlices : public Kernel {
 public:
  explicit ScatterSlices(KernelInit&) {}
  Status compute(KernelContext& c) override { return scatter_resource(c, scatter_slices<F, T>); }
};

// Assignment moves elements of any type.
class ResourceScatterUpdate : public Kernel {
 public:
  explicit ResourceScatterUpdate(KernelInit& c)
      : update_(with_element(c.node().input(2).dtype(), []<typename E>() { return &scatter_rows<ScatterAssign, E>; })) {}
  Status compute(KernelContext& c) override { return scatter_resource(c, update_); }

 private:
  Status (*update_)(Tensor&, const Tensor&, const Tensor&);
};

class ResourceScatterNdUpdate : public Kernel {
 public:
  explicit ResourceScatterNdUpdate(KernelInit& c)
      : update_(with_element(c.node().input(2).dtype(), []<typename E>() { return &scatter_slices<ScatterAssign, E>; })) {}
  Status compute(KernelContext& c) override { return scatter_resource(c, update_); }

 private:
  Status (*update_)(Tensor&, const Tensor&, const Tensor&);
};

template <typename T>
using ResourceAddRows = ScatterRows<ScatterAdd, T>;
template <typename T>
using ResourceSubRows = ScatterRows<ScatterSub, T>;
template <typename T>
using ResourceMulRows = ScatterRows<ScatterMul, T>;
template <typename T>
using ResourceDivRows = ScatterRows<ScatterDiv, T>;
template <typename T>
using ResourceMinRows = ScatterRows<ScatterMin, T>;
template <typename T>
using ResourceMaxRows = ScatterRows<ScatterMax, T>;
template <typename T>
using ResourceAddSlices = ScatterSlices<ScatterAdd, T>;
template <typename T>
using ResourceSubSlices = ScatterSlices<ScatterSub, T>;

Status rows_shape(ShapeContext& c) {
  if (c.concrete()) return OkStatus();
  Shape params;
  RETURN_IF_ERROR(handle_shape(c, 0, c.attr_or("dtype", DType::kInvalid), &params));
  return check_row_updates(c, params, c.input(1), c.input(2));
}

Status slices_shape(ShapeContext& c) {
  if (c.concrete()) return OkStatus();
  Shape params;
  RETURN_IF_ERROR(handle_shape(c, 0, c.attr_or("T", DType::kInvalid), &params));
  return check_nd_updates(c, params, c.input(1), c.input(2));
}

REFLOW_OP("ResourceScatterUpdate")
    .input("resource: resource")
    .input("indices: Tindices")
    .input("updates: dtype")
    .attr("dtype: type")
    .attr("Tindices: {int32, int64}")
    .stateful()
    .doc("Puts `updates` into the rows `indices` of the variable `resource`.")
    .shape(rows_shape)
    .kernel<ResourceScatterUpdate>(kCpu);

REFLOW_OP("ResourceScatterAdd")
    .input("resource: resource")
    .input("indices: Tindices")
    .input("updates: dtype")
    .attr("dtype: numbertype")
    .attr("Tindices: {int32, int64}")
    .stateful()
    .doc("Adds `updates` to the rows `indices` of the variable `resource`.")
    .shape(rows_shape)
    .kernel<ResourceAddRows>(kCpu, kNumberTypes, "dtype");

REFLOW_OP("ResourceScatterSub")
    .input("resource: resource")
    .input("indices: Tindices")
    .input("updates: dtype")
    .attr("dtype: numbertype")
    .attr("Tindices: {int32, int64}")
    .stateful()
    .doc("Subtracts `updates` from the rows `indices` of the variable `resource`.")
    .shape(rows_shape)
    .kernel<ResourceSubRows>(kCpu, kNumberTypes, "dtype");

REFLOW_OP("ResourceScatterMul")
    .input("resource: resource")
    .input("indices: Tindices")
    .input("updates: dtype")
    .attr("dtype: numbertype")
    .attr("Tindices: {int32, int64}")
    .stateful()
    .doc("Multiplies the rows `indices` of the variable `resource` by `updates`.")
    .shape(rows_shape)
    .kernel<ResourceMulRows>(kCpu, kNumberTypes, "dtype");

REFLOW_OP("ResourceScatterDiv")
    .input("resource: resource")
    .input("indices: Tindices")
    .input("updates: dtype")
    .attr("dtype: numbertype")
    .attr("Tindices: {int32, int64}")
    .stateful()
    .doc("Divides the rows `indices` of the variable `resource` by `updates`.")
    .shape(rows_shape)
    .kernel<ResourceDivRows>(kCpu, kNumberTypes, "dtype");

REFLOW_OP("ResourceScatterMin")
    .input("resource: resource")
    .input("indices: Tindices")
    .input("updates: dtype")
    .attr("dtype: numbertype")
    .attr("Tindices: {int32, int64}")
    .stateful()
    .doc("Makes the rows `indices` of the variable `resource` the minimum of themselves and `updates`.")
    .shape(rows_shape)
    .kernel<ResourceMinRows>(kCpu, kRealTypes, "dtype");

REFLOW_OP("ResourceScatterMax")
    .input("resource: resource")
    .input("indices: Tindices")
    .input("updates: dtype")
    .attr("dtype: numbertype")
    .attr("Tindices: {int32, int64}")
    .stateful()
    .doc("Makes the rows `indices` of the variable `resource` the maximum of themselves and `updates`.")
    .shape(rows_shape)
    .kernel<ResourceMaxRows>(kCpu, kRealTypes, "dtype");

REFLOW_OP("ResourceScatterNdUpdate")
    .input("ref: resource")
    .input("indices: Tindices")
    .input("updates: T")
    .attr("T: type")
    .attr("Tindices: {int32, int64}")
    .attr("use_locking: bool = true")
    .stateful()
    .doc("Puts `updates` into the slices of the variable `ref` that the last dimension of `indices` names.")
    .shape(slices_shape)
    .kernel<ResourceScatterNdUpdate>(kCpu);

REFLOW_OP("ResourceScatterNdAdd")
    .input("ref: resource")
    .input("indices: Tindices")
    .input("updates: T")
    .attr("T: type")
    .attr("Tindices: {int32, int64}")
    .attr("use_locking: bool = true")
    .stateful()
    .doc("Adds `updates` to the slices of the variable `ref` that the last dimension of `indices` names.")
    .shape(slices_shape)
    .kernel<ResourceAddSlices>(kCpu, kNumberTypes)
    .kernel<ResourceAddSlices>(kCpu, Types<bool>());

REFLOW_OP("ResourceScatterNdSub")
    .input("ref: resource")
    .input("indices: Tindices")
    .input("updates: T")
    .attr("T: type")
    .attr("Tindices: {int32, int64}")
    .attr("use_locking: bool = true")
    .stateful()
    .doc("Subtracts `updates` from the slices of the variable `ref` that the last dimension of `indices` names.")
    .shape(slices_shape)
    .kernel<ResourceSubSlices>(kCpu, kNumberTypes)
    .kernel<ResourceSubSlices>(kCpu, Types<bool>());

}  // namespace
}  // namespace reflow::ops
