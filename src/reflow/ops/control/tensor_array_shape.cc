#include "reflow/ops/control/tensor_array_shape.h"

#include <string>

#include "reflow/graph/control_flow.h"
#include "reflow/op/late_slices.h"

namespace reflow::ops {

using namespace ::reflow::op;

Status check_array_handle(ShapeContext& c) {
  if (c.concrete()) return OkStatus();
  Shape handle;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 1, &handle));
  int64_t size;
  return handle.known_rank() ? c.with_value(handle.dim(0), 2, &size) : OkStatus();
}

Shape array_element_shape(const ShapeContext& c, DType dtype) {
  const Node* node = c.node().input(0).node;
  const auto passes_on = [](const std::string& type) {
    return type == "Identity" || type == "Switch" || type == "Enter" || type == "Exit" || type == "NextIteration" ||
           type == "Merge" || type == "TensorArrayGradV3";
  };
  for (int steps = 0; steps < 64 && passes_on(node->type()) && node->num_inputs() > 0; ++steps) node = node->input(0).node;
  if (node->type() != "TensorArrayV3") return Shape::unknown();
  const auto type = node->attr<DType>("dtype");
  const auto shape = node->attr<Shape>("element_shape");
  return type.ok() && *type == dtype && shape.ok() ? *shape : Shape::unknown();
}

OpBuilder array_op(std::string name, int version, Status (*shape)(ShapeContext&)) {
  if (version > 1) name += fmt::format("V{}", version);
  OpBuilder builder(name);
  std::move(builder)
      .input(version == 3 ? "handle: resource" : version == 2 ? "handle: string" : "handle: Ref(string)")
      .shape(version == 1 ? unknown_shape : shape)
      .sets_outputs();
  if (version == 3) std::move(builder).stateful();
  return builder;
}

namespace {

// The name of the call of gradients() that made `dy`: the path to the last scope that begins so. Several such calls get
// arrays of their own.
StatusOr<std::string> gradient_source(Endpoint dy) {
  const std::string name = dy.name();
  size_t end = std::string::npos;
  for (size_t begin = 0; begin < name.size();) {
    const size_t slash = std::min(name.find('/', begin), name.size());
    if (std::string_view(name).substr(begin).starts_with("gradients")) end = slash;
    begin = slash + 1;
  }
  if (end != std::string::npos) return name.substr(0, end);
  return invalid_argument(
      "Expected op/tensor name to start with gradients (excluding scope), got: {}. This means that a tf.gradients op with "
      "this op in its dependency path has a custom name that does not start with 'gradients'. Please make sure all calls to "
      "tf.gradients that have non-empty 'name' arguments use names that start with 'gradients'.", name);
}

}  // namespace

GradArray gradient_array(GradContext& g, Endpoint handle, Endpoint flow, Endpoint dy) {
  const op::LateSlices* const late = op::LateSlices::current();
  const op::Gradient* const slices = late ? late->find(dy) : nullptr;
  const auto source = gradient_source(slices ? slices->values : dy);
  if (!source.ok()) {
    g.fail(source.status());
    return {};
  }
  g.graph().unique_name("TensorArray");  // the scope of an object that makes no op
  GradContext::Scope scope(g.graph(), "TensorArrayGrad");
  const graph::ColocateWith colocation(g.graph(), handle.node);
  Node* node = g.ops("TensorArrayGradV3", {handle, flow}, {{"source", *source}});
  if (node == nullptr) return {};
  GradArray array{node->output(0), {}};
  auto& blocks = g.graph().scope().control_dependencies;
  blocks.push_back({.inputs = {node}, .clears = false, .saved_context = nullptr, .seen = {}});
  array.flow = g.op("Identity", {flow}, {}, "gradient_flow");
  blocks.pop_back();
  g.graph().unique_name("TensorArray");
  return array;
}

}  // namespace reflow::ops
