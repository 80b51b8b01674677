#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tensorflow {
class StepStats;
}

namespace reflow::tools {

// What a node did in a run, from its StepStats.
struct NodeProfile {
  std::string node, op, outputs;  // outputs: "float32 [100,50]", several with commas
  int64_t start_ns = 0;           // since the run's first node
  int64_t duration_ns = 0;
  int64_t output_bytes = 0, allocated_bytes = 0;
};

struct OpProfile {
  std::string op;
  int64_t calls = 0, duration_ns = 0, output_bytes = 0;
};

// What a device did in a run. TensorFlow's profiler has rows of its own, such as /host:CPU, that show the same nodes again.
struct DeviceProfile {
  std::string device;
  int64_t elapsed_ns = 0;   // from the first node's start to the last one's end
  int64_t duration_ns = 0;  // of all nodes
  std::vector<NodeProfile> nodes;  // in the order of StepStats
  std::vector<OpProfile> ops;      // the longest first
};

std::vector<DeviceProfile> profile_run(const tensorflow::StepStats& stats);

// Tables of a device: its ops, and its `top` longest nodes; 0: all nodes, in the order of StepStats.
std::string profile_text(const DeviceProfile& profile, int top);
// A line of JSON for each op, and for each node.
std::string profile_json(const DeviceProfile& profile);

}  // namespace reflow::tools
