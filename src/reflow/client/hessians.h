#pragma once

#include <string>
#include <vector>

#include "reflow/client/gradients.h"

namespace reflow {

struct HessiansOptions {
  bool colocate_gradients_with_ops = false, gate_gradients = false;
  AggregationMethod aggregation_method = AggregationMethod::DEFAULT;
};
// The second derivatives of the sum of `ys` with respect to each of `xs`: of an x of shape S a tensor of shape S + S.
// ValueError: no y depends on an x.
std::vector<Output> hessians(const GradientTargets& ys, const GradientSources& xs, const HessiansOptions& options = {});

}  // namespace reflow
