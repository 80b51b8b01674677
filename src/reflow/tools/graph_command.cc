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
#include "reflow/tools/json_text.h"
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

struct TypedNode {
  std::string name, type;
};
StatusOr<std::vector<TypedNode>> nodes_of_kind(const GraphDef& proto, bool (*belongs)(const NodeDef&)) {
  std::vector<TypedNode> nodes;
  for (const NodeDef& node : proto.node()) {
    if (!belongs(node)) continue;
    ASSIGN_OR_RETURN(std::string type, type_and_shape(node));
    nodes.push_back({node.name(), std::move(type)});
  }
  return nodes;
}

struct OpCount {
  std::string name;
  int count;
  bool known;  // to Reflow, or as a function of the graph
};
std::vector<OpCount> ops_by_count(const GraphDef& proto) {
  std::map<std::string, int> counts;
  for (const NodeDef& node : proto.node()) ++counts[node.op()];
  std::vector<OpCount> ops;
  for (const auto& [name, count] : counts) {
    const bool known =
        graph::OpRegistry::global().find(name) != nullptr ||
        std::ranges::any_of(proto.library().function(),
                            [&name = name](const auto& f) { return f.signature().name() == name; });
    ops.push_back({name, count, known});
  }
  std::ranges::stable_sort(ops, std::greater<>{}, &OpCount::count);
  return ops;
}

// What a graph holds, for both forms of output.
struct Summary {
  std::vector<OpCount> ops;
  std::vector<TypedNode> inputs, variables;
};

std::string all_nodes(const GraphDef& proto) {
  std::string text = "\nAll nodes:\n";
  for (const NodeDef& node : proto.node()) {
    text += fmt::format("  {} = {}({})", node.name(), node.op(), fmt::join(node.input(), ", "));
    if (!node.device().empty()) text += fmt::format(" on {}", node.device());
    text += '\n';
  }
  return text;
}

std::string as_text(const std::string& file, const GraphDef& proto, const Summary& summary, bool nodes) {
  std::string text = fmt::format("{}: {} nodes, {} functions, GraphDef version {}\n", file, proto.node_size(),
                                 proto.library().function_size(), proto.versions().producer());
  text += fmt::format("\nOps: {}\n", summary.ops.size());
  for (const OpCount& op : summary.ops) text += fmt::format("{:6}  {}{}\n", op.count, op.name, op.known ? "" : "  (not in Reflow)");
  const auto list = [&](std::string_view title, const std::vector<TypedNode>& typed) {
    text += fmt::format("\n{}: {}\n", title, typed.size());
    for (const TypedNode& node : typed) text += fmt::format("  {}  {}\n", node.name, node.type);
  };
  list("Inputs", summary.inputs);
  list("Variables", summary.variables);
  return nodes ? text + all_nodes(proto) : text;
}

template <typename Range, typename Format>
std::string json_list(const Range& range, const Format& format) {
  std::vector<std::string> items;
  for (const auto& item : range) items.push_back(format(item));
  return fmt::format("[{}]", fmt::join(items, ", "));
}

std::string as_json(const std::string& file, const GraphDef& proto, const Summary& summary, bool nodes) {
  const auto typed = [](const TypedNode& node) {
    return fmt::format("{{\"name\": {}, \"type\": {}}}", json_string(node.name), json_string(node.type));
  };
  std::string json = fmt::format(
      "{{\"file\": {}, \"nodes\": {}, \"functions\": {}, \"version\": {}, \"ops\": {}, \"inputs\": {}, \"variables\": {}",
      json_string(file), proto.node_size(), proto.library().function_size(), proto.versions().producer(),
      json_list(summary.ops, [](const OpCount& op) {
        return fmt::format("{{\"op\": {}, \"count\": {}, \"known\": {}}}", json_string(op.name), op.count, op.known);
      }),
      json_list(summary.inputs, typed), json_list(summary.variables, typed));
  if (nodes) {
    json += ", \"all_nodes\": " + json_list(proto.node(), [](const NodeDef& node) {
      return fmt::format("{{\"name\": {}, \"op\": {}, \"inputs\": {}, \"device\": {}}}", json_string(node.name()),
                         json_string(node.op()), json_list(node.input(), json_string), json_string(node.device()));
    });
  }
  return json + "}\n";
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
  Summary summary{.ops = ops_by_count(proto)};
  ASSIGN_OR_RETURN(summary.inputs, nodes_of_kind(proto, is_input));
  ASSIGN_OR_RETURN(summary.variables, nodes_of_kind(proto, is_variable));
  if (!options.dot_file.empty()) RETURN_IF_ERROR(write_dot(proto, options.dot_file));
  if (options.json) return as_json(file, proto, summary, options.nodes);
  std::string text = as_text(file, proto, summary, options.nodes);
  if (!options.dot_file.empty()) text += fmt::format("\nWritten: {}\n", options.dot_file);
  return text;
}

}  // namespace reflow::tools
