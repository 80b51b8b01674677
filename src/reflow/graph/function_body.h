#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/graph/graph.h"

namespace reflow::graph {

// A function of a library as a graph of its own, made for certain values of its attributes. Each tensor of an argument
// is an _Arg node.
struct FunctionBody {
  std::unique_ptr<Graph> graph;    // shares the library
  std::vector<Node*> arguments;    // flat, in order
  std::vector<Endpoint> results;   // likewise
  std::vector<Node*> side_effects;  // stateful nodes, and those that the function names as to be run
};

// Makes function `name` of `library.functions()` into a graph. `attrs` are the values of the function's own attributes.
// What is known of the arguments' shapes may be given. NotFound: no such function. InvalidArgument: an attribute is
// missing, or the function is malformed: an unknown input, a result that isn't there, a node that is not valid.
StatusOr<FunctionBody> instantiate_function(const Graph& library, std::string_view name, const AttrMap& attrs,
                                            std::span<const Shape> argument_shapes = {});

}  // namespace reflow::graph
