// Sums of gradients and hessians for each node and bucket, and what splits at buckets would gain.

#include <limits>
#include <vector>

#include "leaf_weight.h"
#include "reflow/op/named_resource.h"
#include "reflow/op/shape_checks.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

class MakeStatsSummary : public Kernel {
 public:
  explicit MakeStatsSummary(KernelInit& c) : max_splits_(c.attr<int64_t>("max_splits")), num_buckets_(c.attr<int64_t>("num_buckets")) {}
  Status compute(KernelContext& c) override {
    const std::span<const int32_t> nodes = c.input(0).flat<int32_t>();
    const float *gradients = c.input(1).data<float>(), *hessians = c.input(2).data<float>();
    const int64_t logits = c.input(1).dim(1);
    if (!nodes.empty() && logits == 0) return invalid_argument("gradients and hessians must not be empty");
    std::vector<double> sums(c.output(0).num_elements());
    const auto num_sums = static_cast<int64_t>(sums.size()) / 2;
    for (int feature = 0; feature + 3 < c.num_inputs(); ++feature) {
      const int32_t* buckets = c.input(3 + feature).data<int32_t>();
      for (size_t i = 0; i < nodes.size(); ++i) {
        const int64_t node = nodes[i], bucket = buckets[i];
        if (node < 0 || node >= max_splits_ || bucket < 0) {
          return invalid_argument("node {} or bucket {} is negative, or the node not below {}", node, bucket, max_splits_);
        }
        // Streams of quantiles may give a boundary more than there are buckets, and the largest value lies above the last. As with
        // TensorFlow it counts for the next node then; behind the last one it is left out, where TensorFlow writes on.
        const int64_t at = (feature * max_splits_ + node) * num_buckets_ + bucket;
        if (at >= num_sums) continue;
        sums[2 * at] += gradients[i * logits];
        sums[2 * at + 1] += hessians[i * logits];
      }
    }
    for (size_t i = 0; i < sums.size(); ++i) c.output(0).data<float>()[i] = static_cast<float>(sums[i]);
    return OkStatus();
  }

 private:
  const int64_t max_splits_, num_buckets_;
};

Status stats_shape(ShapeContext& c) {
  Shape nodes, gradients, hessians;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 1, &nodes));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 2, &gradients));
  RETURN_IF_ERROR(c.with_rank(c.input(2), 2, &hessians));
  int64_t batch;
  RETURN_IF_ERROR(c.merge_dim(nodes.dim(0), gradients.dim(0), &batch));
  RETURN_IF_ERROR(c.merge(gradients, hessians, &gradients));
  for (int i = 3; i < c.num_inputs(); ++i) {
    Shape feature;
    RETURN_IF_ERROR(c.with_rank(c.input(i), 1, &feature));
    RETURN_IF_ERROR(c.merge_dim(gradients.dim(0), feature.dim(0), &batch));
  }
  c.set_output(0, Shape{c.num_inputs() - 3, c.attr_or<int64_t>("max_splits", 1), c.attr_or<int64_t>("num_buckets", 1), 2});
  return OkStatus();
}

REFLOW_OP("BoostedTreesMakeStatsSummary")
    .input("node_ids: int32")
    .input("gradients: float")
    .input("hessians: float")
    .input("bucketized_features_list: num_features * int32")
    .output("stats_summary: float")
    .attr("max_splits: int >= 1")
    .attr("num_buckets: int >= 1")
    .attr("num_features: int >= 1")
    .doc("Sums of gradients and hessians, [features, max_splits, num_buckets, 2], of the examples, of which each is in a node and has "
         "a bucket of each feature.")
    .shape(stats_shape)
    .kernel<MakeStatsSummary>(kCpu);

struct BestSplits {
  std::vector<int32_t> nodes, thresholds;
  std::vector<float> gains, left, right;
};

class BestGains : public Kernel {
 public:
  explicit BestGains(KernelInit& c) : num_features_(static_cast<int>(c.attr<int64_t>("num_features"))) {}
  Status compute(KernelContext& c) override {
    RETURN_IF_ERROR(check_input_shapes(c));
    const int32_t first = c.input(0).data<int32_t>()[0], end = c.input(0).data<int32_t>()[1];
    const int n = num_features_;
    const Options options{c.input(n + 1).item<float>(), c.input(n + 2).item<float>(), c.input(n + 3).item<float>(),
                          c.input(n + 4).item<float>()};
    for (int i = 0; i < n; ++i) {
      const Tensor& stats = c.input(1 + i);
      if (first < 0 || end > stats.dim(0)) return invalid_argument("nodes {} to {} are not within the summary's {}", first, end, stats.dim(0));
      const BestSplits best = best_splits(stats, first, end, options);
      const auto found = static_cast<int64_t>(best.nodes.size());
      c.set_output(i, Tensor::from(std::span(best.nodes), {found}));
      c.set_output(n + i, Tensor::from(std::span(best.gains), {found}));
      c.set_output(2 * n + i, Tensor::from(std::span(best.thresholds), {found}));
      c.set_output(3 * n + i, Tensor::from(std::span(best.left), {found, 1}));
      c.set_output(4 * n + i, Tensor::from(std::span(best.right), {found, 1}));
    }
    return OkStatus();
  }

