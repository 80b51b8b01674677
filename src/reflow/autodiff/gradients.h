#pragma once

#include <span>
#include <string>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/graph/graph.h"
#include "reflow/op/gradient.h"

namespace reflow::autodiff {

// How the gradients that reach one tensor from several ops are summed.
enum class AggregationMethod {
  kAddN = 0,                     // one AddN for each device, and one over these
  kExperimentalTree = 1,         // a chain of AddN of two
  kExperimentalAccumulateN = 2,  // AccumulateNV2 where the shape is known and there are more than two; else the chain
};

// What stands for the gradient of an x that no y depends on.
enum class UnconnectedGradients { kNone, kZero };

struct GradientOptions {
  // dL/dy for each y; empty: all default. An entry without values stands for the default, ones of y's shape.
  std::vector<op::Gradient> grad_ys;
  std::string name = "gradients";
  bool colocate_gradients_with_ops = false;
  // The gradients of an op's inputs are released together, when all of them are computed.
  bool gate_gradients = false;
  AggregationMethod aggregation_method = AggregationMethod::kAddN;
  UnconnectedGradients unconnected_gradients = UnconnectedGradients::kNone;
  // Tensors taken as constants with respect to all xs.
  std::vector<graph::Endpoint> stop_gradients;
};

// Adds ops to `graph` that compute dL/dx for each of `xs`, L being the sum of all elements of all `ys`, and returns
// their outputs: one gradient for each x, without values where no y depends on the x (see unconnected_gradients).
// Nodes, their names and their order are those of TensorFlow 1.15's tf.gradients. An x of type resource is a resource
// variable's handle; its gradient is that of the variable's value. Takes the graph's mutex. Time is linear in the part
// of the graph that depends on the xs, but for one byte-sized table over all nodes.
//
// Errors: NotFound, "No gradient defined for operation ..."; InvalidArgument (is_type_error for grad_ys of a wrong
// type), and for the gradient with respect to the initial value of the loop in which it is asked for; and what gradient
// functions return.
StatusOr<std::vector<op::Gradient>> gradients(graph::Graph& graph, std::span<const graph::Endpoint> ys,
                                              std::span<const graph::Endpoint> xs, const GradientOptions& options = {});

}  // namespace reflow::autodiff
