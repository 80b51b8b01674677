#pragma once

#include <string>

namespace reflow::tools {

// `reflow env`: each environment variable with its default, its value where it is set, and what it does.
std::string env_text();

// `reflow version`: Reflow's version and that of the TensorFlow it implements, in one line.
std::string version_text();

}  // namespace reflow::tools
