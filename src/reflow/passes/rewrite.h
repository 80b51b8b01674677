#pragma once

// What passes share: orders of a graph, and edits that keep its control edges true.

#include <vector>

#include "reflow/graph/graph.h"
#include "reflow/op/kernel_registry.h"
#include "reflow/passes/pass.h"

namespace reflow::passes {

// Does the edge close a loop (NextIteration to Merge)? Such ones don't count as dependencies.
bool is_back_edge(const graph::Node& source, const graph::Node& node);

// The nodes, each after those that it depends on (the back edges of loops don't count); else in order of creation.
// Nodes of a cycle are missing.
std::vector<graph::Node*> topological_order(const graph::Graph& graph);

// By id of node: is it one of the context's roots.
std::vector<bool> root_marks(const PassContext& context);

// Switch, Merge, Enter and their kin.
bool is_control_flow(const graph::Node& node);
// Its value depends on its inputs' values alone, and nothing but its value comes of it: no state, no references,
// resources, feeds or control flow, no checks that are there for their errors.
bool is_pure(const graph::Node& node);

// `node`, whose every output j is the same value as replacements[j], goes: consumers read these instead, and wait for
// what `node` waited for. False, and nothing happens, where that can't be said with edges: at roots, across devices, at
// control flow, or where it would take many edges.
bool bypass(PassContext& context, const std::vector<bool>& roots, graph::Node* node, graph::Endpoint replacement);

// Is `node` known to run after `source`, and only where that does? Looked for are `steps` edges of the paths to it.
bool comes_after(const graph::Node& node, const graph::Node* source, int steps);

// By id: the node of the variable whose memory output 0 of the node is (a reference to it, a read of it, a view of a read);
// -1: none. `order` is topological.
std::vector<int> trace_variables(const graph::Graph& graph, const std::vector<graph::Node*>& order);
// By id: may an output of the node be the memory of a variable, as itself, by views, or by branches and loops?
std::vector<bool> memory_of_variables(const graph::Graph& graph, const std::vector<graph::Node*>& order);
// Is output 0 the memory of input 0?
bool is_view(const graph::Node& node);
// Does the node take input i, a reference, in order to write?
bool writes_reference(const graph::Node& node, int i);

// The value of `e` where it is a Const that may be looked at; else null.
const Tensor* const_value(const graph::Endpoint& e);
// The numbers of a constant of integers; empty: it's not one.
std::vector<int64_t> const_integers(const graph::Endpoint& e);
// The dimensions that a shape is known to have, as the value of Shape or a constant.
Shape dims_of(const graph::Endpoint& e);

}  // namespace reflow::passes
