// The ops of a forest's trees: that make one, ask it, and count labels in its leaves.

#include <memory>
#include <mutex>

#include "decision_tree.h"
#include "examples.h"
#include "forest_params.h"
#include "reflow/op/named_resource.h"
#include "reflow/op/shape_checks.h"

namespace reflow::ops::forest {
namespace {

using namespace ::reflow::op;

// Attributes that are parsed once, for kernels that have them.
ForestParams params_of(KernelInit& c) {
  StatusOr<ForestParams> params = ForestParams::parse(c.attr<std::string>("params"));
  if (!params.ok()) c.fail(params.status());
  return params.ok() ? *std::move(params) : ForestParams();
}

InputSpec spec_of(KernelInit& c) {
  StatusOr<InputSpec> spec = InputSpec::parse(c.attr<std::string>("input_spec"));
  if (!spec.ok()) c.fail(spec.status());
  return spec.ok() ? *std::move(spec) : InputSpec();
}

StatusOr<DecisionTree> parse_tree(KernelContext& c, const ForestParams& params) {
  if (c.input(1).shape().rank() != 0) return invalid_argument("Tree config must be a scalar.");
  return DecisionTree::parse(c.input(1).item<std::string>(), params);
}

class CreateTree : public Kernel {
 public:
  explicit CreateTree(KernelInit& c) : params_(params_of(c)) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(DecisionTree tree, parse_tree(c, params_));
    return create_resource(c, std::make_shared<DecisionTreeResource>(std::move(tree)));
  }

 private:
  const ForestParams params_;
};

class DeserializeTree : public Kernel {
 public:
  explicit DeserializeTree(KernelInit& c) : params_(params_of(c)) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<DecisionTreeResource> resource, resource_at<DecisionTreeResource>(c, 0));
    ASSIGN_OR_RETURN(DecisionTree tree, parse_tree(c, params_));
    const std::lock_guard lock(resource->mutex);
    resource->tree = std::move(tree);
    return OkStatus();
  }

 private:
  const ForestParams params_;
};

class SerializeTree : public Kernel {
 public:
  explicit SerializeTree(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<DecisionTreeResource> resource, resource_at<DecisionTreeResource>(c, 0));
    const std::lock_guard lock(resource->mutex);
    *c.output(0).data<std::string>() = resource->tree.serialize();
    return OkStatus();
  }
};

class TreeSize : public Kernel {
 public:
  explicit TreeSize(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<DecisionTreeResource> resource, resource_at<DecisionTreeResource>(c, 0));
    const std::lock_guard lock(resource->mutex);
    *c.output(0).data<int32_t>() = resource->tree.size();
    return OkStatus();
  }
};

class TreePredictions : public Kernel {
 public:
  explicit TreePredictions(KernelInit& c) : params_(params_of(c)), spec_(spec_of(c)) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<DecisionTreeResource> resource, resource_at<DecisionTreeResource>(c, 0));
    ASSIGN_OR_RETURN(const Examples examples, Examples::make(spec_, c.input(1), c.input(2), c.input(3), c.input(4)));
    const int64_t n = examples.size(), num_outputs = params_.num_outputs;
    RETURN_IF_ERROR(c.allocate_output(0, Shape{n, num_outputs}));
    RETURN_IF_ERROR(c.allocate_output(1, Shape{params_.inference_tree_paths ? n : 0}));
    const std::lock_guard lock(resource->mutex);
    const DecisionTree& tree = resource->tree;
    std::vector<int32_t> path;
    for (int64_t i = 0; i < n; ++i) {
      const int32_t leaf = tree.leaf_of(examples, i, params_.inference_tree_paths ? &path : nullptr);
      write_output(tree.node(leaf).leaf, c.output(0).data<float>() + i * num_outputs);
      if (params_.inference_tree_paths) c.output(1).data<std::string>()[i] = tree.serialize_path(path);
    }
    return OkStatus();
  }

 private:
  void write_output(const Leaf& leaf, float* to) const {
    float sum = 0;
    for (int32_t j = 0; j < params_.num_outputs; ++j) {
      to[j] = leaf.output(j);
      sum += to[j];
    }
    if (params_.is_regression || !(sum > 0) || sum == 1) return;
    for (int32_t j = 0; j < params_.num_outputs; ++j) to[j] /= sum;
  }

  const ForestParams params_;
  const InputSpec spec_;
};

