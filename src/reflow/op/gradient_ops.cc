#include "reflow/op/gradient_ops.h"

#include <utility>

namespace reflow::op {

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

Endpoint matmul(GradContext& g, Endpoint a, Endpoint b, bool adjoint_a, bool adjoint_b) {
  if (!a || !b) return {};
  const auto may_be_batch = [](Endpoint e) { return !e.shape().known_rank() || e.shape().rank() > 2; };
  GradContext::Scope scope(g.graph(), "MatMul");
  if (may_be_batch(a) && may_be_batch(b)) {
    return g.op("BatchMatMulV2", {a, b}, {{"adj_x", adjoint_a}, {"adj_y", adjoint_b}}, scope.name());
  }
  if (adjoint_a) a = g.conj(a);
  if (adjoint_b) b = g.conj(b);
  return g.op("MatMul", {a, b}, {{"transpose_a", adjoint_a}, {"transpose_b", adjoint_b}}, scope.name());
}

Endpoint adjoint(GradContext& g, Endpoint x) {
  if (!x) return {};
  const GradContext::Scope outer(g.graph(), "adjoint"), scope(g.graph(), "matrix_transpose");
  const char* type = is_complex(x.dtype()) ? "ConjugateTranspose" : "Transpose";
  if (x.shape().known_rank()) {
    std::vector<int64_t> order(x.shape().rank());
    for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int64_t>(i);
    if (order.size() >= 2) std::swap(order[order.size() - 1], order[order.size() - 2]);
    const GradContext::Scope inner(g.graph(), "transpose");
    const Endpoint perm = g.constant_ints(order, DType::kInt32, "perm");
    return g.op(type, {x, perm}, {}, inner.name());
  }
  const Endpoint rank = g.rank(x);
  const auto minus = [&](int32_t n) {
    const GradContext::Scope inner(g.graph(), "sub");
    return g.op("Sub", {rank, constant_int(g, n, "y")}, {}, inner.name());
  };
  const Endpoint outer_dims = minus(2);
  Endpoint batch, last, perm;
  {
    const GradContext::Scope inner(g.graph(), "range");
    batch = g.op("Range", {constant_int(g, 0, "start"), outer_dims, constant_int(g, 1, "delta")}, {}, inner.name());
  }
  const Endpoint column = minus(1), row = minus(2);
  {
    const GradContext::Scope inner(g.graph(), "concat");
    last = g.op("Pack", {OpInput(std::vector<Endpoint>{column, row})}, {}, "values_1");
    const Endpoint axis = constant_int(g, 0, "axis");
    perm = g.op("ConcatV2", {OpInput(std::vector<Endpoint>{batch, last}), OpInput(axis)}, {}, inner.name());
  }
  return g.op(type, {x, perm}, {}, "transpose");
}

AttrMap copied_attrs(GradContext& g, std::initializer_list<const char*> names) {
  AttrMap attrs;
  for (const char* name : names) {
    if (const AttrValue* value = g.node().find_attr(name)) attrs.set(name, *value);
  }
  return attrs;
}

Endpoint zeros(GradContext& g, Endpoint shape, DType type) {
  GradContext::Scope scope(g.graph(), "zeros");
  return g.op("Fill", {shape, g.constant(0, type)}, {}, scope.name());
}

}  // namespace reflow::op
