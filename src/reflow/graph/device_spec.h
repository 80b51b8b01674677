#pragma once

#include <string>
#include <string_view>

#include "reflow/base/status.h"

namespace reflow::graph {

// A device name in parts, any of which may be missing: "/job:worker/replica:0/task:1/device:CPU:0", with the old forms
// "/cpu:0" and "/gpu:1" read too.
struct DeviceSpec {
  std::string job;       // "": not said
  int replica = -1, task = -1;
  std::string type;      // "CPU", "GPU"; "": not said
  int index = -1;        // "*": -1

  // InvalidArgument: "Unknown attribute: 'x' in '/x:0'", "invalid literal for int() with base 10: 'zero'".
  static StatusOr<DeviceSpec> parse(std::string_view name);
  // This, with what `inner` says put over it: what nested tf.device blocks mean.
  DeviceSpec overridden_by(const DeviceSpec& inner) const;
  // True when this says nothing that `full` contradicts.
  bool matches(const DeviceSpec& full) const;
  // The canonical form, as TensorFlow writes it into NodeDef.device.
  std::string str() const;
  bool operator==(const DeviceSpec&) const = default;
};

}  // namespace reflow::graph
