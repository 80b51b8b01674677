#pragma once

#include <string>

#include "reflow/base/status.h"

namespace reflow::tools {

struct GraphDifference {
  std::string text;
  bool equal = false;
};
// `reflow graph diff A B`: nodes that only one has, and nodes that differ, with what differs; as JSON where asked. The
// order of nodes doesn't matter. Errors: as of read_graph_file.
StatusOr<GraphDifference> diff_graphs(const std::string& a, const std::string& b, bool json);

}  // namespace reflow::tools
