// Repetition: Tile, which lays copies side by side, and BroadcastTo.

#include <algorithm>
#include <string>
#include <vector>

#include "reflow/op/indices.h"
#include "reflow/op/op.h"
#include "reflow/op/strided_copy.h"
#include "reflow/op/wrapping.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

using GatherFn = void (*)(ThreadPool&, const StridedView&, void*, const void*);
GatherFn gather_fn(DType type) {
  return with_element(type, []<typename E>() -> GatherFn {
    return [](ThreadPool& pool, const StridedView& view, void* out, const void* in) {
      gather_strided(pool, view, static_cast<E*>(out), static_cast<const E*>(in));
    };
  });
}

class Tile : public Kernel {
 public:
  explicit Tile(KernelInit& c) : gather_(gather_fn(c.node().output_type(0))) {}
  Status compute(KernelContext& c) override {
    const Tensor& in = c.input(0);
    if (c.output(0).num_elements() == 0) return OkStatus();
    const IndexReader multiples(c.input(1));
    StridedView view;
    int64_t stride = in.num_elements();
    for (int d = 0; d < in.rank(); ++d) {
      stride /= in.dim(d);
      view.add_dim(multiples[d], 0);
      view.add_dim(in.dim(d), stride);
    }
    gather_(c.pool(), view, c.output(0).raw_data(), in.raw_data());
    return OkStatus();
  }

 private:
  GatherFn gather_;
};

Status tile_shape(ShapeContext& c) {
  const Shape& in = c.input(0);
  const Tensor* multiples = c.value(1);
  if (c.concrete() && multiples != nullptr) {
    if (multiples->rank() != 1) {
      return invalid_argument("Expected multiples to be 1-D, but got shape {}", multiples->shape().str());
    }
    const IndexReader m(*multiples);
    if (m.size() != in.rank()) {
      return invalid_argument("Expected multiples argument to be a vector of length {} but got length {}", in.rank(),
                              m.size());
    }
    for (int d = 0; d < in.rank(); ++d) {
      if (m[d] < 0) return invalid_argument("Expected multiples[{}] >= 0, but got {}", d, m[d]);
    }
  }
  Shape factors, known = in;
  RETURN_IF_ERROR(c.value_as_shape(1, &factors));
  if (in.known_rank()) {
    RETURN_IF_ERROR(c.with_rank(factors, in.rank(), &factors));
  } else if (factors.known_rank()) {
    known = Shape::unknown_of_rank(factors.rank());
  } else {
    c.set_output(0, Shape::unknown());
    return OkStatus();
  }
  Shape out;
  for (int d = 0; d < factors.rank(); ++d) {
    int64_t size;
    RETURN_IF_ERROR(multiply_dims(known.dim(d), factors.dim(d), &size));
    out.add_dim(size);
  }
  c.set_output(0, std::move(out));
  return OkStatus();
}

// The copies as dimensions of their own, to be summed: shape [m0, d0, m1, d1, ..], over the even ones.
// x[begin] of a vector where `end` is one more, else x[begin:].
Endpoint part(GradContext& g, Endpoint x, int begin, int end) {
  GradContext::Scope scope(g.graph(), "strided_slice");
  const bool one = end == begin + 1;
  const Endpoint first = g.constant_ints({begin}, DType::kInt32, "stack");
  const Endpoint last = g.constant_ints({end}, DType::kInt32, "stack_1"), step = g.constant_ints({1}, DType::kInt32, "stack_2");
  return g.op("StridedSlice", {x, first, last, step}, {{"shrink_axis_mask", one ? 1 : 0}, {"end_mask", one ? 0 : 1}},
              scope.name());
}

