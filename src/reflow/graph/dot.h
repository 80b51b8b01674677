#pragma once

#include <string>

#include "reflow/graph/graph.h"

namespace reflow::graph {

// The graph in the language of Graphviz: one box a node with its name, op and output shapes; control edges are dashed.
std::string dot_text(const Graph& graph);

}  // namespace reflow::graph
