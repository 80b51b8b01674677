#pragma once

#include <string>
#include <string_view>

#include "reflow/client/graph.h"

namespace reflow::train {

// Writes a graph, or a serialized GraphDef, to a file of a folder, which is made where it isn't there; gives the path.
// ValueError: these bytes are no GraphDef. OpError: it can't be written.
std::string write_graph(const Graph& graph, const std::string& logdir, const std::string& name, bool as_text = true);
std::string write_graph(std::string_view graph_def, const std::string& logdir, const std::string& name,
                        bool as_text = true);

}  // namespace reflow::train

namespace reflow::io {

using train::write_graph;

}  // namespace reflow::io
