#include "reflow/tools/graph_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <vector>

#include "reflow/graph/attr_value.h"
#include "reflow/graph/dot.h"
#include "reflow/graph/graph_def.h"
#include "reflow/tools/graph_file.h"
#include "tensorflow/core/framework/graph.pb.h"

namespace reflow::tools {
namespace {

using tensorflow::GraphDef;
using tensorflow::NodeDef;

bool is_input(const NodeDef& node) {
  return node.op() == "Placeholder" || node.op() == "PlaceholderV2" || node.op() == "PlaceholderWithDefault";
}

bool is_variable(const NodeDef& node) {
  return node.op() == "Variable" || node.op() == "VariableV2" || node.op() == "VarHandleOp" ||
         node.op() == "TemporaryVariable";
}

// "float32 [?,784]"; an attribute that isn't there is left out.
StatusOr<std::string> type_and_shape(const NodeDef& node) {
  std::string text;
  for (const char* name : {"dtype", "shape"}) {
    const auto found = node.attr().find(name);
    if (found == node.attr().end()) continue;
    graph::AttrValue value;
    RETURN_IF_ERROR(graph::attr_from_proto(found->second, &value));
    const DType* dtype = value.get<DType>();
    text += (text.empty() ? "" : " ") + (dtype != nullptr ? dtype_name(*dtype) : value.str());
  }
  return text;
}

StatusOr<std::string> nodes_of_kind(std::string_view title, const GraphDef& proto, bool (*belongs)(const NodeDef&)) {
  std::string lines;
  int count = 0;
  for (const NodeDef& node : proto.node()) {
    if (!belongs(node)) continue;
    ++count;
    ASSIGN_OR_RETURN(const std::string type, type_and_shape(node));
    lines += fmt::format("  {}  {}\n", node.name(), type);
  }
  return fmt::format("\n{}: {}\n{}", title, count, lines);
}

std::string ops_by_count(const GraphDef& proto) {
  std::map<std::string, int> counts;
  for (const NodeDef& node : proto.node()) ++counts[node.op()];
  std::vector<std::pair<std::string, int>> ops(counts.begin(), counts.end());
  std::ranges::stable_sort(ops, std::greater<>{}, [](const auto& op) { return op.second; });
  std::string text = fmt::format("\nOps: {}\n", ops.size());
  for (const auto& [name, count] : ops) {
    const bool known =
        graph::OpRegistry::global().find(name) != nullptr ||
        std::ranges::any_of(proto.library().function(),
                            [&name = name](const auto& f) { return f.signature().name() == name; });
    text += fmt::format("{:6}  {}{}\n", count, name, known ? "" : "  (not in Reflow)");
  }
  return text;
}

std::string all_nodes(const GraphDef& proto) {
  std::string text = "\nAll nodes:\n";
  for (const NodeDef& node : proto.node()) {
    text += fmt::format("  {} = {}({})", node.name(), node.op(), fmt::join(node.input(), ", "));
    if (!node.device().empty()) text += fmt::format(" on {}", node.device());
    text += '\n';
  }
  return text;
}

Status write_dot(const GraphDef& proto, const std::string& file) {
  graph::Graph graph;
  RETURN_IF_ERROR(graph::import_graph_def(proto, {.prefix = ""}, &graph).status());
  std::ofstream out(file, std::ios::binary);
  if (!out) return not_found("{}; {}", file, std::strerror(errno));
  out << graph::dot_text(graph);
  out.close();
  if (out.fail()) return data_loss("{}; write error", file);
  return OkStatus();
}

}  // namespace

StatusOr<std::string> show_graph(const std::string& file, const ShowGraphOptions& options) {
  GraphDef proto;
  RETURN_IF_ERROR(read_graph_file(file, &proto));
  std::string text = fmt::format("{}: {} nodes, {} functions, GraphDef version {}\n", file, proto.node_size(),
                                 proto.library().function_size(), proto.versions().producer());
  text += ops_by_count(proto);
  ASSIGN_OR_RETURN(const std::string inputs, nodes_of_kind("Inputs", proto, is_input));
  ASSIGN_OR_RETURN(const std::string variables, nodes_of_kind("Variables", proto, is_variable));
  text += inputs + variables;
  if (options.nodes) text += all_nodes(proto);
  if (!options.dot_file.empty()) {
    RETURN_IF_ERROR(write_dot(proto, options.dot_file));
    text += fmt::format("\nWritten: {}\n", options.dot_file);
  }
  return text;
}

}  // namespace reflow::tools
