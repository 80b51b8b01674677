#pragma once

#include <string>

#include "reflow/base/status.h"

namespace reflow::tools {

struct ShowGraphOptions {
  bool nodes = false;    // list every node with its inputs
  std::string dot_file;  // where the graph is written for Graphviz; empty: nowhere
  bool json = false;     // one object instead of lines
};

// `reflow graph show FILE`: what a GraphDef, binary or text, holds. Ops that Reflow doesn't have are counted and named;
// only a drawing needs all of them. NotFound, DataLoss: the file; InvalidArgument, NotFound: the graph to be drawn.
StatusOr<std::string> show_graph(const std::string& file, const ShowGraphOptions& options);

}  // namespace reflow::tools
