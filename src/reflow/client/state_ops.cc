#include "reflow/client/state_ops.h"

#include "reflow/client/apply_op.h"
#include "reflow/client/errors.h"
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
    const Output rows = client::convert(indices, DType::kInvalid, "");
    const Output values = client::convert(updates, v.dtype, "");
    return client::read_after(
        v, Operation(client::make_op(std::string("Resource") + op, options.name, {v.ref, rows, values})));
  }
  return apply_op(op, options.name, {ref_of(ref, "scatter_update"), indices, updates},
                  {{"use_locking", options.use_locking.value_or(use_locking)}});
}

}  // namespace

Output assign(const VariableRef& ref, const TensorLike& value, const AssignFunctionOptions& options) {
  if (ref.is_resource()) return ref.variable().assign(value, {.name = options.name});
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

Output scatter_nd_update(const VariableRef& ref, const TensorLike& indices, const TensorLike& updates,
                         const ScatterOptions& options) {
  if (ref.is_resource()) {
    const client::VariableState& v = *ref.variable().state();
    return client::read_after(v, Operation(client::make_op("ResourceScatterNdUpdate", options.name,
                                                           {v.ref, indices, client::convert(updates, v.dtype, "")})));
  }
  return apply_op("ScatterNdUpdate", options.name, {ref_of(ref, "scatter_nd_update"), indices, updates},
                  {{"use_locking", options.use_locking.value_or(true)}});
}

}  // namespace reflow
