#include "reflow/train/update_ops.h"

#include <string>

#include "reflow/client/array_ops.h"
#include "reflow/client/indexing.h"
#include "reflow/client/scopes.h"
#include "reflow/client/variable_state.h"

namespace reflow::train {

using client::apply_op;
using client::make_op;

TensorLike cast_to(const TensorLike& value, DType type) {
  type = base_type(type);
  if (const Output* output = value.output(); output && output->dtype() == type) return value;
  if (const auto* variable = std::get_if<std::shared_ptr<client::VariableState>>(&value.value());
      variable && (*variable)->resource && (*variable)->dtype == type) {
    return value;
  }
  name_scope scope("", "Cast");
  const Output x = client::convert(value, DType::kInvalid, "x");
  if (base_type(x.dtype()) == type) return x;
  return apply_op("Cast", scope.name(), {x}, {{"DstT", type}});
}

Assignment assign_op(const Variable& variable, std::string_view type, const TensorLike& value, bool use_locking,
                     std::string_view name) {
  const DType dtype = base_type(variable.dtype());
  if (!variable.is_resource()) {
    const Output updated = apply_op(type, name, {variable.ref(), value}, {{"use_locking", use_locking}});
    return {updated.op(), updated};
  }
  const Output tensor = client::convert(value, dtype, "");
  // TensorFlow forgets the names of assign_add and assign_sub here.
  const Operation op(make_op(std::string(type) + "VariableOp", type == "Assign" ? name : "", {variable.handle(), tensor}));
  return {op, client::read_after(*variable.state(), op)};
}

Assignment scatter_add(const Variable& variable, const Output& indices, const Output& updates, bool use_locking) {
  if (!variable.is_resource()) {
    const Output updated =
        apply_op("ScatterAdd", "", {variable.ref(), indices, updates}, {{"use_locking", use_locking}});
    return {updated.op(), updated};
  }
  const Operation op(make_op("ResourceScatterAdd", "", {variable.handle(), indices, updates}));
  control_dependencies after({op});
  const Output value = client::read_variable_op(*variable.state());
  return {value.op(), value};
}

UniqueSlices deduplicate(const Output& values, const Output& indices) {
  graph::Node* unique = make_op("Unique", "", {indices});
  const Output unique_indices(unique, 0), positions(unique, 1);
  const Output count = shape(unique_indices)[0];
  return {apply_op("UnsortedSegmentSum", "", {values, positions, count}), unique_indices};
}

}  // namespace reflow::train
