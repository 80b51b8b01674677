// Bytes as a GraphDef that is run: each of its first nodes ends in a value or an error, within the timeout.

#include <algorithm>
#include <cstdint>

#include "reflow/graph/graph_def.h"
#include "reflow/runtime/session.h"
#include "tensorflow/core/framework/graph.pb.h"

namespace {

// Ops that a hostile graph may use to do harm that is no fault of the engine: read and write files.
bool touches_files(const reflow::graph::Graph& graph) {
  return std::ranges::any_of(graph.nodes(), [](const reflow::graph::Node* node) {
    return node->type().find("File") != std::string::npos || node->type().find("Save") != std::string::npos ||
           node->type().find("Print") != std::string::npos;
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace reflow;
  tensorflow::GraphDef proto;
  if (!proto.ParseFromArray(data, static_cast<int>(size)) || proto.node_size() > 64) return 0;
  graph::Graph graph;
  graph::ImportOptions options;
  options.prefix = "";
  if (!graph::import_graph_def(proto, options, &graph).ok() || touches_files(graph)) return 0;
  runtime::SessionOptions session_options;
  session_options.operation_timeout_ms = 50;
  auto session = runtime::DirectSession::create(&graph, session_options);
  if (!session.ok()) return 0;
  std::vector<graph::Node*> nodes = graph.nodes();
  constexpr size_t kMostRuns = 8;
  for (size_t i = 0; i < std::min(nodes.size(), kMostRuns); ++i) {
    runtime::Signature signature;
    signature.targets = {nodes[nodes.size() - 1 - i]};
    std::vector<Tensor> results;
    (void)(*session)->run(signature, {}, &results);
  }
  return 0;
}
