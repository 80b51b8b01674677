#include "reflow/op/shape_checks.h"

#include <vector>

#include "reflow/op/kernel_registry.h"

namespace reflow::op {

Status check_input_shapes(const KernelContext& c) {
  std::vector<Shape> inputs, outputs;
  for (int i = 0; i < c.num_inputs(); ++i) inputs.push_back(c.input(i).shape());
  bool used_values;
  return concrete_output_shapes(c.node(), inputs, {}, &outputs, &used_values);
}

}  // namespace reflow::op
