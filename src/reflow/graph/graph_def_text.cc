#include <google/protobuf/text_format.h>

#include "reflow/graph/graph_def.h"
#include "tensorflow/core/framework/graph.pb.h"

namespace reflow::graph {

std::string graph_def_text(const Graph& graph) {
  tensorflow::GraphDef proto;
  export_graph_def(graph, {}, &proto);
  std::string text;
  google::protobuf::TextFormat::PrintToString(proto, &text);
  return text;
}

}  // namespace reflow::graph
