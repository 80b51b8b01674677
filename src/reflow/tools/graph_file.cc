#include "reflow/tools/graph_file.h"

#include <filesystem>

#include "reflow/graph/read_proto.h"
#include "reflow/io/file.h"
#include "tensorflow/core/protobuf/saved_model.pb.h"

namespace reflow::tools {

Status read_graph_file(const std::string& path, tensorflow::GraphDef* graph) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    const bool is_text = !io::file_exists(path + "/saved_model.pb");
    tensorflow::SavedModel model;
    RETURN_IF_ERROR(graph::read_proto(path + (is_text ? "/saved_model.pbtxt" : "/saved_model.pb"), &model));
    if (model.meta_graphs().empty()) return data_loss("{}: the SavedModel has no MetaGraph", path);
    graph->Swap(model.mutable_meta_graphs(0)->mutable_graph_def());
    return OkStatus();
  }
  if (path.ends_with(".meta") || path.ends_with(".meta.txt")) {
    tensorflow::MetaGraphDef meta_graph;
    RETURN_IF_ERROR(graph::read_proto(path, &meta_graph));
    graph->Swap(meta_graph.mutable_graph_def());
    return OkStatus();
  }
  return graph::read_proto(path, graph);
}

Status write_graph_file(const std::string& path, const tensorflow::GraphDef& graph) {
  return graph::write_proto(path, graph, path.ends_with(".pbtxt") || path.ends_with(".txt"));
}

}  // namespace reflow::tools