void tile_gradient(GradContext& g) {
  const Endpoint shape = g.shape(g.x(0), g.x(1).dtype());
  const Endpoint rows = g.op("Pack", {std::vector<Endpoint>{g.x(1), shape}}, {}, "stack");
  Endpoint pairs;
  {
    GradContext::Scope scope(g.graph(), "transpose");
    const Endpoint perm = g.constant_ints({1, 0}, DType::kInt32, "perm");
    pairs = g.op("Transpose", {rows, perm}, {}, scope.name());
  }
  Endpoint split_shape;
  {
    GradContext::Scope scope(g.graph(), "Reshape");
    const Endpoint flat = g.constant_ints({-1}, DType::kInt32, "shape");
    split_shape = g.op("Reshape", {pairs, flat}, {}, scope.name());
  }
  const Endpoint size = g.size(split_shape);
  Endpoint axes;
  {
    GradContext::Scope scope(g.graph(), "range");
    const Endpoint start = g.constant(0, DType::kInt32, "start"), delta = g.constant(2, DType::kInt32, "delta");
    axes = g.op("Range", {start, size, delta}, {}, scope.name());
  }
  Endpoint dy = g.dy(0);
  if (const Gradient& slices = g.dy_gradient(0); slices.is_slices()) {
    // The copies along the first dimension are summed by the rows' numbers.
    const Endpoint rows = g.cast(part(g, shape, 0, 1), base_type(slices.indices.dtype()));
    const Endpoint rows_of_x = g.op("FloorMod", {slices.indices, rows});
    dy = g.op("UnsortedSegmentSum", {slices.values, rows_of_x, rows});
    const Endpoint others = part(g, split_shape, 1, 0);
    GradContext::Scope scope(g.graph(), "concat");
    const Endpoint one = g.constant_ints({1}, split_shape.dtype(), "values_0");
    const Endpoint axis = g.constant(0, DType::kInt32, "axis");
    split_shape = g.op("ConcatV2", {std::vector<Endpoint>{one, others}, axis}, {}, scope.name());
  }
  dy = g.reshape(dy, split_shape);
  Endpoint dx = g.reduce_sum(dy, axes);
  // Where the shape is known only to the graph, later ops should know it too.
  if (dx && g.x(0).shape().fully_defined() && !dx.shape().fully_defined()) {
    dx.node->set_output_shape(0, g.x(0).shape());
  }
  g.dx(0) = dx;
}

REFLOW_OP("Tile")
    .input("input: T")
    .input("multiples: Tmultiples")
    .output("output: T")
    .attr("T: type")
    .attr("Tmultiples: {int32, int64} = DT_INT32")
    .doc("Copies of `input` side by side: multiples[i] of them along dimension i.")
    .shape(tile_shape)
    .kernel<Tile>(kCpu)
    .gradient(tile_gradient);

Status broadcast_to_shape(ShapeContext& c) {
  const Shape& in = c.input(0);
  Shape out;
  if (c.concrete() && c.value(1) != nullptr) {
    const IndexReader sizes(*c.value(1));
    for (int64_t d = 0; d < sizes.size(); ++d) {
      if (sizes[d] < 0) return invalid_argument("Dimension {} must be >= 0", sizes[d]);
    }
    RETURN_IF_ERROR(c.value_as_shape(1, &out));
    if (in.rank() > out.rank()) {
      return invalid_argument("Rank of input ({}) must be no greater than rank of output shape ({}).", in.rank(),
                              out.rank());
    }
    for (int d = 0; d < in.rank(); ++d) {
      if (in.dim(d) != 1 && in.dim(d) != out.dim(d + out.rank() - in.rank())) {
        return invalid_argument("Incompatible shapes: {} vs. {}", in.str(), out.str());
      }
    }
    c.set_output(0, std::move(out));
    return OkStatus();
  }
  Shape vector;
  RETURN_IF_ERROR(c.with_rank(c.input(1), 1, &vector));
  RETURN_IF_ERROR(c.value_as_shape(1, &out));
  if (!out.known_rank()) {
    c.set_output(0, Shape::unknown());
    return OkStatus();
  }
  Shape known;
  RETURN_IF_ERROR(c.with_rank_at_most(in, out.rank(), &known));
  if (known.known_rank()) {
    for (int d = 0; d < known.rank(); ++d) {
      const int at = d + out.rank() - known.rank();
      const int64_t from = known.dim(d), to = out.dim(at);
      if (from < 0 || from == 1 || (from == 0 && to < 0)) continue;
      int64_t merged;
      RETURN_IF_ERROR(c.merge_dim(from, to, &merged));
      out.set_dim(at, merged);
    }
  }
  c.set_output(0, std::move(out));
  return OkStatus();
}

