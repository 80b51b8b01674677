#include "reflow/tools/graph_diff_command.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <vector>

#include "reflow/graph/attr_value.h"
#include "reflow/graph/graph_def.h"
#include "reflow/graph/read_proto.h"
#include "reflow/tools/graph_file.h"
#include "reflow/tools/json_text.h"
#include "tensorflow/core/framework/graph.pb.h"

namespace reflow::tools {
namespace {

using tensorflow::NodeDef;

struct Change {
  std::string what, a, b;
};

std::string attr_text(const NodeDef& node, const std::string& name) {
  const auto it = node.attr().find(name);
  if (it == node.attr().end()) return "nothing";
  graph::AttrValue value;
  if (!graph::attr_from_proto(it->second, &value).ok()) return "?";
  std::string text = value.str();
  if (text.size() > 80) text = text.substr(0, 77) + "...";
  return text;
}

std::vector<Change> compare(const NodeDef& a, const NodeDef& b) {
  std::vector<Change> changes;
  if (a.op() != b.op()) changes.push_back({"op", a.op(), b.op()});
  const std::string inputs_a = fmt::format("{}", fmt::join(a.input(), ", ")), inputs_b = fmt::format("{}", fmt::join(b.input(), ", "));
  if (inputs_a != inputs_b) changes.push_back({"inputs", inputs_a, inputs_b});
  if (a.device() != b.device()) changes.push_back({"device", a.device(), b.device()});
  std::set<std::string> names;
  for (const auto* node : {&a, &b}) {
    for (const auto& [name, value] : node->attr()) names.insert(name);
  }
  for (const std::string& name : names) {
    const auto in_a = a.attr().find(name), in_b = b.attr().find(name);
    const bool both = in_a != a.attr().end() && in_b != b.attr().end();
    if (both && graph::serialize(in_a->second) == graph::serialize(in_b->second)) continue;
    std::string text_a = attr_text(a, name), text_b = attr_text(b, name);
    if (text_a == text_b) text_b += " (other elements)";
    changes.push_back({"attribute " + name, std::move(text_a), std::move(text_b)});
  }
  return changes;
}

std::map<std::string, const NodeDef*> by_name(const tensorflow::GraphDef& graph) {
  std::map<std::string, const NodeDef*> nodes;
  for (const NodeDef& node : graph.node()) nodes[node.name()] = &node;
  return nodes;
}

struct Difference {
  std::vector<const NodeDef*> only_a, only_b;
  std::map<std::string, std::vector<Change>> changed;
};

std::string to_json(const Difference& difference) {
  const auto names = [](const std::vector<const NodeDef*>& nodes) {
    std::vector<std::string> items;
    for (const NodeDef* node : nodes) items.push_back(json_string(node->name()));
    return fmt::format("[{}]", fmt::join(items, ", "));
  };
  std::vector<std::string> changed;
  for (const auto& [name, changes] : difference.changed) {
    std::vector<std::string> items;
    for (const Change& change : changes) {
      items.push_back(fmt::format("{}: [{}, {}]", json_string(change.what), json_string(change.a), json_string(change.b)));
    }
    changed.push_back(fmt::format("{}: {{{}}}", json_string(name), fmt::join(items, ", ")));
  }
  return fmt::format("{{\"only_a\": {}, \"only_b\": {}, \"changed\": {{{}}}}}\n", names(difference.only_a), names(difference.only_b),
                     fmt::join(changed, ", "));
}

std::string to_text(const Difference& difference) {
  std::string text;
  for (const NodeDef* node : difference.only_a) text += fmt::format("- {} = {}({})\n", node->name(), node->op(), fmt::join(node->input(), ", "));
  for (const NodeDef* node : difference.only_b) text += fmt::format("+ {} = {}({})\n", node->name(), node->op(), fmt::join(node->input(), ", "));
  for (const auto& [name, changes] : difference.changed) {
    text += fmt::format("! {}\n", name);
    for (const Change& change : changes) text += fmt::format("    {}: {} -> {}\n", change.what, change.a, change.b);
  }
  return text + fmt::format("{} nodes only in the first, {} only in the second, {} differ\n", difference.only_a.size(), difference.only_b.size(),
                            difference.changed.size());
}

}  // namespace

StatusOr<GraphDifference> diff_graphs(const std::string& a, const std::string& b, bool json) {
  tensorflow::GraphDef graph_a, graph_b;
  RETURN_IF_ERROR(read_graph_file(a, &graph_a));
  RETURN_IF_ERROR(read_graph_file(b, &graph_b));
  const auto nodes_a = by_name(graph_a), nodes_b = by_name(graph_b);
  Difference difference;
  for (const auto& [name, node] : nodes_a) {
    const auto other = nodes_b.find(name);
    if (other == nodes_b.end()) {
      difference.only_a.push_back(node);
    } else if (std::vector<Change> changes = compare(*node, *other->second); !changes.empty()) {
      difference.changed[name] = std::move(changes);
    }
  }
  for (const auto& [name, node] : nodes_b) {
    if (!nodes_a.contains(name)) difference.only_b.push_back(node);
  }
  const bool equal = difference.only_a.empty() && difference.only_b.empty() && difference.changed.empty();
  return GraphDifference{json ? to_json(difference) : to_text(difference), equal};
}

}  // namespace reflow::tools
