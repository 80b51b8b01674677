#include <algorithm>

#include "reflow/op/softmax_rows.h"
#include "reflow/op/vector_reduce.h"
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

// Is `node` known to run after `source`, and only where that does? Looked for are `steps` edges of the paths to it.
bool comes_after(const Node& node, const Node* source, int steps) {
  const auto through = [&](const Node* before) {
    return before == source || (steps > 1 && !is_control_flow(*before) && comes_after(*before, source, steps - 1));
  };
  return std::ranges::any_of(node.inputs(), [&](const Endpoint& e) { return through(e.node); }) ||
         std::ranges::any_of(node.control_inputs(), through);
}

// Does `node` add up the rows of a matrix as the cross entropy can: to the same bits?
bool sums_rows(const Node& node, int64_t rows, const Node& entropy) {
  if (node.type() == "BiasAddGrad") {
    const graph::AttrValue* format = node.find_attr("data_format");
    const std::string* name = format != nullptr ? format->get<std::string>() : nullptr;
    return (name == nullptr || *name == "NHWC") && rows <= op::kColumnChunkRows;
  }
  if (node.type() != "Sum") return false;
  const Tensor* axes = const_value(node.input(1));
  if (axes == nullptr || axes->num_elements() != 1) return false;
  // Folded axes wait for the logits and the bias, whose shapes they follow from.
  constexpr int kSteps = 3;
  const auto is_over = [&](const Node* wait) { return comes_after(entropy, wait, kSteps); };
  if (!std::ranges::all_of(node.input(1).node->control_inputs(), is_over)) return false;
  int64_t axis = -1;
  with_type(kIndexTypes, axes->dtype(), [&]<typename T>() { axis = static_cast<int64_t>(*axes->data<T>()); });
  return axis == 0 || axis == -2;
}

// The gradient of a bias: it would read from memory what the cross entropy has in the cache. Null: there is none, or rows
// are so short that several are computed at once.
Node* sum_of(const Node& entropy) {
  const Shape& gradient = entropy.output_shape(1);
  if (gradient.rank() != 2 || gradient.dim(0) < 2 || gradient.dim(1) <= op::kSoftmaxPiece) return nullptr;
  for (const Consumer& c : entropy.consumers()) {
    if (c.input == 0 && c.output == 1 && sums_rows(*c.node, gradient.dim(0), entropy)) return c.node;
  }
  return nullptr;
}

}  // namespace

// A mean of cross entropies multiplies their gradients, which are as large as the logits, by constants. Where a bias was
// added to the logits, its gradient is the sum of those.
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
    std::vector<Shape> shapes = {entropy->output_shape(0), entropy->output_shape(1)};
    if (Node* sum = sum_of(*entropy)) {
      const bool keep_dims = sum->attr<bool>("keep_dims").value_or(false);
      const int64_t columns = shapes[1].dim(1);
      if (bypass(context, roots, sum, {entropy, 2})) {
        spec.attrs.set("num_sums", int64_t{1});
        spec.attrs.set("keep_dims", keep_dims);
        shapes.push_back(keep_dims ? Shape{1, columns} : Shape{columns});
      }
    }
    spec.output_types.assign(shapes.size(), DType::kFloat32);
    graph.rewrite_node(entropy, std::move(spec));
    for (size_t i = 0; i < shapes.size(); ++i) entropy->set_output_shape(static_cast<int>(i), shapes[i]);
  }
  return OkStatus();
}

}  // namespace reflow::passes
