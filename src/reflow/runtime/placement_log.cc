#include "reflow/runtime/placement_log.h"

#include <algorithm>
#include <cstdio>

#include "reflow/base/logging.h"

namespace reflow::runtime {

using graph::Node;

namespace {

bool is_source(const Node& node) { return node.num_inputs() == 0 && node.num_outputs() == 1 && !is_ref(node.output_type(0)); }

}  // namespace

void log_placement(std::span<Node* const> placed, const std::function<const std::string&(int)>& device_name) {
  for (const bool sources : {false, true}) {
    for (const Node* node : placed) {
      if (node->type().starts_with('_') || is_source(*node) != sources) continue;
      const std::string& device = device_name(std::max(0, node->assigned_device()));
      const std::string line = fmt::format("{}: ({}): {}", node->name(), node->type(), device);
      std::printf("%s\n", line.c_str());
      log_info("{}", line);
    }
  }
  std::fflush(stdout);
}

}  // namespace reflow::runtime
