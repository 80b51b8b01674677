#include <fmt/format.h>

#include <algorithm>

#include "reflow/passes/passes.h"
#include "reflow/passes/rewrite.h"

namespace reflow::passes {

using graph::Endpoint;
using graph::Graph;
using graph::Node;
using graph::OpDef;

namespace {

// Clipping by a global norm multiplies each gradient by one number, after all gradients are there. The op that updates the
// variable does it as it reads them, where it alone takes the product.
class ScaledUpdates {
 public:
  explicit ScaledUpdates(PassContext& context) : graph_(*context.graph), roots_(root_marks(context)) {}

  Status run() {
    for (Node* node : graph_.nodes()) {
      if (const OpDef* op = scaled_op(*node)) scale(node, op);
    }
    graph_.remove_nodes(gone_);
    return OkStatus();
  }

 private:
  // The op that does what `node` does with a gradient times a number; null: there is none.
  static const OpDef* scaled_op(const Node& node) {
    const std::string& type = node.type();
    if (!type.starts_with("Apply") && !type.starts_with("ResourceApply")) return nullptr;
    if (node.attr<DType>("T").value_or(DType::kInvalid) != DType::kFloat32) return nullptr;
    return graph::OpRegistry::global().find(fmt::format("_Scaled{}", type));
  }

  static int gradient_of(const Node& update) {
    const auto& args = update.op().inputs;
    const auto found = std::ranges::find_if(args, [](const auto& a) { return a.name == "grad" || a.name == "delta"; });
    return found == args.end() ? -1 : static_cast<int>(found - args.begin());
  }

  void scale(Node* update, const OpDef* op) {
    const int at = gradient_of(*update);
    if (at < 0) return;
    Node* product = update->input(at).node;
    if (product->type() != "Mul" || roots_[product->id()] || product->consumers().size() != 1) return;
    if (product->assigned_device() != update->assigned_device()) return;
    if (std::ranges::any_of(product->inputs(), [](const Endpoint& e) { return is_ref(e.dtype()); })) return;
    const int number = product->input(1).shape().rank() == 0 ? 1 : 0;
    if (product->input(number).shape().rank() != 0) return;
    graph::NodeSpec spec;
    spec.op = op;
    spec.inputs.assign(update->inputs().begin(), update->inputs().end());
    spec.inputs[at] = product->input(1 - number);
    spec.inputs.push_back(product->input(number));
    for (const Node* node : {update, product}) {
      spec.control_inputs.insert(spec.control_inputs.end(), node->control_inputs().begin(), node->control_inputs().end());
    }
    spec.attrs = update->attrs();
    spec.output_types.assign(update->output_types().begin(), update->output_types().end());
    const bool has_output = update->num_outputs() > 0;
    const Shape shape = has_output ? update->output_shape(0) : Shape();
    graph_.rewrite_node(update, std::move(spec));
    if (has_output) update->set_output_shape(0, shape);
    gone_.push_back(product);
  }

  Graph& graph_;
  const std::vector<bool> roots_;
  std::vector<Node*> gone_;
};

}  // namespace

Status scale_in_updates(PassContext& context) { return ScaledUpdates(context).run(); }

}  // namespace reflow::passes
