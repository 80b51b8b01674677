// What trees say of examples: all of them, those that are new since the last time, and how they come to it.

#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "tree_ensemble.h"
#include "reflow/op/named_resource.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// Buckets of examples, [batch] for each feature; inputs from `first` on.
class Features {
 public:
  Features(KernelContext& c, int first) {
    for (int i = first; i < c.num_inputs(); ++i) columns_.push_back(c.input(i).data<int32_t>());
    batch_size_ = c.input(first).num_elements();
  }
  int64_t batch_size() const { return batch_size_; }
  // Where the example goes from a split.
  int32_t next(const TreeNode& node, int64_t example) const {
    return columns_[node.feature][example] <= node.threshold ? node.left : node.right;
  }
  // InvalidArgument: the trees ask for features that aren't there.
  Status check(const TreeEnsemble& ensemble) const {
    if (ensemble.num_features() <= static_cast<int32_t>(columns_.size())) return OkStatus();
    return invalid_argument("The trees split by {} features, but there are {}", ensemble.num_features(), columns_.size());
  }

 private:
  std::vector<const int32_t*> columns_;
  int64_t batch_size_ = 0;
};

class PredictKernel : public Kernel {
 public:
  explicit PredictKernel(KernelInit& c) {
    if (c.attr<int64_t>("logits_dimension") != 1) {
      c.fail(invalid_argument("Currently only one dimensional outputs are supported."));
    }
  }
};

class Predict : public PredictKernel {
 public:
  using PredictKernel::PredictKernel;
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<TreeEnsembleResource> resource, resource_at<TreeEnsembleResource>(c, 0));
    const std::shared_lock lock(resource->mutex);
    const std::vector<Tree>& trees = resource->ensemble.trees();
    const Features features(c, 1);
    RETURN_IF_ERROR(features.check(resource->ensemble));
    float* logits = c.output(0).data<float>();
    c.pool().parallel_for(features.batch_size(), 10.0 * static_cast<double>(trees.size()), [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        float logit = 0;
        for (const Tree& tree : trees) {
          int32_t node = 0;
          while (!tree.nodes[node].is_leaf()) node = features.next(tree.nodes[node], i);
          logit += tree.weight * tree.nodes[node].value;
        }
        logits[i] = logit;
      }
    });
    return OkStatus();
  }
};

// Examples say the tree and the node that they had come to; node -1: none.
class TrainingPredict : public PredictKernel {
 public:
  using PredictKernel::PredictKernel;
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<TreeEnsembleResource> resource, resource_at<TreeEnsembleResource>(c, 0));
    const std::shared_lock lock(resource->mutex);
    const std::vector<Tree>& trees = resource->ensemble.trees();
    const Features features(c, 3);
    RETURN_IF_ERROR(features.check(resource->ensemble));
    const int32_t *cached_trees = c.input(1).data<int32_t>(), *cached_nodes = c.input(2).data<int32_t>();
    float* logits = c.output(0).data<float>();
    int32_t *tree_ids = c.output(1).data<int32_t>(), *node_ids = c.output(2).data<int32_t>();
    if (!trees.empty()) RETURN_IF_ERROR(check_cache(trees, c.input(1), c.input(2)));
    c.pool().parallel_for(features.batch_size(), 30, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        logits[i] = 0;
        tree_ids[i] = trees.empty() ? cached_trees[i] : static_cast<int32_t>(trees.size()) - 1;
        node_ids[i] = trees.empty() ? 0 : walk_on(trees, features, i, cached_trees[i], cached_nodes[i], &logits[i]);
      }
    });
    return OkStatus();
  }

 private:
  static Status check_cache(const std::vector<Tree>& trees, const Tensor& tree_ids, const Tensor& node_ids) {
    const auto num_trees = static_cast<int32_t>(trees.size());
    for (int64_t i = 0; i < tree_ids.num_elements(); ++i) {
      const int32_t tree = tree_ids.data<int32_t>()[i], node = node_ids.data<int32_t>()[i];
      const bool is_tree = tree >= 0 && tree < num_trees;
      if (!is_tree || node >= num_known_nodes(trees[tree])) return invalid_argument("There is no node {} of tree {}", node, tree);
    }
    return OkStatus();
  }

  // Is the tree one that nodes have been removed from? Examples may still be in these.
  static bool is_pruned(const Tree& tree) { return tree.is_finalized && !tree.pruned.empty(); }
  static int64_t num_known_nodes(const Tree& tree) {
    return static_cast<int64_t>(is_pruned(tree) ? tree.pruned.size() : tree.nodes.size());
  }

  // The leaf of the last tree; *logit gets what has changed since the example was in the cached node.
  static int32_t walk_on(const std::vector<Tree>& trees, const Features& features, int64_t example, int32_t tree_id, int32_t node,
                         float* logit) {
    float change = 0;
    if (node >= 0) {
      const Tree& tree = trees[tree_id];
      if (is_pruned(tree)) {
        change = tree.pruned[node].change;
        node = tree.pruned[node].node;
      }
      change -= tree.nodes[node].value;
    } else {
      node = 0;
    }
    for (;; ++tree_id, node = 0, change = 0) {
      const Tree& tree = trees[tree_id];
      while (!tree.nodes[node].is_leaf()) node = features.next(tree.nodes[node], example);
      *logit += tree.weight * (change + tree.nodes[node].value);
      if (tree_id + 1 == static_cast<int32_t>(trees.size())) return node;
    }
  }
};

