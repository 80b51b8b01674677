#include <algorithm>

#include "reflow/passes/passes.h"
#include "reflow/passes/rewrite.h"

namespace reflow::passes {

using graph::Endpoint;
using graph::Graph;
using graph::Node;
using graph::NodeSpec;

namespace {

constexpr int64_t kMaxBytes = 10 << 20;  // as much as TensorFlow folds
constexpr size_t kMaxControlInputs = 16;

bool small_plain_outputs(const Node& node) {
  for (int i = 0; i < node.num_outputs(); ++i) {
    const DType type = node.output_type(i);
    if (is_ref(type) || !is_plain(type)) return false;
    const Shape& shape = node.output_shape(i);
    if (shape.fully_defined() && (shape.num_elements() < 0 || shape.num_elements() > kMaxBytes / dtype_size(type))) {
      return false;
    }
  }
  return true;
}

// The values that `node` is computed from. Empty: they aren't known. A constant that waits for something makes the
// folded one wait for it: `waits`.
std::vector<Tensor> known_inputs(const Node& node, bool from_shapes, std::vector<Node*>* waits) {
  std::vector<Tensor> values;
  for (const Endpoint& input : node.inputs()) {
    if (from_shapes) {
      if (!input.shape().fully_defined()) return {};
      // A constant that waits for a Switch would be there in both branches: the node is alive, one of its outputs isn't.
      if (op::KernelRegistry::global().traits(input.node->type()).control == op::ControlKind::kSwitch) return {};
      // Only the shape is looked at: a tensor without memory will do.
      values.emplace_back(base_type(input.dtype()), input.shape(), BufferRef(), nullptr);
      waits->push_back(input.node);
      continue;
    }
    const Tensor* value = const_value(input);
    if (value == nullptr) return {};
    values.push_back(*value);
    waits->insert(waits->end(), input.node->control_inputs().begin(), input.node->control_inputs().end());
  }
  return values;
}

NodeSpec const_spec(const graph::OpDef* op, Tensor value, const std::vector<Node*>& waits) {
  NodeSpec spec;
  spec.op = op;
  spec.output_types = {value.dtype()};
  spec.attrs.set("dtype", value.dtype());
  spec.attrs.set("value", std::move(value));
  spec.control_inputs = waits;
  return spec;
}

class ConstantFolding {
 public:
  explicit ConstantFolding(PassContext& context)
      : context_(context), graph_(*context.graph), const_op_(graph::OpRegistry::global().find("Const")) {}

  Status run() {
    if (const_op_ == nullptr) return OkStatus();
    const std::vector<bool> roots = root_marks(context_);
    for (Node* node : topological_order(graph_)) {
      if (!roots[node->id()]) RETURN_IF_ERROR(fold(node));
    }
    return OkStatus();
  }

 private:
  Status fold(Node* node) {
    if (node->num_inputs() == 0 || !is_pure(*node) || !small_plain_outputs(*node)) return OkStatus();
    const bool from_shapes = op::KernelRegistry::global().traits(node->type()).value_from_shapes;
    if (!from_shapes && const_value(node->input(0)) == nullptr) return OkStatus();
    std::vector<Node*> waits;
    const std::vector<Tensor> inputs = known_inputs(*node, from_shapes, &waits);
    if (inputs.empty() || !op::KernelRegistry::global().has_kernel(*node, op::kCpu)) return OkStatus();
    waits.insert(waits.end(), node->control_inputs().begin(), node->control_inputs().end());
    std::ranges::sort(waits, {}, [](const Node* n) { return n->id(); });
    waits.erase(std::unique(waits.begin(), waits.end()), waits.end());
    if (waits.size() > kMaxControlInputs) return OkStatus();
    auto values = op::evaluate(*node, inputs);
    if (!values.ok()) return OkStatus();  // the run says so, at this node
    for (int i = 0; i < node->num_outputs(); ++i) {
      const Tensor& value = (*values)[i];
      if (!value.valid() || value.dtype() != node->output_type(i) || value.size_bytes() > kMaxBytes) return OkStatus();
    }
    return replace(node, *std::move(values), waits);
  }

  Status replace(Node* node, std::vector<Tensor> values, const std::vector<Node*>& waits) {
    if (values.size() == 1) {
      const Shape shape = values[0].shape();
      graph_.rewrite_node(node, const_spec(const_op_, std::move(values[0]), waits));
      node->set_output_shape(0, shape);
      return OkStatus();
    }
    for (size_t i = 0; i < values.size(); ++i) {
      NodeSpec spec = const_spec(const_op_, values[i], waits);
      spec.name = fmt::format("{}/_folded_{}", node->name(), i);
      spec.device = node->device();
      ASSIGN_OR_RETURN(Node * constant, graph_.add_node(std::move(spec)));
      constant->set_output_shape(0, values[i].shape());
      constant->set_assigned_device(node->assigned_device());
      graph_.replace_uses(node->output(static_cast<int>(i)), constant->output(0));
    }
    if (node->consumers().empty()) graph_.remove_node(node);
    return OkStatus();
  }

  PassContext& context_;
  Graph& graph_;
  const graph::OpDef* const_op_;
};

}  // namespace

Status fold_constants(PassContext& context) { return ConstantFolding(context).run(); }

}  // namespace reflow::passes
