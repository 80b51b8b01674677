#pragma once

#include <atomic>

namespace reflow::client {

// Are variables resources where neither they nor their scope say it? Set by enable_resource_variables.
inline std::atomic<bool> use_resource_variables = false;

}  // namespace reflow::client
