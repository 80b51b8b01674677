#include "reflow/transforms/node_map.h"

#include <algorithm>
#include <vector>

#include "tensorflow/core/framework/graph.pb.h"

namespace reflow::transforms {
namespace {

// "name:0" and "name" are one.
std::string canonical(const std::string& input) {
  return input.ends_with(":0") ? input.substr(0, input.size() - 2) : input;
}

StatusOr<std::string> follow(const std::map<std::string, std::string>& replacements, std::string input) {
  for (size_t steps = 0;; ++steps) {
    const auto it = replacements.find(canonical(input));
    if (it == replacements.end() || it->second.empty()) return it == replacements.end() ? input : std::string();
    if (steps > replacements.size()) return invalid_argument("The inputs of '{}' lead in a circle", input);
    input = it->second;
  }
}

}  // namespace

std::string_view node_of_input(std::string_view input) {
  if (input.starts_with('^')) return input.substr(1);
  const size_t colon = input.rfind(':');
  if (colon == std::string_view::npos || colon + 1 == input.size()) return input;
  const bool is_index = std::all_of(input.begin() + colon + 1, input.end(), [](char c) { return c >= '0' && c <= '9'; });
  return is_index ? input.substr(0, colon) : input;
}

NodeMap::NodeMap(const tensorflow::GraphDef& graph) {
  for (const tensorflow::NodeDef& node : graph.node()) {
    nodes_.emplace(node.name(), &node);
    for (const std::string& input : node.input()) ++readers_[node_of_input(input)];
  }
}

const tensorflow::NodeDef* NodeMap::find(std::string_view input) const {
  const auto it = nodes_.find(node_of_input(input));
  return it == nodes_.end() ? nullptr : it->second;
}

int NodeMap::num_readers(std::string_view name) const {
  const auto it = readers_.find(name);
  return it == readers_.end() ? 0 : it->second;
}

Status check_unique_names(const tensorflow::GraphDef& graph) {
  std::vector<std::string_view> names;
  for (const tensorflow::NodeDef& node : graph.node()) names.push_back(node.name());
  std::ranges::sort(names);
  const auto twice = std::ranges::adjacent_find(names);
  return twice == names.end() ? OkStatus() : invalid_argument("Node '{}' is not unique", *twice);
}

void filter_nodes(tensorflow::GraphDef* graph, const std::function<bool(const tensorflow::NodeDef&)>& keeps) {
  auto* nodes = graph->mutable_node();
  nodes->erase(std::remove_if(nodes->begin(), nodes->end(), [&](const auto& node) { return !keeps(node); }), nodes->end());
}

Status redirect_inputs(const std::map<std::string, std::string>& replacements, tensorflow::GraphDef* graph) {
  for (tensorflow::NodeDef& node : *graph->mutable_node()) {
    std::vector<std::string> inputs, controls;
    for (const std::string& input : node.input()) {
      ASSIGN_OR_RETURN(std::string found, follow(replacements, input));
      if (found.empty()) continue;
      if (!found.starts_with('^')) inputs.push_back(std::move(found));
      else if (std::ranges::find(controls, found) == controls.end()) controls.push_back(std::move(found));
    }
    node.clear_input();
    for (const auto* list : {&inputs, &controls}) {
      for (const std::string& input : *list) node.add_input(input);
    }
  }
  return OkStatus();
}

}  // namespace reflow::transforms
