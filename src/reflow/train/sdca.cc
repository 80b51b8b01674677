#include "reflow/train/sdca.h"

#include "reflow/client/apply_op.h"

namespace reflow::train {
namespace {

TensorLike list_of(const TensorList& tensors) {
  return TensorLike(std::make_shared<const TensorLike::List>(tensors.begin(), tensors.end()));
}

int64_t count(const TensorList& tensors) { return static_cast<int64_t>(tensors.size()); }

}  // namespace

SdcaResult sdca_optimizer(const TensorList& sparse_example_indices, const TensorList& sparse_feature_indices,
                          const TensorList& sparse_feature_values, const TensorList& dense_features,
                          const TensorLike& example_weights, const TensorLike& example_labels,
                          const TensorList& sparse_indices, const TensorList& sparse_weights,
                          const TensorList& dense_weights, const TensorLike& example_state_data,
                          const SdcaOptimizerOptions& options) {
  graph::Node* node = client::make_op(
      "SdcaOptimizer", options.name,
      {list_of(sparse_example_indices), list_of(sparse_feature_indices), list_of(sparse_feature_values),
       list_of(dense_features), example_weights, example_labels, list_of(sparse_indices), list_of(sparse_weights),
       list_of(dense_weights), example_state_data},
      {{"loss_type", options.loss_type},
       {"adaptative", options.adaptative},
       {"num_sparse_features", count(sparse_example_indices)},
       {"num_sparse_features_with_values", count(sparse_feature_values)},
       {"num_dense_features", count(dense_features)},
       {"l1", static_cast<float>(options.l1)},
       {"l2", static_cast<float>(options.l2)},
       {"num_loss_partitions", options.num_loss_partitions},
       {"num_inner_iterations", options.num_inner_iterations}});
  const std::vector<Output> outputs = client::all_outputs(node);
  SdcaResult result{.out_example_state_data = outputs[0], .out_delta_sparse_weights = {}, .out_delta_dense_weights = {}};
  const size_t sparse = sparse_example_indices.size();
  for (size_t i = 1; i < outputs.size(); ++i) {
    (i <= sparse ? result.out_delta_sparse_weights : result.out_delta_dense_weights).push_back(outputs[i]);
  }
  return result;
}

Output sdca_fprint(const TensorLike& input, const NameOptions& options) {
  return client::apply_op("SdcaFprint", options.name, {input});
}

Operation sdca_shrink_l1(const TensorList& weights, double l1, double l2, const NameOptions& options) {
  return Operation(client::make_op("SdcaShrinkL1", options.name, {list_of(weights)},
                                   {{"num_features", count(weights)},
                                    {"l1", static_cast<float>(l1)},
                                    {"l2", static_cast<float>(l2)}}));
}

}  // namespace reflow::train
