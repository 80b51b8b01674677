#pragma once

#include <string>
#include <vector>

#include "reflow/autodiff/gradients.h"

namespace reflow::autodiff {

// The sum of `terms`, two or more gradients of one output of `node`. All dense: as `method` says. Some slices: dense.
// All slices: slices, their rows one behind the other (duplicates stay).
StatusOr<op::Gradient> aggregate(graph::Node* node, const std::vector<op::Gradient>& terms, AggregationMethod method);

}  // namespace reflow::autodiff
