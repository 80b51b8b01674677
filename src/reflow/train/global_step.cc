#include "reflow/train/global_step.h"

#include "reflow/client/collections.h"
#include "reflow/client/errors.h"
#include "reflow/client/initializers.h"
#include "reflow/client/python_text.h"
#include "reflow/client/scopes.h"
#include "reflow/client/variable_scope.h"

namespace reflow::train {

std::optional<Variable> get_global_step() {
  const std::vector<Variable> found = get_collection<Variable>(GraphKeys::GLOBAL_STEP);
  if (found.size() == 1) {
    assert_global_step(found[0]);
    return found[0];
  }
  if (!found.empty()) return std::nullopt;
  for (const Variable& v : global_variables()) {
    if (v.name() != "global_step:0") continue;
    assert_global_step(v);
    return v;
  }
  return std::nullopt;
}

Variable create_global_step() {
  if (get_global_step()) throw ValueError("\"global_step\" already exists.");
  name_scope top(nullptr);
  GetVariableOptions options;
  options.dtype = DType::kInt64;
  options.initializer = zeros_initializer();
  options.trainable = false;
  options.collections = {GraphKeys::GLOBAL_VARIABLES, GraphKeys::GLOBAL_STEP};
  return get_variable(GraphKeys::GLOBAL_STEP, Shape{}, options);
}

Variable get_or_create_global_step() {
  const std::optional<Variable> found = get_global_step();
  return found ? *found : create_global_step();
}

void assert_global_step(const Variable& global_step) {
  if (!is_integer(base_type(global_step.dtype()))) {
    throw TypeError("Existing \"global_step\" does not have integer type: " + client::python_dtype(global_step.dtype()));
  }
  if (global_step.shape().rank() != 0 && global_step.shape().fully_defined()) {
    throw TypeError("Existing \"global_step\" is not scalar: " + client::python_shape(global_step.shape()));
  }
}

int64_t global_step(const Session& sess, const Variable& global_step) {
  const Tensor value = sess.run(global_step);
  return value.dtype() == DType::kInt64 ? value.item<int64_t>() : value.item<int32_t>();
}

}  // namespace reflow::train
