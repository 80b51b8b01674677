#pragma once

#include <string>

#include "reflow/base/status.h"

namespace tensorflow {
class GraphDef;
}

namespace reflow::tools {

// The graph of a file: a GraphDef, binary or text; of a MetaGraphDef, a file that ends in .meta or .meta.txt; of the first
// MetaGraph of a SavedModel, a folder. NotFound, DataLoss: as of graph::read_proto.
Status read_graph_file(const std::string& path, tensorflow::GraphDef* graph);

// Text where the path ends in .pbtxt or .txt, else binary.
Status write_graph_file(const std::string& path, const tensorflow::GraphDef& graph);

}  // namespace reflow::tools
