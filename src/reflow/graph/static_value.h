#pragma once

#include "reflow/graph/graph.h"

namespace reflow::graph {

// The value of `e` where TensorFlow's Python knows it while a graph is built (tensor_util.constant_value): of constants and
// shapes, and of what some ops make of these. constant_value() knows more, but what programs see, as which nodes a gradient
// has, hangs on this one. !valid(): not known.
Tensor static_value(const Endpoint& e);

}  // namespace reflow::graph
