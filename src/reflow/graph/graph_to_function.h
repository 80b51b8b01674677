#pragma once

#include <span>
#include <string>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/graph/graph.h"

namespace reflow::graph {

// What makes a graph a function.
struct FunctionOutline {
  std::string name;
  bool append_hash = false;  // of the definition, to the name
  std::vector<Endpoint> inputs, outputs;  // outputs of nodes in the body; inputs have no inputs of their own
  std::vector<std::string> output_names;  // empty: by the outputs' nodes
  std::vector<Node*> control_outputs;     // nodes that a call runs whatever is fetched of it
  std::string description;
  AttrMap attrs;
};

// Adds the nodes of `body` as a function to the library of `graph`, and the functions that they call. Names are made as
// TF_GraphToFunction makes them. Returns the function's name. InvalidArgument: an output or input that is none, or
// another function of this name.
StatusOr<std::string> add_function(const Graph& body, const FunctionOutline& outline, Graph* graph);

}  // namespace reflow::graph