class ExampleDebugOutputs : public PredictKernel {
 public:
  using PredictKernel::PredictKernel;
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<TreeEnsembleResource> resource, resource_at<TreeEnsembleResource>(c, 0));
    const std::shared_lock lock(resource->mutex);
    if (resource->ensemble.trees().empty()) return failed_precondition("The ensemble has no trees");
    const Features features(c, 1);
    RETURN_IF_ERROR(features.check(resource->ensemble));
    std::string* paths = c.output(0).data<std::string>();
    for (int64_t i = 0; i < features.batch_size(); ++i) paths[i] = path(resource->ensemble.trees(), features, i);
    return OkStatus();
  }

 private:
  static std::string path(const std::vector<Tree>& trees, const Features& features, int64_t example) {
    std::vector<int32_t> split_by;
    float logit = trees[0].weight * trees[0].nodes[0].value, earlier = 0;
    std::vector<float> logits = {logit};
    for (const Tree& tree : trees) {
      int32_t node = 0;
      while (!tree.nodes[node].is_leaf()) {
        split_by.push_back(tree.nodes[node].feature);
        node = features.next(tree.nodes[node], example);
        logit = tree.weight * tree.nodes[node].value;
        logits.push_back(logit + earlier);
      }
      if (&tree == trees.data() || node > 0) earlier += logit;  // a tree that is a root alone adds nothing
    }
    return serialize_path(split_by, logits);
  }
};

// Features are vectors of one size, *batch.
Status features_shape(ShapeContext& c, int first, Shape* batch) {
  for (int i = first; i < c.num_inputs(); ++i) {
    Shape feature;
    RETURN_IF_ERROR(c.with_rank(c.input(i), 1, &feature));
    if (i == first) {
      *batch = feature;
    } else {
      RETURN_IF_ERROR(c.merge(*batch, feature, batch));
    }
  }
  return OkStatus();
}

Status logits_shape(ShapeContext& c, const Shape& batch) {
  c.set_output(0, Shape{batch.dim(0), c.attr_or<int64_t>("logits_dimension", 1)});
  return OkStatus();
}

Status predict_shape(ShapeContext& c) {
  Shape batch;
  RETURN_IF_ERROR(features_shape(c, 1, &batch));
  return logits_shape(c, batch);
}

Status training_predict_shape(ShapeContext& c) {
  Shape batch;
  RETURN_IF_ERROR(features_shape(c, 3, &batch));
  RETURN_IF_ERROR(c.merge(c.input(1), batch, &batch));
  RETURN_IF_ERROR(c.merge(c.input(2), batch, &batch));
  c.set_output(1, batch);
  c.set_output(2, batch);
  return logits_shape(c, batch);
}

Status debug_outputs_shape(ShapeContext& c) {
  Shape batch;
  RETURN_IF_ERROR(features_shape(c, 1, &batch));
  c.set_output(0, batch);
  return OkStatus();
}

REFLOW_OP("BoostedTreesPredict")
    .input("tree_ensemble_handle: resource")
    .input("bucketized_features: num_bucketized_features * int32")
    .output("logits: float")
    .attr("num_bucketized_features: int >= 1")
    .attr("logits_dimension: int")
    .stateful()
    .doc("What all trees give, [batch, 1], for examples with these buckets: [batch] for each feature.")
    .shape(predict_shape)
    .kernel<Predict>(kCpu);

REFLOW_OP("BoostedTreesTrainingPredict")
    .input("tree_ensemble_handle: resource")
    .input("cached_tree_ids: int32")
    .input("cached_node_ids: int32")
    .input("bucketized_features: num_bucketized_features * int32")
    .output("partial_logits: float")
    .output("tree_ids: int32")
    .output("node_ids: int32")
    .attr("num_bucketized_features: int >= 1")
    .attr("logits_dimension: int")
    .stateful()
    .doc("What is to be added, [batch, 1], to what trees gave for examples when they had come to the cached nodes of trees (-1: "
         "they had not been seen), and the nodes that they are in now.")
    .shape(training_predict_shape)
    .kernel<TrainingPredict>(kCpu);

REFLOW_OP("BoostedTreesExampleDebugOutputs")
    .input("tree_ensemble_handle: resource")
    .input("bucketized_features: num_bucketized_features * int32")
    .output("examples_debug_outputs_serialized: string")
    .attr("num_bucketized_features: int >= 1")
    .attr("logits_dimension: int")
    .stateful()
    .doc("How the logits of examples come about, [batch]: DebugOutputs with the features they were split by and the logits between.")
    .shape(debug_outputs_shape)
    .kernel<ExampleDebugOutputs>(kCpu);

}  // namespace
}  // namespace reflow::ops
