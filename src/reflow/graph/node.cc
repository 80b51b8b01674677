#include "reflow/graph/node.h"

#include <fmt/format.h>

namespace reflow::graph {

std::string Endpoint::name() const { return node ? fmt::format("{}:{}", node->name(), index) : std::string(); }

std::vector<std::string> Node::colocation_groups() const {
  constexpr std::string_view kPrefix = "loc:@";
  std::vector<std::string> groups;
  const AttrValue* value = find_attr("_class");
  if (value == nullptr) return groups;
  if (const auto* list = value->get<std::vector<std::string>>()) {
    for (const std::string& entry : *list) {
      if (entry.starts_with(kPrefix)) groups.push_back(entry.substr(kPrefix.size()));
    }
  }
  return groups;
}

Status attr_not_found(const Node& node, std::string_view name, bool other_kind) {
  if (!other_kind) return not_found("No attr named '{}' in NodeDef:\n\t [[{{{{node {}}}}}]]", name, node.name());
  return invalid_argument("AttrValue had value with type '{}' when another was expected\n\t for attr '{}'\n\t; NodeDef: {{{{node {}}}}}",
                          node.find_attr(name)->kind(), name, node.name());
}

}  // namespace reflow::graph
