#include "reflow/train/slot_creator.h"

#include <optional>
#include <string>
#include <utility>

#include "reflow/client/array_ops.h"
#include "reflow/client/initializers.h"
#include "reflow/client/scopes.h"
#include "reflow/client/variable_scope.h"

namespace reflow::train {
namespace {

// The options of the variable of a slot.
GetVariableOptions slot_options(const Initializer& initializer, std::optional<bool> use_resource, bool validate_shape) {
  GetVariableOptions options;
  options.initializer = initializer;
  options.trainable = false;
  options.use_resource = use_resource;
  options.validate_shape = validate_shape;
  return options;
}

// The slot is no more cut into parts than its variable, but is the same part of something if that is one.
Variable same_part(const Variable& primary, const Variable& slot) {
  if (const auto& info = primary.save_slice_info()) {
    const std::string name = slot.op().name();
    const size_t prefix = primary.op().name().size() + 1;
    slot.set_save_slice_info(SaveSliceInfo{info->full_name + "/" + (prefix < name.size() ? name.substr(prefix) : name),
                                           info->full_shape, info->var_offset, info->var_shape});
  }
  return slot;
}

}  // namespace

Variable create_slot(const Variable& primary, const Output& val, const std::string& name) {
  variable_scope scope(nullptr, {.default_name = primary.op().name() + "/" + name});
  get_variable_scope().set_partitioner(nullptr);
  colocate_with colocation(primary.op());
  return same_part(primary, get_variable("", slot_options(val, primary.is_resource(), val.shape().fully_defined())));
}

Variable create_slot_with_initializer(const Variable& primary, const Initializer& initializer, const Shape& shape,
                                      DType dtype, const std::string& name) {
  variable_scope scope(nullptr, {.default_name = primary.op().name() + "/" + name});
  get_variable_scope().set_partitioner(nullptr);
  colocate_with colocation(primary.op());
  GetVariableOptions options = slot_options(initializer, primary.is_resource(), shape.fully_defined());
  options.dtype = base_type(dtype);
  return same_part(primary, get_variable("", shape, options));
}

Variable create_zeros_slot(const Variable& primary, const std::string& name) {
  if (primary.shape().fully_defined()) {
    return create_slot_with_initializer(primary, zeros_initializer(), primary.shape(), primary.dtype(), name);
  }
  const Output dims = shape(primary.initialized_value());
  return create_slot(primary, zeros(dims, {.dtype = base_type(primary.dtype())}), name);
}

Variable create_zeros_slot(const Output& primary, const std::string& name, bool colocate) {
  const DType dtype = base_type(primary.dtype());
  const bool known = primary.shape().fully_defined();
  const Initializer initializer = known ? zeros_initializer() : Initializer(zeros(shape(primary), {.dtype = dtype}));
  GetVariableOptions options = slot_options(initializer, std::nullopt, known);
  options.dtype = dtype;
  variable_scope scope(nullptr, {.default_name = primary.op().name() + "/" + name});
  std::optional<colocate_with> colocation;
  if (colocate) colocation.emplace(primary);
  return known ? get_variable("", primary.shape(), options) : get_variable("", options);
}

}  // namespace reflow::train