class TraverseTree : public Kernel {
 public:
  explicit TraverseTree(KernelInit& c) : spec_(spec_of(c)) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<DecisionTreeResource> resource, resource_at<DecisionTreeResource>(c, 0));
    ASSIGN_OR_RETURN(const Examples examples, Examples::make(spec_, c.input(1), c.input(2), c.input(3), c.input(4)));
    RETURN_IF_ERROR(c.allocate_output(0, Shape{examples.size()}));
    const std::lock_guard lock(resource->mutex);
    for (int64_t i = 0; i < examples.size(); ++i) c.output(0).data<int32_t>()[i] = resource->tree.leaf_of(examples, i, nullptr);
    return OkStatus();
  }

 private:
  const InputSpec spec_;
};

class UpdateModel : public Kernel {
 public:
  explicit UpdateModel(KernelInit& c) : params_(params_of(c)) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<DecisionTreeResource> resource, resource_at<DecisionTreeResource>(c, 0));
    ASSIGN_OR_RETURN(const Targets targets, Targets::make(params_, c.input(2), c.input(3)));
    if (c.input(1).num_elements() < targets.size()) {
      return invalid_argument("There are {} leaf_ids for {} labels", c.input(1).num_elements(), targets.size());
    }
    const std::lock_guard lock(resource->mutex);
    DecisionTree& tree = resource->tree;
    for (int64_t i = 0; i < targets.size(); ++i) {
      const int32_t leaf = c.input(1).data<int32_t>()[i];
      if (leaf < 0 || leaf >= tree.size() || !tree.node(leaf).is_leaf()) return invalid_argument("Node {} is no leaf of the tree", leaf);
      tree.node(leaf).leaf.add(params_, params_.is_regression ? 0 : targets.label(i), targets.weight(i));
    }
    return OkStatus();
  }

 private:
  const ForestParams params_;
};

class FeatureUsageCounts : public Kernel {
 public:
  explicit FeatureUsageCounts(KernelInit& c) : params_(params_of(c)) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<DecisionTreeResource> resource, resource_at<DecisionTreeResource>(c, 0));
    RETURN_IF_ERROR(c.allocate_output(0, Shape{params_.num_features}));
    int32_t* counts = c.output(0).data<int32_t>();
    std::fill_n(counts, params_.num_features, 0);
    const std::lock_guard lock(resource->mutex);
    for (int32_t i = 0; i < resource->tree.size(); ++i) {
      const Node& node = resource->tree.node(i);
      if (node.is_leaf()) continue;
      if (node.test.feature >= params_.num_features) {
        return invalid_argument("The tree splits by feature {}, of {}", node.test.feature, params_.num_features);
      }
      ++counts[node.test.feature];
    }
    return OkStatus();
  }

 private:
  const ForestParams params_;
};

// The batch size, where dense features tell it.
int64_t batch_size(ShapeContext& c) {
  const Shape& dense = c.input(1);
  return dense.rank() > 0 && dense.dim(0) > 0 ? dense.dim(0) : -1;
}

Status predictions_shape(ShapeContext& c) {
  c.set_output(0, Shape{batch_size(c), -1});
  c.set_output(1, Shape{-1});
  return OkStatus();
}

Status leaf_ids_shape(ShapeContext& c) {
  c.set_output(0, Shape{batch_size(c)});
  return OkStatus();
}

Status unknown_vector_shape(ShapeContext& c) {
  c.set_output(0, Shape{-1});
  return OkStatus();
}

Status no_outputs_shape(ShapeContext&) { return OkStatus(); }

