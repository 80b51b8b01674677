#include "reflow/runtime/function_bodies.h"

#include "reflow/autodiff/gradients.h"
#include "reflow/graph/function_library.h"
#include "reflow/graph/node_builder.h"
#include "reflow/op/gradient.h"

namespace reflow::runtime {

using graph::AttrMap;
using graph::Endpoint;
using graph::FunctionBody;
using graph::Graph;
using graph::NameAttrList;
using graph::Node;

namespace {

constexpr char kGradient[] = "SymbolicGradient";

const AttrMap& attrs_of(const NameAttrList& f) {
  static const AttrMap kNone;
  return f.attrs ? *f.attrs : kNone;
}

// A gradient that is no list of slices.
StatusOr<Endpoint> dense(Graph& graph, const op::Gradient& gradient) {
  if (!gradient.is_slices()) return gradient.values;
  const auto number = [&](int32_t value) {
    return graph::create_op(graph, "Const", {}, {{"value", Tensor::scalar(value)}, {"dtype", DType::kInt32}});
  };
  if (!gradient.dense_shape) return unimplemented("The gradient of a function's argument has slices of unknown shape");
  ASSIGN_OR_RETURN(Node* const zero, number(0));
  ASSIGN_OR_RETURN(Node* const shape, graph::create_op(graph, "Cast", {gradient.dense_shape}, {{"DstT", DType::kInt32}}));
  ASSIGN_OR_RETURN(Node* const rows, graph::create_op(graph, "GatherV2", {shape->output(0), zero->output(0), zero->output(0)}));
  ASSIGN_OR_RETURN(Node* const sum, graph::create_op(graph, "UnsortedSegmentSum",
                                                     {gradient.values, gradient.indices, rows->output(0)}));
  return sum->output(0);
}

// The arguments of `f`, then the gradients of its results, to the gradients of its arguments.
StatusOr<FunctionBody> gradient_body(const Graph& library, const NameAttrList& f, std::span<const Shape> shapes) {
  if (const std::string given = library.functions().gradient_of(f.name); !given.empty()) {
    return graph::instantiate_function(library, given, attrs_of(f), shapes);
  }
  ASSIGN_OR_RETURN(FunctionBody body, body_of(library, f, shapes));
  Graph& graph = *body.graph;
  std::vector<Endpoint> ys, xs;
  autodiff::GradientOptions options;
  options.unconnected_gradients = autodiff::UnconnectedGradients::kZero;
  for (Node* argument : body.arguments) xs.push_back(argument->output(0));
  for (const Endpoint& y : body.results) {
    const int index = static_cast<int>(body.arguments.size());
    AttrMap attrs{{"T", base_type(y.dtype())}, {"index", index}};
    if (index < static_cast<int>(shapes.size())) attrs.set("_shape", shapes[index]);
    graph::CreateOptions named;
    named.name = fmt::format("dy_{}", index);
    ASSIGN_OR_RETURN(Node* const dy, graph::create_op(graph, "_Arg", {}, std::move(attrs), std::move(named)));
    body.arguments.push_back(dy);
    if (!is_floating(y.dtype()) && !is_complex(y.dtype())) continue;
    ys.push_back(y);
    options.grad_ys.emplace_back(dy->output(0));
  }
  ASSIGN_OR_RETURN(const std::vector<op::Gradient> gradients, autodiff::gradients(graph, ys, xs, options));
  body.results.clear();
  for (const op::Gradient& gradient : gradients) {
    ASSIGN_OR_RETURN(const Endpoint dx, dense(graph, gradient));
    body.results.push_back(dx);
  }
  body.side_effects.clear();  // those of the function have been had
  return body;
}

}  // namespace

StatusOr<FunctionBody> body_of(const Graph& library, const NameAttrList& f, std::span<const Shape> argument_shapes) {
  if (f.name != kGradient) return graph::instantiate_function(library, f.name, attrs_of(f), argument_shapes);
  const graph::AttrValue* of = attrs_of(f).find("f");
  const NameAttrList* function = of ? of->get<NameAttrList>() : nullptr;
  if (function == nullptr) return invalid_argument("SymbolicGradient is missing attr: f");
  return gradient_body(library, *function, argument_shapes);
}

}  // namespace reflow::runtime
