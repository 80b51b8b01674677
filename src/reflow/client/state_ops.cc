#include "reflow/client/state_ops.h"

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/operators.h"
#include "reflow/client/variable_state.h"

namespace reflow {
namespace {

using client::apply_op;

// The ref of a ref variable; a tensor that is none is the caller's mistake.
const Output& ref_of(const VariableRef& ref, const char* attribute) {
  if (!is_ref(ref.ref().dtype())) {
    throw TypeError(std::string("'Tensor' object has no attribute '") + attribute + "'");
  }
  return ref.ref();
}

Output scatter(const char* op, const VariableRef& ref, const TensorLike& indices, const TensorLike& updates,
               const ScatterOptions& options, bool use_locking) {
  if (ref.is_resource()) {
    const client::VariableState& v = *ref.variable().state();
    const Output values = client::convert(updates, v.dtype, "");
    return client::read_after(
        v, Operation(client::make_op(std::string("Resource") + op, options.name, {v.ref, indices, values})));
  }
  return apply_op(op, options.name, {ref_of(ref, "scatter_update"), indices, updates},
                  {{"use_locking", options.use_locking.value_or(use_locking)}});
}

}  // namespace

Output assign(const VariableRef& ref, const TensorLike& value, const AssignFunctionOptions& options) {
  if (ref.is_resource()) return ref.variable().assign(value, {.name = options.name});
  if (!ref.variable().valid() && ref.ref().valid() && ref.ref().op().type() == "StridedSlice") {
    return assign_slice(ref.ref(), value, {options.name});
  }
  return apply_op("Assign", options.name, {ref_of(ref, "assign"), value},
                  {{"use_locking", options.use_locking.value_or(true)},
                   {"validate_shape", options.validate_shape.value_or(true)}});
}

Output assign_add(const VariableRef& ref, const TensorLike& value, const AssignFunctionOptions& options) {
  if (ref.is_resource()) return ref.variable().assign_add(value, {.name = options.name});
  return apply_op("AssignAdd", options.name, {ref_of(ref, "assign_add"), value},
                  {{"use_locking", options.use_locking.value_or(false)}});
}

Output assign_sub(const VariableRef& ref, const TensorLike& value, const AssignFunctionOptions& options) {
  if (ref.is_resource()) return ref.variable().assign_sub(value, {.name = options.name});
  return apply_op("AssignSub", options.name, {ref_of(ref, "assign_sub"), value},
                  {{"use_locking", options.use_locking.value_or(false)}});
}

Output count_up_to(const VariableRef& ref, int64_t limit, const NameOptions& options) {
  if (ref.is_resource()) {
    return apply_op("ResourceCountUpTo", options.name, {ref.ref()},
                    {{"limit", limit}, {"T", ref.variable().state()->dtype}});
  }
  return apply_op("CountUpTo", options.name, {ref_of(ref, "count_up_to")}, {{"limit", limit}});
}

Output scatter_update(const VariableRef& ref, const TensorLike& indices, const TensorLike& updates,
                      const ScatterOptions& options) {
  return scatter("ScatterUpdate", ref, indices, updates, options, true);
}
Output scatter_add(const VariableRef& ref, const TensorLike& indices, const TensorLike& updates,
                   const ScatterOptions& options) {
  return scatter("ScatterAdd", ref, indices, updates, options, false);
}
Output scatter_sub(const VariableRef& ref, const TensorLike& indices, const TensorLike& updates,
                   const ScatterOptions& options) {
  return scatter("ScatterSub", ref, indices, updates, options, false);
}
Output scatter_mul(const VariableRef& ref, const TensorLike& indices, const TensorLike& updates,
                   const ScatterOptions& options) {
  return scatter("ScatterMul", ref, indices, updates, options, false);
}
Output scatter_div(const VariableRef& ref, const TensorLike& indices, const TensorLike& updates,
                   const ScatterOptions& options) {
  return scatter("ScatterDiv", ref, indices, updates, options, false);
}
Output scatter_min(const VariableRef& ref, const TensorLike& indices, const TensorLike& updates,
                   const ScatterOptions& options) {
  return scatter("ScatterMin", ref, indices, updates, options, false);
}
Output scatter_max(const VariableRef& ref, const TensorLike& indices, const TensorLike& updates,
                   const ScatterOptions& options) {
  return scatter("ScatterMax", ref, indices, updates, options, false);
}

namespace {

Output scatter_nd(const char* op, const VariableRef& ref, const TensorLike& indices, const TensorLike& updates,
                  const ScatterOptions& options, bool use_locking) {
  if (ref.is_resource()) {
    const client::VariableState& v = *ref.variable().state();
    const Output values = client::convert(updates, v.dtype, "");
    return client::read_after(
        v, Operation(client::make_op(std::string("Resource") + op, options.name, {v.ref, indices, values})));
  }
  return apply_op(op, options.name, {ref_of(ref, "scatter_nd_update"), indices, updates},
                  {{"use_locking", options.use_locking.value_or(use_locking)}});
}

}  // namespace

Output scatter_nd_update(const VariableRef& ref, const TensorLike& indices, const TensorLike& updates,
                         const ScatterOptions& options) {
  return scatter_nd("ScatterNdUpdate", ref, indices, updates, options, true);
}
Output scatter_nd_add(const VariableRef& ref, const TensorLike& indices, const TensorLike& updates,
                      const ScatterOptions& options) {
  return scatter_nd("ScatterNdAdd", ref, indices, updates, options, false);
}
Output scatter_nd_sub(const VariableRef& ref, const TensorLike& indices, const TensorLike& updates,
                      const ScatterOptions& options) {
  return scatter_nd("ScatterNdSub", ref, indices, updates, options, false);
}

Output batch_scatter_update(const VariableRef& ref, const TensorLike& indices, const TensorLike& updates,
                            const ScatterOptions& options) {
  const Output rows = client::convert(indices, DType::kInvalid, "indices");
  const Output dims = shape(rows);
  const int rank = rows.shape().rank();
  if (rank < 0) throw ValueError("batch_gather does not allow indices with unknown shape.");
  const Output innermost = expand_dims(rows, -1);
  const DType type = base_type(rows.dtype());
  TensorList parts;
  for (int d = 0; d + 1 < rank; ++d) {
    const Output size = dims[d];
    TensorList around(rank + 1, 1);
    around[d] = size;
    const Output count = apply_op("Range", "", {0, size, 1});
    const Output along = cast(reshape(count, around), type);
    parts.push_back(along * ones_like(innermost));
  }
  parts.push_back(innermost);
  return scatter_nd_update(ref, concat(parts, -1), updates, options);
}

Output assign_slice(const Output& slice, const TensorLike& value, const NameOptions& options) {
  const auto no_variable = [] { return ValueError("Sliced assignment is only supported for variables"); };
  if (!slice.valid() || slice.op().type() != "StridedSlice") throw no_variable();
  const Operation sliced = slice.op();
  const std::vector<Output> inputs = sliced.inputs();
  const Operation read = inputs[0].op();
  if (read.type() != "Identity" && read.type() != "ReadVariableOp") throw no_variable();
  const Output ref = read.inputs().front();
  graph::AttrMap attrs;
  for (const char* mask : {"begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask"}) {
    attrs.set(mask, sliced.get_attr<int64_t>(mask));
  }
  const std::string name = options.name.empty() ? sliced.name() + "/_assign/" : options.name;
  if (is_ref(ref.dtype())) {
    return apply_op("StridedSliceAssign", name, {ref, inputs[1], inputs[2], inputs[3], value}, std::move(attrs));
  }
  if (read.type() != "ReadVariableOp") throw no_variable();
  const DType dtype = base_type(slice.dtype());
  const Output converted = client::convert(value, dtype, "");
  const Operation assigned(
      client::make_op("ResourceStridedSliceAssign", name, {ref, inputs[1], inputs[2], inputs[3], converted},
                      std::move(attrs)));
  client::VariableState variable;
  variable.ref = ref;
  variable.dtype = dtype;
  return client::read_after(variable, assigned);
}

}  // namespace reflow
