// The ops that gather statistics of a forest's leaves, and split them.

#include <memory>
#include <mutex>

#include "decision_tree.h"
#include "fertile_stats.h"
#include "hash_ordered.h"
#include "reflow/op/named_resource.h"

namespace reflow::ops::forest {
namespace {

using namespace ::reflow::op;

std::shared_ptr<const ForestParams> params_of(KernelInit& c) {
  StatusOr<ForestParams> params = ForestParams::parse(c.attr<std::string>("params"));
  if (!params.ok()) c.fail(params.status());
  return std::make_shared<ForestParams>(params.ok() ? *std::move(params) : ForestParams());
}

StatusOr<FertileStats> parse_stats(KernelContext& c, const std::shared_ptr<const ForestParams>& params) {
  if (c.input(1).shape().rank() != 0) return invalid_argument("Stats config must be a scalar.");
  return FertileStats::parse(c.input(1).item<std::string>(), params);
}

class CreateStats : public Kernel {
 public:
  explicit CreateStats(KernelInit& c) : params_(params_of(c)) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(FertileStats stats, parse_stats(c, params_));
    return create_resource(c, std::make_shared<FertileStatsResource>(std::move(stats)));
  }

 private:
  const std::shared_ptr<const ForestParams> params_;
};

class DeserializeStats : public Kernel {
 public:
  explicit DeserializeStats(KernelInit& c) : params_(params_of(c)) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<FertileStatsResource> resource, resource_at<FertileStatsResource>(c, 0));
    ASSIGN_OR_RETURN(FertileStats stats, parse_stats(c, params_));
    const std::lock_guard lock(resource->mutex);
    resource->stats = std::move(stats);
    return OkStatus();
  }

 private:
  const std::shared_ptr<const ForestParams> params_;
};

class SerializeStats : public Kernel {
 public:
  explicit SerializeStats(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<FertileStatsResource> resource, resource_at<FertileStatsResource>(c, 0));
    const std::lock_guard lock(resource->mutex);
    *c.output(0).data<std::string>() = resource->stats.serialize();
    return OkStatus();
  }
};

// Inputs: tree, statistics, dense features, indices, values and shape of sparse ones, labels, weights, leaf_ids. One after the other,
// as TensorFlow does it with one thread: what is suggested depends on the order.
class ProcessInput : public Kernel {
 public:
  explicit ProcessInput(KernelInit& c) : params_(params_of(c)), seed_(static_cast<int32_t>(c.attr<int64_t>("random_seed"))) {
    StatusOr<InputSpec> spec = InputSpec::parse(c.attr<std::string>("input_spec"));
    if (!spec.ok()) c.fail(spec.status());
    if (spec.ok()) spec_ = *std::move(spec);
  }

  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const Examples examples, Examples::make(spec_, c.input(2), c.input(3), c.input(4), c.input(5)));
    ASSIGN_OR_RETURN(const std::shared_ptr<FertileStatsResource> resource, resource_at<FertileStatsResource>(c, 1));
    ASSIGN_OR_RETURN(const Targets targets, Targets::make(*params_, c.input(6), c.input(7)));
    const int64_t n = examples.size();
    if (targets.size() < n || c.input(8).num_elements() < n) {
      return invalid_argument("There are {} labels and {} leaf_ids for {} examples", targets.size(), c.input(8).num_elements(), n);
    }
    Batch batch{&examples, &targets, UniformNumbers(seed_)};  // the same numbers in each step, as with TensorFlow
    const int32_t* leaf_ids = c.input(8).data<int32_t>();
    Finished finished;
    const std::lock_guard lock(resource->mutex);
    if (!params_->collate_examples) {
      for (int64_t i = 0; i < n; ++i) RETURN_IF_ERROR(process(leaf_ids[i], {i}, &resource->stats, &batch, &finished));
    } else {
      HashOrdered<std::vector<int64_t>> examples_of_leaf;
      for (int64_t i = 0; i < n; ++i) examples_of_leaf[leaf_ids[i]].push_back(i);
      for (const auto& [leaf, ids] : examples_of_leaf) RETURN_IF_ERROR(process(leaf, ids, &resource->stats, &batch, &finished));
    }
    RETURN_IF_ERROR(c.allocate_output(0, Shape{static_cast<int64_t>(finished.size())}));
    int32_t* to = c.output(0).data<int32_t>();
    for (const auto& [leaf, unused] : finished) *to++ = leaf;
    return OkStatus();
  }

 private:
  struct Nothing {};
  using Finished = HashOrdered<Nothing>;  // leaves

  struct Batch {
    const Examples* examples;
    const Targets* targets;
    UniformNumbers random;
  };

  Status process(int32_t leaf, const std::vector<int64_t>& ids, FertileStats* stats, Batch* batch, Finished* finished) const {
    ASSIGN_OR_RETURN(GrowStats* const grown, stats->at(leaf));
    if (grown->is_initialized()) {
      for (const int64_t i : ids) grown->add_example(*batch->examples, *batch->targets, i);
    } else {
      for (const int64_t i : ids) {
        if (const auto sample = batch->examples->sample(i, &batch->random)) {
          grown->suggest(test_of(*sample), *batch->examples, *batch->targets, i);
        }
        if (grown->is_initialized()) break;  // the others are lost
      }
    }
    if (grown->is_finished()) (*finished)[leaf];
    return OkStatus();
  }

  SplitTest test_of(const Examples::Sample& sample) const {
    SplitTest test;
    test.feature = sample.feature;
    test.is_matching = sample.type == FeatureType::kCategorical;
    if (test.is_matching) {
      test.matches = {sample.value};
    } else {
      test.comparison = params_->inequality_test_type;
      test.threshold = sample.value;
    }
    return test;
  }

  const std::shared_ptr<const ForestParams> params_;
  const int32_t seed_;
  InputSpec spec_;
};