 private:
  struct Options {
    float l1, l2, tree_complexity, min_node_weight;
  };
  static BestSplits best_splits(const Tensor& stats, int32_t first, int32_t end, const Options& options);

  const int num_features_;
};

// `stats` is [nodes, buckets, 2].
BestSplits BestGains::best_splits(const Tensor& stats, int32_t first, int32_t end, const Options& o) {
  BestSplits result;
  const int64_t num_buckets = stats.dim(1);
  for (int32_t node = first; node < end; ++node) {
    const float* sums = stats.data<float>() + node * num_buckets * 2;
    float gradient = 0, hessian = 0;
    for (int64_t i = 0; i < num_buckets; ++i) {
      gradient += sums[2 * i];
      hessian += sums[2 * i + 1];
    }
    if (hessian < o.min_node_weight) continue;
    const float gain_before = leaf_weight(gradient, hessian, o.l1, o.l2).gain;
    float best = std::numeric_limits<float>::lowest(), left_gradient = 0, left_hessian = 0;
    int32_t threshold = 0;
    LeafWeight best_left, best_right;
    for (int64_t i = 0; i < num_buckets; ++i) {
      left_gradient += sums[2 * i];
      left_hessian += sums[2 * i + 1];
      const LeafWeight left = leaf_weight(left_gradient, left_hessian, o.l1, o.l2);
      const LeafWeight right = leaf_weight(gradient - left_gradient, hessian - left_hessian, o.l1, o.l2);
      const float gain = left.gain + right.gain;
      if (gain - best >= kSameGain) {
        best = gain;
        threshold = static_cast<int32_t>(i);
        best_left = left;
        best_right = right;
      }
    }
    result.nodes.push_back(node);
    result.gains.push_back(best - gain_before - o.tree_complexity);
    result.thresholds.push_back(threshold);
    result.left.push_back(best_left.weight);
    result.right.push_back(best_right.weight);
  }
  return result;
}

Status gains_shape(ShapeContext& c) {
  const auto n = static_cast<int>(c.attr_or<int64_t>("num_features", 1));
  Shape range, unused, stats;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 1, &range));
  RETURN_IF_ERROR(c.merge(c.input(0), Shape{2}, &unused));
  Shape all{c.attr_or<int64_t>("max_splits", 1), Shape::kUnknown, 2};
  for (int i = 1; i <= n; ++i) {
    RETURN_IF_ERROR(c.with_rank(c.input(i), 3, &stats));
    if (i == 1) {
      RETURN_IF_ERROR(c.merge(stats, all, &unused));
      all = stats;
    } else {
      RETURN_IF_ERROR(c.merge(all, stats, &all));
    }
  }
  RETURN_IF_ERROR(all_with_rank(c, n + 1, 0));
  for (int i = 0; i < 5 * n; ++i) c.set_output(i, i < 3 * n ? Shape{Shape::kUnknown} : Shape{Shape::kUnknown, 1});
  return OkStatus();
}

REFLOW_OP("BoostedTreesCalculateBestGainsPerFeature")
    .input("node_id_range: int32")
    .input("stats_summary_list: num_features * float")
    .input("l1: float")
    .input("l2: float")
    .input("tree_complexity: float")
    .input("min_node_weight: float")
    .output("node_ids_list: num_features * int32")
    .output("gains_list: num_features * float")
    .output("thresholds_list: num_features * int32")
    .output("left_node_contribs_list: num_features * float")
    .output("right_node_contribs_list: num_features * float")
    .attr("max_splits: int >= 1")
    .attr("num_features: int >= 1")
    .doc("The best split by each feature of the nodes from the first up to the second number of node_id_range, by sums of gradients "
         "and hessians, [max_splits, buckets, 2]: what it gains less tree_complexity, the last bucket on the left, and what both sides "
         "add. Nodes whose hessians sum up to less than min_node_weight aren't split.")
    .shape(gains_shape)
    .kernel<BestGains>(kCpu)
    .sets_outputs();

}  // namespace
}  // namespace reflow::ops
