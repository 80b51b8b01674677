#include "reflow/client/variable_nodes.h"

#include <fmt/format.h>

#include "reflow/client/errors.h"
#include "reflow/client/variable_state.h"

namespace reflow::client {
namespace {

// The read that a cached value comes from.
Output read_behind(const Output& snapshot) {
  Output read = snapshot;
  while (read.op().type() != "ReadVariableOp") {
    const std::vector<Output> inputs = read.op().inputs();
    if (inputs.empty()) {
      throw ValueError(fmt::format("{} is not the value of a resource variable: no ReadVariableOp leads to it",
                                   snapshot.name()));
    }
    read = inputs[0];
  }
  return read;
}

}  // namespace

Variable variable_of_nodes(const VariableNodes& nodes) {
  auto state = std::make_shared<VariableState>();
  state->ref = nodes.ref;
  state->initializer = nodes.initializer;
  state->initial_value = nodes.initial_value;
  state->trainable = nodes.trainable;
  state->resource = base_type(nodes.ref.dtype()) == DType::kResource;
  if (state->resource) {
    state->shape = nodes.ref.op().get_attr<Shape>("shape");
    state->dtype = nodes.ref.op().get_attr<DType>("dtype");
    state->snapshot = read_behind(nodes.snapshot);
    if (!(state->snapshot == nodes.snapshot)) state->cached = nodes.snapshot;
  } else {
    state->shape = nodes.ref.shape();
    state->dtype = base_type(nodes.ref.dtype());
    state->snapshot = nodes.snapshot;
  }
  return Variable(std::move(state));
}

}  // namespace reflow::client