class GrowTree : public Kernel {
 public:
  explicit GrowTree(KernelInit& c) : params_(params_of(c)) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<FertileStatsResource> resource, resource_at<FertileStatsResource>(c, 1));
    ASSIGN_OR_RETURN(const std::shared_ptr<DecisionTreeResource> tree_resource, resource_at<DecisionTreeResource>(c, 0));
    const std::lock_guard lock(resource->mutex);
    const std::lock_guard tree_lock(tree_resource->mutex);
    FertileStats& stats = resource->stats;
    DecisionTree& tree = tree_resource->tree;
    const Tensor& finished = c.input(2);
    for (int64_t i = 0; i < finished.num_elements() && tree.size() < params_->max_nodes; ++i) {
      const int32_t node = finished.data<int32_t>()[i];
      ASSIGN_OR_RETURN(GrowStats* const grown, stats.at(node));
      if (node < 0 || node >= tree.size() || !tree.node(node).is_leaf()) return invalid_argument("Node {} is no leaf of the tree", node);
      const int32_t depth = grown->depth();
      const std::optional<SplitCandidate> best = grown->best_split();
      if (!best) {
        stats.remove(node);
        stats.reset(node, depth);
        continue;
      }
      tree.split(node, *params_, *best);
      stats.reset(tree.size() - 2, depth + 1);
      stats.reset(tree.size() - 1, depth + 1);
      stats.remove(node);
    }
    return OkStatus();
  }

 private:
  const std::shared_ptr<const ForestParams> params_;
};

class FinalizeTree : public Kernel {
 public:
  explicit FinalizeTree(KernelInit& c) : params_(params_of(c)) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<DecisionTreeResource> tree, resource_at<DecisionTreeResource>(c, 0));
    ASSIGN_OR_RETURN(const std::shared_ptr<FertileStatsResource> stats, resource_at<FertileStatsResource>(c, 1));
    return params_->is_regression ? OkStatus() : unimplemented("FinalizeTreeOp is disabled for now.");
  }

 private:
  const std::shared_ptr<const ForestParams> params_;
};

Status finished_shape(ShapeContext& c) {
  c.set_output(0, Shape{-1});
  return OkStatus();
}

Status no_outputs_shape(ShapeContext&) { return OkStatus(); }

REFLOW_OP("FertileStatsResourceHandleOp")
    .output("resource: resource")
    .attr("container: string = ''")
    .attr("shared_name: string = ''")
    .stateful()
    .doc("A handle to statistics of a tree's leaves, which CreateFertileStatsVariable makes.")
    .shape(scalar_shape)
    .kernel<NamedHandle<FertileStatsResource>>(kCpu)
    .sets_outputs();

REFLOW_OP("FertileStatsIsInitializedOp")
    .input("stats_handle: resource")
    .output("is_initialized: bool")
    .stateful()
    .doc("Tells whether the statistics have been made.")
    .shape(scalar_shape)
    .kernel<IsThere<FertileStatsResource>>(kCpu);

REFLOW_OP("CreateFertileStatsVariable")
    .input("stats_handle: resource")
    .input("stats_config: string")
    .attr("params: string")
    .stateful()
    .doc("Makes statistics from a serialized FertileStats, \"\" being those of a root. Does nothing where there are some already. params: a "
         "TensorForestParams.")
    .shape(no_outputs_shape)
    .kernel<CreateStats>(kCpu);

REFLOW_OP("FertileStatsSerialize")
    .input("stats_handle: resource")
    .output("stats_config: string")
    .attr("params: string")
    .stateful()
    .doc("The statistics as FertileStats: what has been counted only where the params ask for it.")
    .shape(scalar_shape)
    .kernel<SerializeStats>(kCpu)
    .not_differentiable();

REFLOW_OP("FertileStatsDeserialize")
    .input("stats_handle: resource")
    .input("stats_config: string")
    .attr("params: string")
    .stateful()
    .doc("Makes the statistics what a serialized FertileStats says.")
    .shape(no_outputs_shape)
    .kernel<DeserializeStats>(kCpu)
    .not_differentiable();

REFLOW_OP("ProcessInputV4")
    .input("tree_handle: resource")
    .input("stats_handle: resource")
    .input("input_data: float")
    .input("sparse_input_indices: int64")
    .input("sparse_input_values: float")
    .input("sparse_input_shape: int64")
    .input("input_labels: float")
    .input("input_weights: float")
    .input("leaf_ids: int32")
    .output("finished_nodes: int32")
    .attr("random_seed: int")
    .attr("input_spec: string")
    .attr("params: string")
    .stateful()
    .doc("Gathers what a batch of examples tells of the leaves they are in. finished_nodes: the leaves of which enough is known. "
         "random_seed: 0 means another one in each step.")
    .shape(finished_shape)
    .kernel<ProcessInput>(kCpu)
    .not_differentiable();

REFLOW_OP("GrowTreeV4")
    .input("tree_handle: resource")
    .input("stats_handle: resource")
    .input("finished_nodes: int32")
    .attr("params: string")
    .stateful()
    .doc("Splits leaves, [n], as their statistics say, as long as the tree has fewer nodes than it may.")
    .shape(no_outputs_shape)
    .kernel<GrowTree>(kCpu)
    .not_differentiable();

REFLOW_OP("FinalizeTree")
    .input("tree_handle: resource")
    .input("stats_handle: resource")
    .attr("params: string")
    .stateful()
    .doc("Unimplemented, as with TensorFlow, but for regression, where it does nothing.")
    .shape(no_outputs_shape)
    .kernel<FinalizeTree>(kCpu)
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops::forest