REFLOW_OP("DecisionTreeResourceHandleOp")
    .output("resource: resource")
    .attr("container: string = ''")
    .attr("shared_name: string = ''")
    .stateful()
    .doc("A handle to a tree of a forest, which CreateTreeVariable makes.")
    .shape(scalar_shape)
    .kernel<NamedHandle<DecisionTreeResource>>(kCpu)
    .sets_outputs();

REFLOW_OP("TreeIsInitializedOp")
    .input("tree_handle: resource")
    .output("is_initialized: bool")
    .stateful()
    .doc("Tells whether the tree has been made.")
    .shape(scalar_shape)
    .kernel<IsThere<DecisionTreeResource>>(kCpu);

REFLOW_OP("CreateTreeVariable")
    .input("tree_handle: resource")
    .input("tree_config: string")
    .attr("params: string")
    .stateful()
    .doc("Makes a tree from a serialized Model, \"\" being one of a leaf alone. Does nothing where there is one already. params: a "
         "TensorForestParams.")
    .shape(no_outputs_shape)
    .kernel<CreateTree>(kCpu);

REFLOW_OP("TreeSerialize")
    .input("tree_handle: resource")
    .output("tree_config: string")
    .stateful()
    .doc("The tree as a Model.")
    .shape(scalar_shape)
    .kernel<SerializeTree>(kCpu)
    .not_differentiable();

REFLOW_OP("TreeDeserialize")
    .input("tree_handle: resource")
    .input("tree_config: string")
    .attr("params: string")
    .stateful()
    .doc("Makes the tree what a serialized Model says.")
    .shape(no_outputs_shape)
    .kernel<DeserializeTree>(kCpu)
    .not_differentiable();

REFLOW_OP("TreeSize")
    .input("tree_handle: resource")
    .output("tree_size: int32")
    .stateful()
    .doc("The number of nodes, leaves too.")
    .shape(scalar_shape)
    .kernel<TreeSize>(kCpu)
    .not_differentiable();

REFLOW_OP("TreePredictionsV4")
    .input("tree_handle: resource")
    .input("input_data: float")
    .input("sparse_input_indices: int64")
    .input("sparse_input_values: float")
    .input("sparse_input_shape: int64")
    .output("predictions: float")
    .output("tree_paths: string")
    .attr("input_spec: string")
    .attr("params: string")
    .stateful()
    .doc("What the leaves say that examples come to, [batch, outputs]: how likely each class is, or the outputs of regression. tree_paths: "
         "the nodes on the way as a TreePath, [batch], or [0] where the params don't ask for them.")
    .shape(predictions_shape)
    .kernel<TreePredictions>(kCpu)
    .not_differentiable();

REFLOW_OP("TraverseTreeV4")
    .input("tree_handle: resource")
    .input("input_data: float")
    .input("sparse_input_indices: int64")
    .input("sparse_input_values: float")
    .input("sparse_input_shape: int64")
    .output("leaf_ids: int32")
    .attr("input_spec: string")
    .attr("params: string")
    .stateful()
    .doc("The leaf that each example comes to, [batch].")
    .shape(leaf_ids_shape)
    .kernel<TraverseTree>(kCpu);

REFLOW_OP("UpdateModelV4")
    .input("tree_handle: resource")
    .input("leaf_ids: int32")
    .input("input_labels: float")
    .input("input_weights: float")
    .attr("params: string")
    .stateful()
    .doc("Counts labels, [batch], in the leaves of their examples, each as its weight says; [0] means that all weigh 1.")
    .shape(no_outputs_shape)
    .kernel<UpdateModel>(kCpu);

REFLOW_OP("FeatureUsageCounts")
    .input("tree_handle: resource")
    .output("feature_counts: int32")
    .attr("params: string")
    .stateful()
    .doc("How many nodes split by each feature, [features].")
    .shape(unknown_vector_shape)
    .kernel<FeatureUsageCounts>(kCpu)
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops::forest
