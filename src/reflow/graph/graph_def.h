#pragma once

// The only header of graph/ that knows protocol buffers: GraphDef, NodeDef, OpDef and AttrValue to and fro.

#include <map>
#include <string>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/graph/graph.h"
#include "reflow/graph/node_builder.h"

namespace tensorflow {
class AttrValue;
class GraphDef;
class NodeDef;
class OpDef;
}  // namespace tensorflow

namespace reflow::graph {

Status attr_from_proto(const tensorflow::AttrValue& proto, AttrValue* value);
void attr_to_proto(const AttrValue& value, tensorflow::AttrValue* proto);
void op_def_to_proto(const OpDef& op, tensorflow::OpDef* proto);
Status op_def_from_proto(const tensorflow::OpDef& proto, OpDef* op);
void node_to_proto(const Node& node, tensorflow::NodeDef* proto);

struct ExportOptions {
  bool add_shapes = false;      // "_output_shapes"
  int from_version = -1;        // only nodes with id >= this
};
void export_graph_def(const Graph& graph, const ExportOptions& options, tensorflow::GraphDef* proto);
// The graph as a GraphDef in text format, for readers.
std::string graph_def_text(const Graph& graph);

struct ImportOptions {
  std::string prefix = "import";          // "" : none; made unique by the caller if wanted
  bool uniquify_names = false, uniquify_prefix = false;
  std::map<std::string, Endpoint> input_map;         // "name:0" of the proto -> tensor of the graph
  std::map<std::string, Node*> control_input_map;    // node name -> node
  std::vector<Node*> control_dependencies;
  std::vector<std::string> return_elements;          // "name:0" or "name"
  bool validate_shape = true;             // run shape functions
  bool apply_scopes = false;              // the thread's device and control dependency scopes, as tf.import_graph_def
};
struct ImportResult {
  std::vector<Node*> nodes;               // in the order of the proto
  std::vector<Endpoint> return_endpoints; // index -1 in `index` for a node
  std::vector<std::string> unused_input_map_keys;
};
// Adds the nodes of `proto` to `graph`: default attributes filled in, every node checked (known op, attributes, input
// count and types, no cycle but through NextIteration, names well formed), shapes inferred. All or nothing.
// InvalidArgument and NotFound in the words of TensorFlow's importer.
StatusOr<ImportResult> import_graph_def(const tensorflow::GraphDef& proto, const ImportOptions& options, Graph* graph);

// Binary or text format by content. DataLoss or InvalidArgument: neither.
Status read_graph_def(const std::string& path, tensorflow::GraphDef* proto);

}  // namespace reflow::graph
