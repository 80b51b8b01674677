#include "reflow/graph/dot.h"

#include <fmt/format.h>

#include <iterator>

namespace reflow::graph {
namespace {

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '\n') {
      result += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

}  // namespace

std::string dot_text(const Graph& graph) {
  std::string text = "digraph graph_of_ops {\n  node [shape=box, fontsize=10];\n";
  const auto out = std::back_inserter(text);
  for (const Node* node : graph.nodes()) {
    std::string label = node->name() + "\n" + node->type();
    for (int i = 0; i < node->num_outputs(); ++i) {
      label += fmt::format("{}{} {}", i ? ", " : "\n", dtype_name(node->output_type(i)), node->output_shape(i).str());
    }
    fmt::format_to(out, "  n{} [label={}];\n", node->id(), quoted(label));
    for (const Endpoint& input : node->inputs()) {
      if (!input) continue;
      const std::string port = input.index > 0 ? fmt::format(" [label=\"{}\"]", input.index) : "";
      fmt::format_to(out, "  n{} -> n{}{};\n", input.node->id(), node->id(), port);
    }
    for (const Node* source : node->control_inputs()) {
      fmt::format_to(out, "  n{} -> n{} [style=dashed];\n", source->id(), node->id());
    }
  }
  return text + "}\n";
}

}  // namespace reflow::graph
