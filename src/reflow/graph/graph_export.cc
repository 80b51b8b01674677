#include <google/protobuf/text_format.h>

#include "reflow/graph/function_library.h"
#include "reflow/graph/graph_def.h"
#include "tensorflow/core/framework/graph.pb.h"

namespace reflow::graph {

void export_graph_def(const Graph& graph, const ExportOptions& options, tensorflow::GraphDef* proto) {
  const std::lock_guard lock(graph.mutex());
  proto->Clear();
  for (int id = std::max(options.from_version, 0); id < graph.num_node_ids(); ++id) {
    const Node* node = graph.node(id);
    if (node == nullptr) continue;
    tensorflow::NodeDef* added = proto->add_node();
    node_to_proto(*node, added);
    if (!options.add_shapes) continue;
    std::vector<Shape> shapes;
    for (int i = 0; i < node->num_outputs(); ++i) shapes.push_back(node->output_shape(i));
    if (!shapes.empty()) attr_to_proto(std::move(shapes), &(*added->mutable_attr())["_output_shapes"]);
  }
  auto* versions = proto->mutable_versions();
  versions->set_producer(graph.versions.producer);
  versions->set_min_consumer(graph.versions.min_consumer);
  for (const int version : graph.versions.bad_consumers) versions->add_bad_consumers(version);
  if (!graph.functions().names().empty()) graph.functions().to_proto(proto->mutable_library());
}

std::string graph_def_text(const Graph& graph) {
  tensorflow::GraphDef proto;
  export_graph_def(graph, {}, &proto);
  std::string text;
  google::protobuf::TextFormat::PrintToString(proto, &text);
  return text;
}

}  // namespace reflow::graph
