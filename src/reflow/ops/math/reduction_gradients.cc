#include "reduction_gradients.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <vector>

#include "gradient_ops.h"
#include "reduction_layout.h"
#include "reflow/graph/scope.h"
#include "reflow/graph/shape_context.h"
#include "reflow/graph/static_value.h"

namespace reflow::ops {
namespace {

using Ints = std::vector<int64_t>;

// Ops made while it lives are placed with `node`.
class ColocateWith {
 public:
  ColocateWith(GradContext& g, Endpoint with) : g_(g), pushed_(static_cast<bool>(with)) {
    if (pushed_) g.graph().scope().colocation.push_back({with.node, false});
  }
  ~ColocateWith() {
    if (pushed_) g_.graph().scope().colocation.pop_back();
  }
  ColocateWith(const ColocateWith&) = delete;

 private:
  GradContext& g_;
  bool pushed_;
};

class OnDevice {
 public:
  OnDevice(GradContext& g, std::string spec) : g_(g) {
    GraphScope::Device device;
    device.spec = std::move(spec);
    g.graph().scope().devices.push_back(std::move(device));
  }
  ~OnDevice() { g_.graph().scope().devices.pop_back(); }
  OnDevice(const OnDevice&) = delete;

 private:
  GradContext& g_;
};

// tf.range(limit) and tf.range(0, limit).
Endpoint range_to(GradContext& g, Endpoint limit) {
  GradContext::Scope scope(g.graph(), "range");
  const Endpoint start = g.constant(0, DType::kInt32, "start");
  const Endpoint delta = g.constant(1, DType::kInt32, "delta");
  return g.op("Range", {start, limit, delta}, {}, scope.name());
}

Endpoint fill(GradContext& g, Endpoint shape, int value) {
  GradContext::Scope scope(g.graph(), "Fill");
  return g.op("Fill", {shape, g.constant(value, DType::kInt32, "value")}, {}, scope.name());
}

// The shape that is left when `axes` of `shape` are reduced to 1; both are vectors of the graph.
Endpoint reduced_shape(GradContext& g, Endpoint shape, Endpoint axes) {
  shape = g.cast(shape, DType::kInt32);
  axes = g.cast(axes, DType::kInt32);
  const Endpoint rank = g.size(shape);
  const Endpoint positive = g.op("FloorMod", {add(g, axes, rank), rank}, {}, "mod");
  const Endpoint axes_shape = positive ? g.shape(positive) : Endpoint{};
  const Endpoint dims = range_to(g, rank);
  const Endpoint ones = fill(g, axes_shape, 1);
  return g.op("DynamicStitch", {std::vector<Endpoint>{dims, positive}, std::vector<Endpoint>{shape, ones}});
}

// a // max(b, 1)
Endpoint safe_shape_div(GradContext& g, Endpoint a, Endpoint b) {
  const Endpoint divisor = binary_with_constant(g, "Maximum", b, 1, "Maximum");
  return g.op("FloorDiv", {a, divisor}, {}, "floordiv");
}

// The same for shapes that are known. TensorFlow makes these nodes, takes their values, and leaves them behind; only for
// the first gradient of a graph with this shape and these axes.
void leave_reduced_shape(GradContext& g, const Ints& shape, const Ints& axes, DType axes_type, const Ints& kept) {
  const auto cast_constant = [&](const Ints& values, DType type) {
    GradContext::Scope scope(g.graph(), "Cast");
    // An empty Python list is one of floats.
    const Endpoint x = values.empty() ? g.constant_tensor(Tensor(DType::kFloat32, {0}), "x")
                                      : g.constant_ints(values, type, "x");
    return g.cast(x, DType::kInt32, scope.name());
  };
  const Endpoint shape_constant = cast_constant(shape, DType::kInt32);
  reduced_shape(g, shape_constant, cast_constant(axes, axes_type));
  Endpoint divisor;
  {
    GradContext::Scope scope(g.graph(), "Maximum");
    const Endpoint x = g.constant_ints(kept, DType::kInt32, "x");
    divisor = g.op("Maximum", {x, g.constant(1, DType::kInt32, "y")}, {}, scope.name());
  }
  GradContext::Scope scope(g.graph(), "floordiv");
  const Endpoint x = g.constant_ints(shape, DType::kInt32, "x");
  g.op("FloorDiv", {x, divisor}, {}, scope.name());
}

// dL/dx of Sum: dy repeated along the reduced dimensions.
Endpoint spread(GradContext& g, Endpoint dy) {
  const Endpoint x = g.x(0);
  const Shape& x_shape = x.shape();
  const Tensor axes = x_shape.known_rank() ? graph::static_value(g.x(1)) : Tensor();
  if (axes.valid()) {
    const int rank = x_shape.rank();
    Ints list(axes.num_elements());
    for (size_t i = 0; i < list.size(); ++i) {
      list[i] = axes.dtype() == DType::kInt64 ? axes.data<int64_t>()[i] : axes.data<int32_t>()[i];
    }
    Ints all(rank);
    std::iota(all.begin(), all.end(), int64_t{0});
    if (list == all && axes.rank() == 1) {
      const Endpoint row = with_constant_ints(g, "Reshape", dy, Ints(rank, 1), "shape");
      const Endpoint shape = x_shape.fully_defined()
                                 ? g.constant_ints({x_shape.begin(), x_shape.end()})
                                 : g.op("Shape", {x});
      return g.op("Tile", {row, shape});
    }
    AxisSet reduced;
    if (x_shape.fully_defined() && reduced_axes(axes, rank, false, &reduced).ok()) {
      const Ints dims(x_shape.begin(), x_shape.end());
      Ints kept = dims, multiples(rank, 1);
      for (int i = 0; i < rank; ++i) {
        if (!reduced[i]) multiples[i] = dims[i] / std::max<int64_t>(dims[i], 1);
        if (reduced[i]) {
          kept[i] = 1;
          multiples[i] = dims[i];
        }
      }
      if (g.graph().reduced_shapes.emplace(dims, list).second) leave_reduced_shape(g, dims, list, axes.dtype(), kept);
      const Endpoint row = with_constant_ints(g, "Reshape", dy, kept, "shape");
      return with_constant_ints(g, "Tile", row, multiples, "multiples");
    }
  }
  const Endpoint shape = g.shape(x);
  Endpoint kept, multiples;
  {
    ColocateWith colocation(g, shape);
    kept = reduced_shape(g, shape, g.x(1));
    multiples = safe_shape_div(g, shape, kept);
  }
  return g.op("Tile", {g.reshape(dy, kept), multiples});
}

Endpoint reduce_prod(GradContext& g, Endpoint x) {
  const Endpoint axes = g.constant_ints({0});
  return g.op("Prod", {x, axes});
}

Endpoint gather(GradContext& g, Endpoint x, Endpoint indices) {
  GradContext::Scope scope(g.graph(), "GatherV2");
  return g.op("GatherV2", {x, indices, g.constant(0, DType::kInt32, "axis")}, {}, scope.name());
}

Endpoint exclusive_cumprod(GradContext& g, Endpoint x, bool reverse) {
  GradContext::Scope scope(g.graph(), "Cumprod");
  const Endpoint axis = g.constant(0, DType::kInt32, "axis");
  return g.op("Cumprod", {x, axis}, {{"exclusive", true}, {"reverse", reverse}}, scope.name());
}

}  // namespace

void sum_gradient(GradContext& g) { g.dx(0) = spread(g, g.dy(0)); }

void mean_gradient(GradContext& g) {
  const Endpoint sum_gradient = spread(g, g.dy(0));
  if (!sum_gradient) return;
  const Shape &x = g.x(0).shape(), &y = g.y(0).shape();
  const DType type = base_type(sum_gradient.dtype());
  Endpoint factor;
  if (x.fully_defined() && y.fully_defined()) {
    factor = g.constant(static_cast<double>(x.num_elements() / std::max<int64_t>(y.num_elements(), 1)), type);
  } else {
    const Endpoint x_shape = g.shape(g.x(0)), y_shape = g.shape(g.y(0));
    const Endpoint x_size = reduce_prod(g, x_shape);
    factor = g.cast(safe_shape_div(g, x_size, reduce_prod(g, y_shape)), type);
  }
  g.dx(0) = truediv(g, sum_gradient, factor);
}

void extremum_reduction_gradient(GradContext& g) {
  const Endpoint x = g.x(0);
  const Endpoint kept = reduced_shape(g, g.shape(x), g.x(1));
  const Endpoint y = g.reshape(g.y(0), kept);
  const Endpoint dy = g.reshape(g.dy(0), kept);
  const Endpoint equal = g.op("Equal", {y, x});
  if (!equal) return;
  const Endpoint indicators = g.cast(equal, base_type(dy.dtype()));
  const Endpoint num_selected = g.reshape(g.reduce_sum(indicators, g.x(1)), kept);
  g.dx(0) = mul(g, truediv(g, indicators, num_selected), dy);
}

// dy times the product of all other elements: products of what comes before and after, along the reduced dimensions
// brought to the front.
void prod_gradient(GradContext& g) {
  const Endpoint x = g.x(0);
  const Endpoint shape = g.shape(x);
  Endpoint axes = with_constant_ints(g, "Reshape", g.x(1), {-1}, "shape");
  const Endpoint kept = reduced_shape(g, shape, g.x(1));
  const Endpoint multiples = safe_shape_div(g, shape, kept);
  const Endpoint dy = g.op("Tile", {g.reshape(g.dy(0), kept), multiples});

  Endpoint order, num_reduced, num_other;
  {
    OnDevice cpu(g, "/device:CPU:0");
    const Endpoint rank = g.rank(x);
    axes = g.op("FloorMod", {add(g, axes, rank), rank}, {}, "mod");
    const Endpoint reduced = axes ? g.cast(axes, DType::kInt32) : axes;
    const Endpoint other = g.op("ListDiff", {range_to(g, rank), reduced});
    {
      GradContext::Scope scope(g.graph(), "concat");
      const Endpoint axis = g.constant(0, DType::kInt32, "axis");
      order = g.op("ConcatV2", {std::vector<Endpoint>{reduced, other}, axis}, {}, scope.name());
    }
    num_reduced = reduce_prod(g, gather(g, shape, reduced));
    num_other = reduce_prod(g, gather(g, shape, other));
  }
  const Endpoint permuted = g.op("Transpose", {x, order}, {}, "transpose");
  if (!permuted) return;
  const Endpoint permuted_shape = g.shape(permuted);
  Endpoint matrix;
  {
    GradContext::Scope scope(g.graph(), "Reshape");
    const Endpoint matrix_shape = g.op("Pack", {std::vector<Endpoint>{num_reduced, num_other}}, {}, "shape");
    matrix = g.op("Reshape", {permuted, matrix_shape}, {}, scope.name());
  }
  const Endpoint before = exclusive_cumprod(g, matrix, false);
  const Endpoint after = exclusive_cumprod(g, matrix, true);
  const Endpoint before_conj = g.conj(before);
  const Endpoint others = g.reshape(mul(g, before_conj, g.conj(after)), permuted_shape);
  const Endpoint inverse = g.op("InvertPermutation", {order});
  const Endpoint slopes = g.op("Transpose", {others, inverse}, {}, "transpose");
  g.dx(0) = g.reshape(mul(g, dy, slopes), shape);
}

}  // namespace reflow::ops
