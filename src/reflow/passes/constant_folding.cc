#include <algorithm>
#include <optional>

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

// A constant that waits for a Switch would be there in both branches: the node is alive, one of its outputs isn't.
bool may_wait_for(const Node& node) {
  return op::KernelRegistry::global().traits(node.type()).control != op::ControlKind::kSwitch;
}

// The values that `node` is computed from. Empty: they aren't known. A constant that waits for something makes the
// folded one wait for it: `waits`.
std::vector<Tensor> known_inputs(const Node& node, bool from_shapes, std::vector<Node*>* waits) {
  std::vector<Tensor> values;
  for (const Endpoint& input : node.inputs()) {
    if (from_shapes) {
      if (!input.shape().fully_defined()) return {};
      if (!may_wait_for(*input.node)) return {};
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

// The waits in order, each once. False: they are too many.
bool tidy(std::vector<Node*>* waits) {
  std::ranges::sort(*waits, {}, [](const Node* n) { return n->id(); });
  waits->erase(std::unique(waits->begin(), waits->end()), waits->end());
  return waits->size() <= kMaxControlInputs;
}

// The axes along which an operand of shape `own` is repeated beside one of shape `other`, as BroadcastGradientArgs gives
// them, if they are some and the same whatever the unknown dimensions are.
std::optional<std::vector<int64_t>> known_axes(const Shape& own, const Shape& other) {
  if (!own.known_rank() || !other.known_rank()) return std::nullopt;
  const int rank = std::max(own.rank(), other.rank());
  const auto dim_of = [&](const Shape& s, int i) { return i < rank - s.rank() ? 1 : s.dim(i - (rank - s.rank())); };
  bool differ = own.rank() != other.rank();  // no axis is reduced of operands of one shape
  std::vector<int64_t> axes;
  for (int i = 0; i < rank; ++i) {
    const int64_t a = dim_of(own, i), b = dim_of(other, i);
    if (a < 0 || (a != 1 && b != 1 && a != b)) return std::nullopt;  // the latter may be an error
    if (a == 1) axes.push_back(i);
    differ |= b >= 0 && a != b;
  }
  if (!differ || axes.empty()) return std::nullopt;
  return axes;
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
    if (node->type() == "BroadcastGradientArgs" && !std::ranges::all_of(node->inputs(), const_value)) return fold_axes(node);
    if (!from_shapes && const_value(node->input(0)) == nullptr) return OkStatus();
    std::vector<Node*> waits;
    const std::vector<Tensor> inputs = known_inputs(*node, from_shapes, &waits);
    if (inputs.empty() || !op::KernelRegistry::global().has_kernel(*node, op::kCpu)) return OkStatus();
    waits.insert(waits.end(), node->control_inputs().begin(), node->control_inputs().end());
    if (!tidy(&waits)) return OkStatus();
    auto values = op::evaluate(*node, inputs);
    if (!values.ok()) return OkStatus();  // the run says so, at this node
    for (int i = 0; i < node->num_outputs(); ++i) {
      const Tensor& value = (*values)[i];
      if (!value.valid() || value.dtype() != node->output_type(i) || value.size_bytes() > kMaxBytes) return OkStatus();
    }
    return replace(node, *std::move(values), waits);
  }

  // The gradient of a bias that was added to any number of rows is summed up over these: they aren't known, the axis is.
  Status fold_axes(Node* node) {
    std::vector<Node*> waits(node->control_inputs().begin(), node->control_inputs().end());
    for (const Endpoint& input : node->inputs()) {
      waits.insert(waits.end(), input.node->control_inputs().begin(), input.node->control_inputs().end());
      if (input.node->type() != "Shape") continue;
      Node* const measured = input.node->input(0).node;
      if (!is_pure(*input.node) || !may_wait_for(*measured)) return OkStatus();
      waits.push_back(measured);
    }
    if (!tidy(&waits)) return OkStatus();
    const Shape dims[] = {dims_of(node->input(0)), dims_of(node->input(1))};
    for (int i = 0; i < 2; ++i) {
      const auto axes = known_axes(dims[i], dims[1 - i]);
      const bool is_read = std::ranges::any_of(node->consumers(), [&](const auto& c) { return c.input >= 0 && c.output == i; });
      if (!axes || !is_read) continue;
      Tensor value(node->output_type(i), {std::ssize(*axes)});
      with_type(kIndexTypes, value.dtype(), [&]<typename T>() { std::ranges::copy(*axes, value.data<T>()); });
      RETURN_IF_ERROR(replace_output(node, i, std::move(value), waits));
    }
    return OkStatus();
  }

  Status replace_output(Node* node, int i, Tensor value, const std::vector<Node*>& waits) {
    const Shape shape = value.shape();
    NodeSpec spec = const_spec(const_op_, std::move(value), waits);
    spec.name = fmt::format("{}/_folded_{}", node->name(), i);
    spec.device = node->device();
    ASSIGN_OR_RETURN(Node * constant, graph_.add_node(std::move(spec)));
    constant->set_output_shape(0, shape);
    constant->set_assigned_device(node->assigned_device());
    graph_.replace_uses(node->output(i), constant->output(0));
    return OkStatus();
  }

  Status replace(Node* node, std::vector<Tensor> values, const std::vector<Node*>& waits) {
    if (values.size() == 1) {
      const Shape shape = values[0].shape();
      graph_.rewrite_node(node, const_spec(const_op_, std::move(values[0]), waits));
      node->set_output_shape(0, shape);
      return OkStatus();
    }
    for (size_t i = 0; i < values.size(); ++i) {
      RETURN_IF_ERROR(replace_output(node, static_cast<int>(i), std::move(values[i]), waits));
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
