#include "reflow/graph/graph_def.h"
#include "reflow/graph/read_proto.h"
#include "tensorflow/core/framework/graph.pb.h"

namespace reflow::graph {

Status read_graph_def(const std::string& path, tensorflow::GraphDef* proto) { return read_proto(path, proto); }

}  // namespace reflow::graph
