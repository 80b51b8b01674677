#pragma once

#include <functional>
#include <span>
#include <string>

#include "reflow/graph/graph.h"

namespace reflow::runtime {

// Says of all nodes where they have been placed, on standard output and in the log, as ConfigProto.log_device_placement wants
// it: "b: (Add): /job:localhost/replica:0/task:0/device:CPU:0". Constants, and what else has no inputs and one output, come
// last, as TensorFlow places them. `device_name` names an assigned device.
void log_placement(std::span<graph::Node* const> placed, const std::function<const std::string&(int)>& device_name);

}  // namespace reflow::runtime
