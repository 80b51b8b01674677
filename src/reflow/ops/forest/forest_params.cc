#include "forest_params.h"

#include <algorithm>
#include <cmath>

namespace reflow::ops::forest {

float DepthParam::at(int32_t depth) const {
  const auto [a, b, c, d] = numbers;
  switch (kind) {
    case Kind::kUnset: return 0;
    case Kind::kConstant: return a;
    case Kind::kLinear: return std::min(std::max(depth * a + b, c), d);
    case Kind::kExponential: return a + c * static_cast<float>(std::pow(b, d * depth));
    case Kind::kThreshold: return depth >= c ? a : b;
  }
  return 0;
}

int32_t DepthParam::whole_at(int32_t depth) const {
  constexpr float kMost = 1 << 30;
  return static_cast<int32_t>(std::min(std::max(-kMost, at(depth)), kMost));
}

Status ForestParams::check_stats() const {
  if (collection_type != 0) return unimplemented("Unknown split collection operator: {}", collection_type);
  if (stats_type == StatsType::kSparseThenDenseGini) return unimplemented("Unknown grow stats type: {}", static_cast<int>(stats_type));
  const LeafType wanted = stats_type == StatsType::kLeastSquares ? LeafType::kRegression
                          : stats_type == StatsType::kDenseGini  ? LeafType::kDense
                                                                 : LeafType::kSparse;
  if (leaf_type != wanted && (leaf_type != LeafType::kSparseOrDense || is_regression)) {
    return invalid_argument("Statistics of type {} don't make leaves of type {}", static_cast<int>(stats_type), static_cast<int>(leaf_type));
  }
  if (num_outputs < 1) return invalid_argument("num_outputs must be positive, got {}", num_outputs);
  if (!split_after_samples.is_set() || !num_splits_to_consider.is_set()) {
    return invalid_argument("split_after_samples and num_splits_to_consider are required");
  }
  if (finish != Finish::kBasic) {
    if (!dominate_fraction.is_set() || !min_split_samples.is_set()) {
      return invalid_argument("dominate_fraction and min_split_samples required for early-finish strategy.");
    }
    if (!check_every_steps.is_set()) return invalid_argument("check_every_steps required for early-finish strategy.");
  }
  if (pruning != Pruning::kNone && !prune_every_samples.is_set()) return invalid_argument("prune_every_samples required for pruning.");
  if (stats_type == StatsType::kFixedSizeSparseGini && num_classes_to_track < 1) {
    return invalid_argument("num_classes_to_track must be positive, got {}", num_classes_to_track);
  }
  return OkStatus();
}

}  // namespace reflow::ops::forest
