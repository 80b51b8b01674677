// Ensembles that grow by a layer, and whose first tree starts with what is best for all examples.

#include <cmath>
#include <map>
#include <memory>
#include <mutex>

#include "leaf_weight.h"
#include "tree_ensemble.h"
#include "reflow/op/named_resource.h"
#include "reflow/op/shape_checks.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// TensorFlow's numbers of when to prune: not at all, before a split is made, when a tree is finished.
enum class Pruning : int64_t { kNone, kBefore, kAfter };

// Inputs: the ensemble, feature_ids, then node_ids, gains, thresholds and contributions to the left and to the right, of each
// feature, max_depth and learning_rate.
class UpdateEnsemble : public Kernel {
 public:
  explicit UpdateEnsemble(KernelInit& c)
      : num_features_(static_cast<int>(c.attr<int64_t>("num_features"))),
        pruning_(static_cast<Pruning>(c.attr<int64_t>("pruning_mode"))) {}

  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<TreeEnsembleResource> resource, resource_at<TreeEnsembleResource>(c, 0));
    const Tensor &max_depth = c.input(c.num_inputs() - 2), &learning_rate = c.input(c.num_inputs() - 1);
    if (max_depth.num_elements() != 1) return invalid_argument("max_depth must be a scalar, got a tensor of shape {}", max_depth.shape().str());
    if (learning_rate.num_elements() != 1) {
      return invalid_argument("learning_rate must be a scalar, got a tensor of shape {}", learning_rate.shape().str());
    }
    RETURN_IF_ERROR(check_input_shapes(c));
    const std::unique_lock lock(resource->mutex);
    std::map<int32_t, SplitCandidate> splits;
    RETURN_IF_ERROR(find_splits(c, learning_rate.item<float>(), &splits));
    TreeEnsemble& ensemble = resource->ensemble;
    ++resource->stamp;
    ensemble.count_attempt();
    if (ensemble.trees().empty()) ensemble.add_tree(0);
    if (splits.empty()) return OkStatus();
    return ensemble.add_layer(splits, max_depth.item<int32_t>(), pruning_ == Pruning::kBefore, pruning_ == Pruning::kAfter);
  }

 private:
  // The best split of each node; of those that are as good, the one by the first feature.
  Status find_splits(KernelContext& c, float rate, std::map<int32_t, SplitCandidate>* splits) const {
    const int n = num_features_;
    for (int i = 0; i < n; ++i) {
      const auto input = [&](int list) -> const Tensor& { return c.input(2 + list * n + i); };
      for (int64_t j = 0; j < input(0).num_elements(); ++j) {
        SplitCandidate split{c.input(1).data<int32_t>()[i], input(2).data<int32_t>()[j], input(1).data<float>()[j],
                             rate * input(3).data<float>()[j], rate * input(4).data<float>()[j]};
        if (split.feature < 0 || split.feature == INT32_MAX) return invalid_argument("There is no feature {}", split.feature);
        const auto [found, is_new] = splits->try_emplace(input(0).data<int32_t>()[j], split);
        if (is_new) continue;
        const float better = split.gain - found->second.gain;
        if (std::abs(better) < kSameGain ? split.feature < found->second.feature : better >= kSameGain) found->second = split;
      }
    }
    return OkStatus();
  }

  const int num_features_;
  const Pruning pruning_;
};

Status update_shape(ShapeContext& c) {
  const auto n = static_cast<int>(c.attr_or<int64_t>("num_features", 0));
  Shape ids, unused;
  RETURN_IF_ERROR(c.with_rank(c.input(1), 1, &ids));
  RETURN_IF_ERROR(c.merge(c.input(1), Shape{n}, &unused));
  for (int i = 0; i < n; ++i) {
    Shape nodes, contributions;
    RETURN_IF_ERROR(c.with_rank(c.input(2 + i), 1, &nodes));
    RETURN_IF_ERROR(c.merge(c.input(2 + n + i), nodes, &unused));
    RETURN_IF_ERROR(c.merge(c.input(2 + 2 * n + i), nodes, &unused));
    const Shape column{nodes.dim(0), 1};
    for (int list : {3, 4}) {
      RETURN_IF_ERROR(c.with_rank(c.input(2 + list * n + i), 2, &contributions));
      RETURN_IF_ERROR(c.merge(contributions, column, &unused));
    }
  }
  return OkStatus();
}

REFLOW_OP("BoostedTreesUpdateEnsemble")
    .input("tree_ensemble_handle: resource")
    .input("feature_ids: int32")
    .input("node_ids: num_features * int32")
    .input("gains: num_features * float")
    .input("thresholds: num_features * int32")
    .input("left_node_contribs: num_features * float")
    .input("right_node_contribs: num_features * float")
    .input("max_depth: int32")
    .input("learning_rate: float")
    .attr("pruning_mode: int >= 0")
    .attr("num_features: int >= 0")
    .stateful()
    .doc("Splits nodes of the last tree, each by the feature that gains most, where the sides add learning_rate times what is said. A "
         "tree of max_depth layers is finished, and the next begins. pruning_mode: 1, nothing is split that loses; 2, such splits are "
         "undone when a tree is finished.")
    .shape(update_shape)
    .kernel<UpdateEnsemble>(kCpu);

class CenterBias : public Kernel {
 public:
  explicit CenterBias(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<TreeEnsembleResource> resource, resource_at<TreeEnsembleResource>(c, 0));
    if (c.input(1).num_elements() != 1) return internal_error("Expected logits_dim == 1, got {}", c.input(1).num_elements());
    const float bias = leaf_weight(c.input(1).item<float>(), c.input(2).item<float>(), c.input(3).item<float>(), c.input(4).item<float>()).weight;
    const std::unique_lock lock(resource->mutex);
    ++resource->stamp;
    TreeEnsemble& ensemble = resource->ensemble;
    bool goes_on = true;
    if (ensemble.trees().empty()) {
      ensemble.add_tree(bias);
    } else if (!ensemble.trees()[0].nodes[0].is_leaf()) {
      return failed_precondition("The first tree has been split already");
    } else {
      goes_on = std::abs(bias / ensemble.trees()[0].nodes[0].value) > 0.01;
      ensemble.add_to_root(bias);
    }
    *c.output(0).data<bool>() = goes_on;
    return OkStatus();
  }
};

Status center_bias_shape(ShapeContext& c) {
  Shape gradients, hessians;
  RETURN_IF_ERROR(c.with_rank(c.input(1), 2, &gradients));
  RETURN_IF_ERROR(c.with_rank(c.input(2), 2, &hessians));
  RETURN_IF_ERROR(c.merge(gradients, hessians, &gradients));
  RETURN_IF_ERROR(all_with_rank(c, 3, 0));
  c.set_output(0, Shape{});
  return OkStatus();
}

REFLOW_OP("BoostedTreesCenterBias")
    .input("tree_ensemble_handle: resource")
    .input("mean_gradients: float")
    .input("mean_hessians: float")
    .input("l1: float")
    .input("l2: float")
    .output("continue_centering: bool")
    .stateful()
    .doc("Adds to the root of the first tree what is best for the mean gradient and hessian of all examples, [1, 1] each, and tells "
         "whether that was more than a hundredth of what it had.")
    .shape(center_bias_shape)
    .kernel<CenterBias>(kCpu);

}  // namespace
}  // namespace reflow::ops
