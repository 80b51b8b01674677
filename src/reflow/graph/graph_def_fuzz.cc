// Bytes as a GraphDef: import ends in a graph or an error, and what was imported can be exported and imported again.

#include <cstdint>
#include <cstdlib>

#include "reflow/graph/graph_def.h"
#include "tensorflow/core/framework/graph.pb.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace reflow::graph;
  tensorflow::GraphDef proto;
  if (!proto.ParseFromArray(data, static_cast<int>(size))) return 0;
  Graph graph;
  ImportOptions options;
  options.prefix = "";
  if (!import_graph_def(proto, options, &graph).ok()) {
    if (graph.num_nodes() != 0) std::abort();
    return 0;
  }
  tensorflow::GraphDef again;
  export_graph_def(graph, {}, &again);
  Graph second;
  if (!import_graph_def(again, options, &second).ok()) std::abort();
  return 0;
}
