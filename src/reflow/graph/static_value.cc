#include "reflow/graph/static_value.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "reflow/graph/immediate.h"
#include "reflow/graph/shape_context.h"

namespace reflow::graph {
namespace {

bool is_known(const Endpoint& e) {
  constexpr std::array<std::string_view, 4> kFromShapes = {"Const", "Shape", "Size", "Rank"};
  constexpr std::array<std::string_view, 8> kFromValues = {"Range", "Cast", "Concat", "ConcatV2", "Pack", "Fill", "Equal", "NotEqual"};
  const std::string_view type = e.node->type();
  if (std::ranges::find(kFromShapes, type) != kFromShapes.end()) return true;
  return std::ranges::find(kFromValues, type) != kFromValues.end() && std::ranges::all_of(e.node->inputs(), is_known);
}

}  // namespace

Tensor static_value(const Endpoint& e) {
  return e && (immediate_executor(e.node->graph()) != nullptr || is_known(e)) ? constant_value(e) : Tensor();
}

}  // namespace reflow::graph
