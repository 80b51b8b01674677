#include "gradient_ops.h"

#include "reflow/graph/scope.h"
#include "reflow/op/broadcast.h"
#include "reflow/op/late_slices.h"

namespace reflow::ops {

AfterDy::AfterDy(GradContext& g) : g_(g) {
  Node* const dy = node_of_dy(g);
  if (!dy) return;
  GraphScope::ControlDependencies dependencies;
  dependencies.inputs.push_back(dy);
  g.graph().scope().control_dependencies.push_back(std::move(dependencies));
  pushed_ = true;
}

AfterDy::~AfterDy() {
  if (pushed_) g_.graph().scope().control_dependencies.pop_back();
}

Endpoint binary_with_constant(GradContext& g, std::string_view type, Endpoint a, double b, std::string_view name) {
  if (!a) return {};
  GradContext::Scope scope(g.graph(), name);
  return g.op(type, {a, g.constant(b, a.dtype(), "y")}, {}, scope.name());
}

Endpoint binary_with_constant(GradContext& g, std::string_view type, double a, Endpoint b, std::string_view name) {
  if (!b) return {};
  GradContext::Scope scope(g.graph(), name);
  return g.op(type, {g.constant(a, b.dtype(), "x"), b}, {}, scope.name());
}

Endpoint with_constant_ints(GradContext& g, std::string_view type, Endpoint a, const std::vector<int64_t>& values,
                            std::string_view input_name) {
  GradContext::Scope scope(g.graph(), type);
  a = as_argument(g, type, 0, a);
  const Endpoint constant = g.constant_ints(values, DType::kInt32, std::string(input_name));
  return g.op(type, {a, constant}, {}, scope.name());
}

Endpoint zeros(GradContext& g, Endpoint shape, DType type) {
  GradContext::Scope scope(g.graph(), "zeros");
  return g.op("Fill", {shape, g.constant(0, type)}, {}, scope.name());
}

BroadcastGradients::BroadcastGradients(GradContext& g, Later) : g_(g) {
  shape_[0] = g.shape(g.x(0));
  shape_[1] = g.shape(g.x(1));
}

BroadcastGradients::BroadcastGradients(GradContext& g) : BroadcastGradients(g, Later{}) { make_args(); }

BroadcastGradients::BroadcastGradients(GradContext& g, Endpoint x, Endpoint y) : g_(g) {
  shape_[0] = g.shape(x);
  shape_[1] = g.shape(y);
  make_args();
}

void BroadcastGradients::make_args() {
  Node* args = g_.ops("BroadcastGradientArgs", {shape_[0], shape_[1]});
  if (args == nullptr) return;
  axes_[0] = args->output(0);
  axes_[1] = args->output(1);
}

Endpoint BroadcastGradients::reduce(int i, Endpoint full) {
  return g_.reshape(g_.reduce_sum(full, axes_[i]), shape_[i]);
}

StaticBroadcastGradients::StaticBroadcastGradients(GradContext& g) : g_(g) {
  const Endpoint dy = g.dy(0);
  const Shape &x = g.x(0).shape(), &y = g.x(1).shape();
  const bool is_slices = g.dy_gradient(0).is_slices();
  known_ = x.fully_defined() && y.fully_defined() && !is_slices;
  if (!known_) {
    shape_[0] = is_slices ? g.shape(g.x(0)) : g.op("Shape", {g.x(0)});
    shape_[1] = is_slices ? g.shape(g.x(1), DType::kInt32, "Shape_1") : g.op("Shape", {g.x(1)});
    Node* args = g.ops("BroadcastGradientArgs", {shape_[0], shape_[1]});
    if (args == nullptr) return;
    axes_[0] = args->output(0);
    axes_[1] = args->output(1);
    return;
  }
  static_shape_[0].assign(x.begin(), x.end());
  static_shape_[1].assign(y.begin(), y.end());
  Broadcast::reduction_indices(x, y, &static_axes_[0], &static_axes_[1]);
  needs_[0] = !(dy && dy.shape() == x);
  needs_[1] = !(dy && dy.shape() == y);
  if (!g.graph().broadcast_gradients.emplace(static_shape_[0], static_shape_[1]).second) return;
  GradContext::Scope scope(g.graph(), "BroadcastGradientArgs");
  const Endpoint s0 = g.constant_ints(static_shape_[0], DType::kInt32, "s0");
  const Endpoint s1 = g.constant_ints(static_shape_[1], DType::kInt32, "s1");
  g.op("BroadcastGradientArgs", {s0, s1}, {}, scope.name());
}

Endpoint StaticBroadcastGradients::reduce(int i, Endpoint full) {
  if (!needs_[i]) return full;
  if (!known_) return g_.reshape(g_.reduce_sum(full, axes_[i]), shape_[i]);
  const Endpoint sum = with_constant_ints(g_, "Sum", full, static_axes_[i], "reduction_indices");
  return with_constant_ints(g_, "Reshape", sum, static_shape_[i], "shape");
}

bool all_shapes_equal(GradContext& g) {
  const Endpoint dy = g.dy(0);
  const Shape &x = g.x(0).shape(), &y = g.x(1).shape();
  return dy && !g.dy_gradient(0).is_slices() && x.fully_defined() && x == y && dy.shape() == x;
}

}  // namespace reflow::ops
