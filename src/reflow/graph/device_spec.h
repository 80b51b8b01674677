#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "reflow/base/status.h"

namespace reflow::graph {

// A device name in parts, any of which may be left open: "/job:worker/replica:0/task:1/device:CPU:0".
struct DeviceSpec {
  std::string job, type;  // "": open; the type in capitals where it came as "/cpu:0"
  std::optional<int> replica, task, index;

  // Reads the forms that tf.device takes, "/cpu:0" and "/device:GPU:*" among them.
  // InvalidArgument: "Unknown attribute: '{}' in '{}'", "Cannot specify multiple device types: {}", not a number.
  static StatusOr<DeviceSpec> parse(std::string_view text);
  // Canonical form.
  std::string str() const;
  // This, and what it leaves open as `outer` says.
  DeviceSpec merged_into(const DeviceSpec& outer) const;
  bool operator==(const DeviceSpec&) const = default;
};

}  // namespace reflow::graph
