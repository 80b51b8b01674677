#pragma once

#include <vector>

#include "reflow/base/status.h"
#include "reflow/graph/graph.h"
#include "reflow/tensor/shape.h"

namespace reflow::runtime {

// Is it an If, Case or While, whether or not it can be lowered?
bool is_functional(const graph::Node& node);

// Can it be? Not: predicates that aren't known to be boolean scalars, numbers of branches that aren't known to be
// scalars, and who says so by the attribute
// _lower_using_switch_merge = false. *invariants: of a While, the shapes that its values keep in all iterations.
bool can_lower(const graph::Node& node, const graph::Graph& library, std::vector<Shape>* invariants);

// Has a run of the node effects, or is its result another each time? Not: a call, cond or loop of functions without such nodes.
bool has_effects(const graph::Node& node, const graph::Graph& library);

// A call that a branch, or a part of a loop, has become.
struct LoweredCall {
  graph::Node* node;
  graph::Node* gate;                // dead where the call is; null: it always runs
  std::vector<bool> is_gated = {};  // of each argument: is it dead in just these cases, too?
};

// Puts a cond of Switch and Merge in the place of an If, conds within each other in that of a Case, a loop in that of a
// While. Their functions become calls, named PREFIX/then, PREFIX/else, PREFIX/branch0, ..., PREFIX/cond and
// PREFIX/body, which are appended to *calls. The node becomes a NoOp that waits for their ends. `library`: a graph that has the
// functions. REQUIRES: can_lower(), and no nodes named below the prefix.
Status lower_functional(graph::Graph& graph, graph::Node* node, const std::string& prefix, const graph::Graph& library,
                        const std::vector<Shape>& invariants, std::vector<LoweredCall>* calls);

}  // namespace reflow::runtime
