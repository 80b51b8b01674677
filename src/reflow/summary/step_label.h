#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tensorflow {
class NodeExecStats;
}

namespace reflow::summary {

// What the label of a node in StepStats says: `NODE = OP(INPUT, INPUT)`.
struct StepLabel {
  std::string op = "unknown";
  std::vector<std::string> inputs;
};
StepLabel parse_label(std::string_view label);

// The op of a node: of its label, or of its name where the profiler of TensorFlow wrote `NODE:OP` there.
std::string op_of(const tensorflow::NodeExecStats& node);

}  // namespace reflow::summary
