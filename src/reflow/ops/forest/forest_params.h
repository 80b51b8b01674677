#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "reflow/base/status.h"

namespace reflow::ops::forest {

// A number that may depend on how deep a node lies.
struct DepthParam {
  enum class Kind { kUnset, kConstant, kLinear, kExponential, kThreshold };
  bool is_set() const { return kind != Kind::kUnset; }
  float at(int32_t depth) const;
  int32_t whole_at(int32_t depth) const;  // cut off
  Kind kind = Kind::kUnset;
  // The constant; slope, value at 0, least and greatest value; bias, base, multiplier and multiplier of the depth; values
  // from the threshold on and before, and the threshold.
  std::array<float, 4> numbers{};
};

// TensorFlow's numbers.
enum class LeafType { kDense = 0, kSparse = 1, kRegression = 2, kSparseOrDense = 3 };
enum class StatsType { kDenseGini = 0, kSparseGini = 1, kLeastSquares = 2, kSparseThenDenseGini = 3, kFixedSizeSparseGini = 4 };
enum class Pruning { kNone = 0, kHalf = 1, kQuarter = 2, kTenPercent = 3, kHoeffding = 4 };
enum class Finish { kBasic = 0, kHoeffding = 2, kBootstrap = 3 };

// How the trees of a forest grow: a TensorForestParams.
struct ForestParams {
  // InvalidArgument: the bytes are none, or of more outputs or features than there may be.
  static StatusOr<ForestParams> parse(const std::string& bytes);
  // Whether there are statistics of this kind. Unimplemented: TensorFlow has none either. InvalidArgument: numbers are missing.
  Status check_stats() const;

  LeafType leaf_type = LeafType::kDense;
  StatsType stats_type = StatsType::kDenseGini;
  int collection_type = 0;
  Pruning pruning = Pruning::kNone;
  Finish finish = Finish::kBasic;
  DepthParam prune_every_samples, check_every_steps, num_splits_to_consider, split_after_samples, dominate_fraction, min_split_samples;
  int32_t max_nodes = 0, num_features = 0, num_outputs = 0, num_classes_to_track = 0;
  int inequality_test_type = 0;  // 0: what is at most the threshold goes left; else what is below
  bool is_regression = false, collate_examples = false, checkpoint_stats = false, use_running_stats_method = false,
       initialize_average_splits = false, inference_tree_paths = false;
};

}  // namespace reflow::ops::forest
