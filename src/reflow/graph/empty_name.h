#pragma once

#include <string_view>

namespace reflow::graph {

// Stands for "" given as a name, where "" itself says that none is given. As the name of a scope it leads to the top of the
// graph, and no node can be called that.
inline constexpr std::string_view kEmptyName{"\0", 1};

}  // namespace reflow::graph
