#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string_view>
#include <utility>
#include <vector>

#include "reflow/passes/passes.h"
#include "reflow/passes/rewrite.h"

namespace reflow::passes {

using graph::Endpoint;
using graph::Node;

namespace {

// Is `e` a scalar constant of this value that may be left out beside `other`, as that waits for the same? (-0 isn't 0.)
bool is_scalar_constant(const Endpoint& e, double wanted, const Endpoint& other) {
  const Tensor* value = const_value(e);
  if (value == nullptr || value->rank() != 0) return false;
  constexpr int kSteps = 4;
  const auto waits = [&](const Node* source) { return comes_after(*other.node, source, kSteps); };
  if (!std::ranges::all_of(e.node->control_inputs(), waits)) return false;
  bool equal = false;
  with_type(Types<float, double, int32_t, int64_t>{}, value->dtype(), [&]<typename T>() {
    const T element = value->item<T>();
    equal = element == static_cast<T>(wanted) && !(wanted == 0 && std::signbit(static_cast<double>(element)));
  });
  return equal;
}

// Adding 0 to it changes nothing, then: -0 + 0 is 0.
bool never_minus_zero(const Endpoint& e) {
  return e.dtype() == DType::kInt32 || e.dtype() == DType::kInt64 || e.node->type() == "RandomUniform";
}

// A constant permutation of axes; empty: not known.
std::vector<int64_t> permutation(const Endpoint& e) {
  const Tensor* value = const_value(e);
  if (value == nullptr || value->rank() != 1) return {};
  std::vector<int64_t> axes = const_integers(e);
  const int64_t rank = static_cast<int64_t>(axes.size());
  if (std::ranges::any_of(axes, [&](int64_t axis) { return axis < 0 || axis >= rank; })) return {};
  return axes;
}

bool is_identity_permutation(const std::vector<int64_t>& axes) {
  std::vector<int64_t> ascending(axes.size());
  std::iota(ascending.begin(), ascending.end(), 0);
  return !axes.empty() && axes == ascending;
}

// What a transpose leaves as it is, alone or together with the transpose before it.
Endpoint simplified_transpose(const Node& node) {
  const std::vector<int64_t> axes = permutation(node.input(1));
  if (is_identity_permutation(axes)) return node.input(0);
  const Node& before = *node.input(0).node;
  if (before.type() != "Transpose" || !before.control_inputs().empty()) return {};
  const std::vector<int64_t> first = permutation(before.input(1));
  if (first.size() != axes.size() || axes.empty()) return {};
  std::vector<int64_t> both(axes.size());
  for (size_t i = 0; i < axes.size(); ++i) both[i] = first[axes[i]];
  return is_identity_permutation(both) ? before.input(0) : Endpoint{};
}

// A reduction over no axis, as the gradient of a sum of two values of one shape is.
bool reduces_nothing(const Node& node) {
  constexpr std::array<std::string_view, 5> kReductions = {"Sum", "Mean", "Max", "Min", "Prod"};
  if (std::ranges::find(kReductions, node.type()) == kReductions.end()) return false;
  const Tensor* axes = const_value(node.input(1));
  return axes != nullptr && axes->num_elements() == 0 && node.input(1).node->control_inputs().empty();
}

// Do operands of these shapes give a result of the first one's, whatever the unknown dimensions are?
bool broadcasts_to_first(const Shape& first, const Shape& second) {
  if (!first.known_rank() || !second.known_rank() || second.rank() > first.rank()) return false;
  for (int i = 1; i <= second.rank(); ++i) {
    const int64_t dim = second.dim(second.rank() - i);
    if (dim != 1 && (dim < 0 || dim != first.dim(first.rank() - i))) return false;
  }
  return true;
}

// The gradient of an operand that has the shape of the result: what broadcasting would have added is summed up, and
// the result reshaped to the operand's shape; but it added nothing.
Endpoint gradient_without_broadcast(const Node& reshape) {
  const Node& sum = *reshape.input(0).node;
  if (sum.type() != "Sum" || !sum.control_inputs().empty()) return {};
  const Node& axes = *sum.input(1).node;
  if (axes.type() != "BroadcastGradientArgs" || !axes.control_inputs().empty()) return {};
  const int operand = sum.input(1).index;
  if (!(axes.input(operand) == reshape.input(1))) return {};
  return broadcasts_to_first(dims_of(axes.input(operand)), dims_of(axes.input(1 - operand))) ? sum.input(0) : Endpoint{};
}

// What `node` gives without computing; no endpoint: it has to compute.
Endpoint simplified(const Node& node) {
  const std::string& op = node.type();
  const int n = node.num_inputs();
  if (n == 1) {
    const Endpoint& x = node.input(0);
    if (op == "AddN") return x;
    if (op == "Cast" && x.dtype() == node.output_type(0)) return x;
    if (op == "Neg" && x.node->type() == "Neg" && x.node->control_inputs().empty()) return x.node->input(0);
    return {};
  }
  if (n != 2) return {};
  const Endpoint &x = node.input(0), &y = node.input(1);
  if (op == "Mul") {
    if (is_scalar_constant(y, 1, x)) return x;
    if (is_scalar_constant(x, 1, y)) return y;
  } else if (op == "RealDiv" || op == "Div" || op == "Pow") {
    if (is_scalar_constant(y, 1, x)) return x;
  } else if (op == "Sub") {
    if (is_scalar_constant(y, 0, x)) return x;
  } else if (op == "Add" || op == "AddV2") {
    if (never_minus_zero(x) && is_scalar_constant(y, 0, x)) return x;
    if (never_minus_zero(y) && is_scalar_constant(x, 0, y)) return y;
  } else if (op == "Transpose") {
    return simplified_transpose(node);
  } else if (op == "Reshape") {
    return gradient_without_broadcast(node);
  } else if (reduces_nothing(node)) {
    return x;
  }
  return {};
}

// x ** 2, x ** 0.5 and their like as TensorFlow computes them, which rewrites them too: by ops that are twenty times as fast.
Status simplify_power(graph::Graph& graph, Node* node) {
  const Tensor* exponent = const_value(node->input(1));
  const DType type = node->output_type(0);
  if (exponent == nullptr || exponent->rank() != 0 || !is_floating(type)) return OkStatus();
  double power = 0;
  with_type(kFloatTypes, type, [&]<typename T>() { power = static_cast<double>(exponent->item<T>()); });
  constexpr std::array<std::pair<double, const char*>, 5> kOps = {
      {{2, "Square"}, {3, "Mul"}, {0.5, "Sqrt"}, {-0.5, "Rsqrt"}, {-1, "Reciprocal"}}};
  const auto found = std::ranges::find(kOps, power, [](const auto& row) { return row.first; });
  if (found == kOps.end()) return OkStatus();
  const auto spec_of = [&](const char* op, std::vector<Endpoint> inputs) {
    graph::NodeSpec spec;
    spec.op = graph::OpRegistry::global().find(op);
    spec.inputs = std::move(inputs);
    spec.attrs.set("T", type);
    spec.output_types = {type};
    spec.device = node->device();
    return spec;
  };
  const Endpoint x = node->input(0);
  const Shape shape = node->output_shape(0);
  std::vector<Endpoint> inputs = {x};
  if (power == 3) {
    graph::NodeSpec square = spec_of("Square", {x});
    square.name = node->name() + "/square";
    ASSIGN_OR_RETURN(Node * added, graph.add_node(std::move(square)));
    added->set_output_shape(0, shape);
    added->set_assigned_device(node->assigned_device());
    inputs.push_back(added->output(0));
  }
  graph::NodeSpec spec = spec_of(found->second, std::move(inputs));
  for (const Node* source : {static_cast<const Node*>(node), static_cast<const Node*>(node->input(1).node)}) {
    spec.control_inputs.insert(spec.control_inputs.end(), source->control_inputs().begin(), source->control_inputs().end());
  }
  graph.rewrite_node(node, std::move(spec));
  node->set_output_shape(0, shape);
  return OkStatus();
}

}  // namespace

Status simplify_arithmetic(PassContext& context) {
  const std::vector<bool> roots = root_marks(context);
  const std::vector<bool> in_variable = memory_of_variables(*context.graph, topological_order(*context.graph));
  const int num_ids = context.graph->num_node_ids();
  for (int id = 0; id < num_ids; ++id) {
    Node* node = context.graph->node(id);
    if (node == nullptr || node->num_outputs() != 1 || node->num_inputs() == 0 || node->num_inputs() > 2) continue;
    if (!is_pure(*node)) continue;
    if (node->type() == "Pow") RETURN_IF_ERROR(simplify_power(*context.graph, node));
    const Endpoint value = simplified(*node);
    // Who reads the memory of a variable instead of a value computed from it might see a later write.
    if (value && !in_variable[value.node->id()]) bypass(context, roots, node, value);
  }
  return OkStatus();
}

}  // namespace reflow::passes
