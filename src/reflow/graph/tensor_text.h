#pragma once

#include <string>

#include "reflow/graph/node.h"

namespace reflow::graph {

// 'Tensor("add:0", shape=(?, 3), dtype=float32)': str() of Python's Tensor, which messages about building graphs have.
std::string tensor_text(const Endpoint& tensor);

}  // namespace reflow::graph
