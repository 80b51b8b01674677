#include <algorithm>

#include "reflow/passes/passes.h"
#include "reflow/passes/rewrite.h"

namespace reflow::passes {

using graph::Consumer;
using graph::Endpoint;
using graph::Graph;
using graph::Node;

namespace {

// The product that alone reads the gradient which comes with a cross entropy; null: others read it too, or a product of
// something else than constants, one for each row.
Node* product_of(const Node& entropy, Endpoint* factors) {
  Node* product = nullptr;
  for (const Consumer& c : entropy.consumers()) {
    if (c.input < 0 || c.output != 1) continue;
    if (product != nullptr) return nullptr;
    product = c.node;
  }
  if (product == nullptr || product->type() != "Mul" || !product->control_inputs().empty()) return nullptr;
  *factors = product->input(product->input(0).node == &entropy ? 1 : 0);
  const Shape &rows = entropy.output_shape(0), &shape = factors->shape();
  if (const_value(*factors) == nullptr || !factors->node->control_inputs().empty()) return nullptr;
  return rows.fully_defined() && shape == Shape{rows.dim(0), 1} ? product : nullptr;
}

}  // namespace

// A mean of cross entropies multiplies their gradients, which are as large as the logits, by constants.
Status scale_losses(PassContext& context) {
  Graph& graph = *context.graph;
  const graph::OpDef* op = graph::OpRegistry::global().find("_ScaledSparseSoftmaxCrossEntropy");
  if (op == nullptr) return OkStatus();
  const std::vector<bool> roots = root_marks(context);
  const int num_ids = graph.num_node_ids();
  for (int id = 0; id < num_ids; ++id) {
    Node* entropy = graph.node(id);
    if (entropy == nullptr || entropy->type() != "SparseSoftmaxCrossEntropyWithLogits") continue;
    if (entropy->output_type(0) != DType::kFloat32) continue;
    if (std::ranges::any_of(entropy->inputs(), [](const Endpoint& e) { return is_ref(e.dtype()); })) continue;
    Endpoint factors;
    Node* product = product_of(*entropy, &factors);
    if (product == nullptr || !bypass(context, roots, product, {entropy, 1})) continue;
    graph::NodeSpec spec;
    spec.op = op;
    spec.inputs = {entropy->input(0), entropy->input(1), factors};
    spec.control_inputs.assign(entropy->control_inputs().begin(), entropy->control_inputs().end());
    spec.attrs.set("Tlabels", base_type(entropy->input(1).dtype()));
    spec.output_types = {DType::kFloat32, DType::kFloat32};
    const Shape loss = entropy->output_shape(0), gradient = entropy->output_shape(1);
    graph.rewrite_node(entropy, std::move(spec));
    entropy->set_output_shape(0, loss);
    entropy->set_output_shape(1, gradient);
  }
  return OkStatus();
}

}  // namespace reflow::passes
