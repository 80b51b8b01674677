#pragma once

#include <set>
#include <string>

namespace tensorflow {
class GraphOptions;
}

namespace reflow::runtime {

// The passes that TensorFlow's switches turn off; "all": none runs.
std::set<std::string> passes_disabled_by(const tensorflow::GraphOptions& options);

}  // namespace reflow::runtime
