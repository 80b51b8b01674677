#include <filesystem>

#include <tensorflow/core/framework/graph.pb.h>

#include "reflow/client/status_errors.h"
#include "reflow/graph/read_proto.h"
#include "reflow/train/write_graph.h"

namespace reflow::train {

std::string write_graph(std::string_view graph_def, const std::string& logdir, const std::string& name, bool as_text) {
  tensorflow::GraphDef graph;
  if (!graph.ParseFromArray(graph_def.data(), static_cast<int>(graph_def.size()))) {
    throw ValueError("write_graph was given bytes that are no GraphDef");
  }
  if (logdir.find("://") == std::string::npos && !logdir.empty()) {
    std::error_code error;
    std::filesystem::create_directories(logdir, error);
    if (error) throw errors::UnknownError("Can't make the folder " + logdir + ": " + error.message());
  }
  const std::string path = logdir.empty() ? name : logdir + (logdir.ends_with('/') ? "" : "/") + name;
  errors::throw_if_error(graph::write_proto(path, graph, as_text));
  return path;
}

std::string write_graph(const Graph& graph, const std::string& logdir, const std::string& name, bool as_text) {
  return write_graph(graph.as_graph_def(), logdir, name, as_text);
}

}  // namespace reflow::train
