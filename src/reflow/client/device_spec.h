#pragma once

#include <optional>
#include <string>

namespace reflow {

// The parts of a device's name, which may be left out: "/job:ps/replica:0/task:1/device:CPU:0".
struct DeviceSpec {
  std::string job;  // "": not given
  std::optional<int> replica, task;
  std::string device_type;
  std::optional<int> device_index;

  // The parts of a name. ValueError: "Unknown attribute: 'x' in '/x:1'", "Cannot specify multiple device types: ...".
  static DeviceSpec from_string(const std::string& spec);
  std::string to_string() const;
  // Takes what `dev` gives.
  void merge_from(const DeviceSpec& dev);

  bool operator==(const DeviceSpec&) const = default;
};

}  // namespace reflow
