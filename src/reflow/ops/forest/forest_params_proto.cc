#include "forest_params.h"
#include "tensorflow/contrib/tensor_forest/proto/tensor_forest_params.pb.h"

namespace reflow::ops::forest {
namespace {

namespace proto = ::tensorflow::tensorforest;

DepthParam read(const proto::DepthDependentParam& from) {
  using Kind = DepthParam::Kind;
  switch (from.ParamType_case()) {
    case proto::DepthDependentParam::kConstantValue: return {Kind::kConstant, {from.constant_value()}};
    case proto::DepthDependentParam::kLinear: {
      const proto::LinearParam& p = from.linear();
      return {Kind::kLinear, {p.slope(), p.y_intercept(), p.min_val(), p.max_val()}};
    }
    case proto::DepthDependentParam::kExponential: {
      const proto::ExponentialParam& p = from.exponential();
      return {Kind::kExponential, {p.bias(), p.base(), p.multiplier(), p.depth_multiplier()}};
    }
    case proto::DepthDependentParam::kThreshold: {
      const proto::ThresholdParam& p = from.threshold();
      return {Kind::kThreshold, {p.on_value(), p.off_value(), p.threshold()}};
    }
    default: return {};
  }
}

}  // namespace

StatusOr<ForestParams> ForestParams::parse(const std::string& bytes) {
  proto::TensorForestParams from;
  if (!from.ParseFromString(bytes)) return invalid_argument("Unable to parse the params of a forest.");
  const int leaf_type = from.leaf_type(), stats_type = from.stats_type();
  if (!proto::LeafModelType_IsValid(leaf_type)) return invalid_argument("Unknown model operator: {}", leaf_type);
  if (!proto::StatsModelType_IsValid(stats_type)) return invalid_argument("Unknown grow stats type: {}", stats_type);
  if (!proto::SplitPruningStrategyType_IsValid(from.pruning_type().type())) return invalid_argument("Unknown pruning type");
  if (!proto::SplitFinishStrategyType_IsValid(from.finish_type().type())) return invalid_argument("Unknown finish type");
  constexpr int32_t kMost = 1 << 24;
  if (from.num_outputs() < 0 || from.num_outputs() > kMost || from.num_features() < 0 || from.num_features() > kMost) {
    return invalid_argument("A forest can't have {} outputs and {} features", from.num_outputs(), from.num_features());
  }
  ForestParams to;
  to.leaf_type = static_cast<LeafType>(leaf_type);
  to.stats_type = static_cast<StatsType>(stats_type);
  to.collection_type = from.collection_type();
  to.pruning = static_cast<Pruning>(from.pruning_type().type());
  to.finish = static_cast<Finish>(from.finish_type().type());
  to.prune_every_samples = read(from.pruning_type().prune_every_samples());
  to.check_every_steps = read(from.finish_type().check_every_steps());
  to.num_splits_to_consider = read(from.num_splits_to_consider());
  to.split_after_samples = read(from.split_after_samples());
  to.dominate_fraction = read(from.dominate_fraction());
  to.min_split_samples = read(from.min_split_samples());
  to.max_nodes = from.max_nodes();
  to.num_features = from.num_features();
  to.num_outputs = from.num_outputs();
  to.num_classes_to_track = from.num_classes_to_track();
  to.inequality_test_type = from.inequality_test_type();
  to.is_regression = from.is_regression();
  to.collate_examples = from.collate_examples();
  to.checkpoint_stats = from.checkpoint_stats();
  to.use_running_stats_method = from.use_running_stats_method();
  to.initialize_average_splits = from.initialize_average_splits();
  to.inference_tree_paths = from.inference_tree_paths();
  return to;
}

}  // namespace reflow::ops::forest
