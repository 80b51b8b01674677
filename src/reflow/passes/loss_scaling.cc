#include <algorithm>
#include <utility>
#include <vector>

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

// Is it known without more than the cross entropy, and pure? Waiting for it is waiting for that.
bool follows_alone(const Node& node, const Node& entropy, int steps) {
  if (&node == &entropy) return true;
  if (!node.control_inputs().empty()) return false;
  if (node.type() == "Const") return true;
  return steps > 0 && is_pure(node) && std::ranges::all_of(node.inputs(), [&](const Endpoint& e) {
    return follows_alone(*e.node, entropy, steps - 1);
  });
}

// May the constant be there earlier than it is, as its one reader comes after all that it waits for? Optimizers make gradients
// wait for each other, and constants that these were folded to wait for the loss.
bool may_be_there_at_once(const Node& constant, const Node& entropy) {
  constexpr int kSteps = 4;
  const auto waits = constant.control_inputs();
  return waits.empty() || (constant.consumers().size() == 1 && std::ranges::all_of(waits, [&](const Node* wait) {
           return follows_alone(*wait, entropy, kSteps);
         }));
}

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
  if (const_value(*factors) == nullptr || !may_be_there_at_once(*factors->node, entropy)) return nullptr;
  return rows.fully_defined() && shape == Shape{rows.dim(0), 1} ? product : nullptr;
}

// Finds the gradient of a bias: it would read from memory what the cross entropy has in the cache.
class BiasGradient {
 public:
  explicit BiasGradient(Node* entropy) : entropy_(entropy), gradient_(entropy->output_shape(1)) {}

  // Null: there is none, or rows are so short that several are computed at once.
  Node* find() const {
    if (gradient_.rank() != 2 || gradient_.dim(0) < 2 || gradient_.dim(1) <= op::kSoftmaxPiece) return nullptr;
    return sum_of({entropy_, 1});
  }

 private:
  // The sum of the rows of `matrix`, or of a view of it that has the same rows in more dimensions.
  Node* sum_of(Endpoint matrix) const {
    for (const Consumer& c : matrix.node->consumers()) {
      if (c.input != 0 || c.output != matrix.index) continue;
      if (adds_rows(*c.node, matrix.shape().rank())) return c.node;
      if (!has_same_rows(*c.node)) continue;
      if (Node* sum = sum_of(c.node->output(0))) return sum;
    }
    return nullptr;
  }

  // Does it add rows as the cross entropy can, to the same bits and in a result of at most two dimensions?
  bool adds_rows(const Node& node, int rank) const {
    if (node.type() == "BiasAddGrad") {
      const graph::AttrValue* format = node.find_attr("data_format");
      const std::string* name = format != nullptr ? format->get<std::string>() : nullptr;
      return (name == nullptr || *name == "NHWC") && gradient_.dim(0) <= op::kColumnChunkRows;
    }
    if (node.type() != "Sum" || (rank > 2 && node.attr<bool>("keep_dims").value_or(false))) return false;
    const std::vector<int64_t> axes = const_integers(node.input(1));
    if (std::ssize(axes) != rank - 1 || !is_there(*node.input(1).node)) return false;
    std::vector<bool> summed(rank);
    for (const int64_t axis : axes) {
      if (axis >= -rank && axis < rank) summed[axis < 0 ? axis + rank : axis] = true;
    }
    return !summed[rank - 1] && std::ranges::count(summed, true) == rank - 1;
  }

  bool has_same_rows(const Node& node) const {
    if (node.type() != "Reshape" || !node.control_inputs().empty() || const_value(node.input(1)) == nullptr) return false;
    const Shape& view = node.output_shape(0);
    return view.fully_defined() && view.rank() > 1 && view.dim(view.rank() - 1) == gradient_.dim(1) &&
           view.num_elements() == gradient_.num_elements() && is_there(*node.input(1).node);
  }

  // Is the constant there when the cross entropy is? Folded ones wait for the logits and the bias, whose shapes they follow
  // from.
  bool is_there(const Node& constant) const {
    constexpr int kSteps = 5;
    return std::ranges::all_of(constant.control_inputs(), [&](const Node* wait) { return comes_after(*entropy_, wait, kSteps); });
  }

  Node* const entropy_;
  const Shape& gradient_;
};

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
    graph.remove_control_inputs(factors.node);
    graph::NodeSpec spec;
    spec.op = op;
    spec.inputs = {entropy->input(0), entropy->input(1), factors};
    spec.control_inputs.assign(entropy->control_inputs().begin(), entropy->control_inputs().end());
    spec.attrs.set("Tlabels", base_type(entropy->input(1).dtype()));
    std::vector<Shape> shapes = {entropy->output_shape(0), entropy->output_shape(1)};
    if (Node* sum = BiasGradient(entropy).find()) {
      const bool keep_dims = sum->attr<bool>("keep_dims").value_or(false);
      const int64_t columns = shapes[1].dim(1);
      Node* view = sum->input(0).node;
      if (bypass(context, roots, sum, {entropy, 2})) {
        while (view != entropy && view->consumers().empty() && !roots[view->id()]) {
          graph.remove_node(std::exchange(view, view->input(0).node));
        }
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