class BroadcastTo : public Kernel {
 public:
  explicit BroadcastTo(KernelInit& c) : gather_(gather_fn(c.node().output_type(0))) {}
  Status compute(KernelContext& c) override {
    const Tensor& in = c.input(0);
    Tensor& out = c.output(0);
    const int added = out.rank() - in.rank();
    StridedView view;
    int64_t stride = in.num_elements();
    if (out.num_elements() == 0) return OkStatus();
    for (int d = 0; d < out.rank(); ++d) {
      const int64_t size = d < added ? 1 : in.dim(d - added);
      stride /= size;
      view.add_dim(out.dim(d), size == 1 ? 0 : stride);
    }
    gather_(c.pool(), view, out.raw_data(), in.raw_data());
    return OkStatus();
  }

 private:
  GatherFn gather_;
};

REFLOW_OP("BroadcastTo")
    .input("input: T")
    .input("shape: Tidx")
    .output("output: T")
    .attr("T: type")
    .attr("Tidx: {int32, int64} = DT_INT32")
    .doc("`input` repeated to the shape `shape`, by NumPy's rules.")
    .shape(broadcast_to_shape)
    .kernel<BroadcastTo>(kCpu)
    .gradient([](GradContext& g) {
      const Endpoint small = g.shape(g.x(0), g.x(1).dtype());
      Node* axes = g.ops("BroadcastGradientArgs", {g.x(1), small});
      if (axes == nullptr) return;
      g.dx(0) = g.reshape(g.reduce_sum(g.dy(0), axes->output(1), /*keep_dims=*/true), small);
    });

// The tiles added up.
template <typename T>
class TileGrad : public Kernel {
 public:
  explicit TileGrad(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor& in = c.input(0);
    Tensor& out = c.output(0);
    T* sum = out.data<T>();
    std::fill_n(sum, out.num_elements(), T());
    std::vector<int64_t> strides(in.rank());  // in `out`
    int64_t stride = 1;
    for (int d = in.rank() - 1; d >= 0; --d) {
      strides[d] = stride;
      stride *= out.dim(d);
    }
    const T* x = in.data<T>();
    for (int64_t i = 0; i < in.num_elements(); ++i) {
      int64_t at = 0, rest = i;
      for (int d = in.rank() - 1; d >= 0; --d) {
        at += rest % in.dim(d) % out.dim(d) * strides[d];
        rest /= in.dim(d);
      }
      sum[at] = wrapping_sum(sum[at], x[i]);
    }
    return OkStatus();
  }
};

Status tile_grad_shape(ShapeContext& c) {
  const Tensor* multiples = c.value(1);
  if (!c.concrete() || multiples == nullptr) return unknown_shape(c);
  Shape out = c.input(0);
  const IndexReader m(*multiples);
  if (multiples->rank() != 1 || m.size() != out.rank()) {
    return invalid_argument("Expected multiples argument to be a vector of length {} but got length {}", out.rank(), m.size());
  }
  for (int d = 0; d < out.rank(); ++d) {
    if (m[d] <= 0 || out.dim(d) % m[d] != 0) {
      return invalid_argument("Expected a multiple of multiples[{}] = {}, but dimension {} is {}", d, m[d], d, out.dim(d));
    }
    out.set_dim(d, out.dim(d) / m[d]);
  }
  c.set_output(0, std::move(out));
  return OkStatus();
}

REFLOW_OP("TileGrad")
    .input("input: T")
    .input("multiples: int32")
    .output("output: T")
    .attr("T: type")
    .deprecated(3, "TileGrad has been replaced with reduce_sum")
    .doc("The gradient of Tile: `input` is taken for multiples[i] tiles along dimension i, which are added up.")
    .shape(tile_grad_shape)
    .kernel<TileGrad>(kCpu, kNumberTypes);

}  // namespace
}  // namespace reflow::ops
