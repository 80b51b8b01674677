#include "reflow/summary/step_label.h"

#include "tensorflow/core/framework/step_stats.pb.h"

namespace reflow::summary {

StepLabel parse_label(std::string_view label) {
  constexpr size_t kNone = std::string_view::npos;
  StepLabel result;
  const size_t close = label.rfind(')');
  const size_t open = close == kNone ? kNone : label.rfind('(', close);
  const size_t equals = open == kNone ? kNone : label.substr(0, open).rfind(" = ");
  if (equals == kNone) return result;
  result.op = label.substr(equals + 3, open - equals - 3);
  std::string_view inputs = label.substr(open + 1, close - open - 1);
  while (!inputs.empty()) {
    const size_t comma = inputs.find(", ");
    result.inputs.emplace_back(inputs.substr(0, comma));
    inputs = comma == kNone ? std::string_view() : inputs.substr(comma + 2);
  }
  return result;
}

std::string op_of(const tensorflow::NodeExecStats& node) {
  const StepLabel label = parse_label(node.timeline_label());
  const size_t colon = node.node_name().rfind(':');
  if (label.op != "unknown" || colon == std::string::npos) return label.op;
  return node.node_name().substr(colon + 1);
}

}  // namespace reflow::summary
