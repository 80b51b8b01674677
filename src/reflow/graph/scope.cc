#include "reflow/graph/scope.h"

#include "reflow/graph/empty_name.h"
#include "reflow/graph/graph.h"

#include <algorithm>

namespace reflow::graph {
namespace {

bool is_letter_digit_or_dot(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.';
}
bool is_name_char(char c) { return is_letter_digit_or_dot(c) || c == '_' || c == '-' || c == '/'; }

}  // namespace

bool is_valid_op_name(std::string_view name) {
  return !name.empty() && is_letter_digit_or_dot(name[0]) && std::ranges::all_of(name, is_name_char);
}

Status check_scope_name(Graph& graph, std::string_view name) {
  if (name.empty() || name == kEmptyName) return OkStatus();
  const bool at_top = graph.scope().name_stack.empty();
  if (at_top ? is_valid_op_name(name) : std::ranges::all_of(name, is_name_char)) return OkStatus();
  return invalid_argument("'{}' is not a valid scope name", name);
}

std::string enter_name_scope(Graph& graph, std::string_view name) {
  std::string& stack = graph.scope().name_stack;
  if (name.empty() || name == kEmptyName) stack.clear();
  else if (name.ends_with('/')) stack.assign(name.substr(0, name.size() - 1));
  else stack = graph.unique_name(name);
  return stack;
}

}  // namespace reflow::graph
