// Concatenation along a dimension: Concat, ConcatV2, and ConcatOffset, which tells where each input begins.

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "reflow/graph/control_flow.h"
#include "reflow/op/elements.h"
#include "reflow/op/indices.h"
#include "reflow/op/op.h"
#include "reflow/op/quantized.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// What the kernel would say of shapes that are all known.
Status check_concat(ShapeContext& c, int first, int end, int64_t axis) {
  const Shape& one = c.input(first);
  const int rank = one.rank();
  if (axis < -rank || axis >= rank) {
    return invalid_argument("ConcatOp : Expected concatenating dimensions in the range [{}, {}), but got {}", -rank, rank,
                            axis);
  }
  if (axis < 0) axis += rank;
  for (int i = first; i < end; ++i) {
    const Shape& in = c.input(i);
    if (in.rank() != rank) {
      return invalid_argument(
          "ConcatOp : Ranks of all input tensors should match: shape[0] = {} vs. shape[{}] = {}", one.str(), i - first,
          in.str());
    }
    for (int d = 0; d < rank; ++d) {
      if (d == axis || in.dim(d) == one.dim(d)) continue;
      return invalid_argument("ConcatOp : Dimensions of inputs should match: shape[0] = {} vs. shape[{}] = {}", one.str(),
                              i - first, in.str());
    }
  }
  return OkStatus();
}

// The axis isn't known: all that the inputs tell is the rank.
Status shape_of_unknown_axis(ShapeContext& c, int first, int end) {
  int rank = -1;
  for (int i = first; i < end && rank < 0; ++i) rank = c.input(i).rank();
  if (rank == 0) return invalid_argument("Can't concatenate scalars (use tf.stack instead)");
  for (int i = first; i < end && rank > 0; ++i) {
    Shape in;
    RETURN_IF_ERROR(c.with_rank(c.input(i), rank, &in));
  }
  c.set_output(0, rank < 0 ? Shape::unknown() : Shape::unknown_of_rank(rank));
  return OkStatus();
}

// Inputs `first` to `end` (excluded) are the values.
Status concat_shape(ShapeContext& c, int first, int end, int axis_input, std::string_view axis_name) {
  const Tensor* value = c.value(axis_input);
  if (c.concrete() && c.input(axis_input).rank() != 0) {
    return invalid_argument("{} tensor should be a scalar integer, but got shape {}", axis_name,
                            c.input(axis_input).str());
  }
  Shape scalar;
  RETURN_IF_ERROR(c.with_rank(c.input(axis_input), 0, &scalar));
  if (value == nullptr) return shape_of_unknown_axis(c, first, end);
  const int64_t axis = IndexReader(*value)[0];
  if (c.concrete()) RETURN_IF_ERROR(check_concat(c, first, end, axis));

  constexpr int64_t kMost = std::numeric_limits<int32_t>::max();
  const auto min_rank = static_cast<int>(axis < 0 ? -std::max(axis, -kMost) : std::min(axis, kMost - 1) + 1);
  Shape before = Shape::unknown(), after = Shape::unknown();
  int64_t middle = 0;
  bool any = false;
  for (int i = end - 1; i >= first; --i) {
    Shape in, head, tail;
    RETURN_IF_ERROR(c.with_rank_at_least(c.input(i), min_rank, &in));
    if (!in.known_rank()) {
      middle = Shape::kUnknown;
      continue;
    }
    const int at = static_cast<int>(axis < 0 ? axis + in.rank() : axis);
    head = in.sub_shape(0, at);
    tail = in.sub_shape(at + 1, in.rank());
    any = true;
    RETURN_IF_ERROR(c.merge(head, before, &before));
    RETURN_IF_ERROR(add_dims(in.dim(at), middle, &middle));
    RETURN_IF_ERROR(c.merge(tail, after, &after));
  }
  if (!any) {
    c.set_output(0, Shape::unknown());
    return OkStatus();
  }
  before.add_dim(middle);
  Shape out;
  RETURN_IF_ERROR(c.concatenate(before, after, &out));
  c.set_output(0, std::move(out));
  return OkStatus();
}

Status concat_v1_shape(ShapeContext& c) { return concat_shape(c, 1, c.num_inputs(), 0, "concat_dim"); }
Status concat_v2_shape(ShapeContext& c) {
  return concat_shape(c, 0, c.num_inputs() - 1, c.num_inputs() - 1, "axis");
}

// Inputs [outer, size_i] side by side in the output [outer, sum of sizes].
template <typename E>
void concat(KernelContext& c, int first, int n, int64_t outer) {
  Tensor& result = c.output(0);
  E* out = static_cast<E*>(result.raw_data());
  if (result.num_elements() == 0) return;
  const int64_t row = result.num_elements() / outer;
  if (outer == 1) {
    for (int i = 0; i < n; ++i) {
      const Tensor& in = c.input(first + i);
      const E* from = static_cast<const E*>(in.raw_data());
      c.pool().parallel_for(in.num_elements(), kCopyCostNs<E>, [out, from](int64_t begin, int64_t end) {
        copy_elements(out + begin, from + begin, end - begin);
      });
      out += in.num_elements();
    }
    return;
  }
  c.pool().parallel_for(outer, kCopyCostNs<E> * row + 3 * n, [&](int64_t begin, int64_t end) {
    E* to = out + begin * row;
    for (int64_t o = begin; o < end; ++o) {
      for (int i = 0; i < n; ++i) {
        const Tensor& in = c.input(first + i);
        const int64_t size = in.num_elements() / outer;
        copy_elements(to, static_cast<const E*>(in.raw_data()) + o * size, size);
        to += size;
      }
    }
  });
}

template <bool kAxisFirst>
class Concat : public Kernel {
 public:
  explicit Concat(KernelInit& c)
      : concat_(with_element(c.node().output_type(0), []<typename E>() { return &concat<E>; })) {}

  Status compute(KernelContext& c) override {
    const int n = c.num_inputs() - 1;
    const int64_t axis = IndexReader(c.input(kAxisFirst ? 0 : n))[0];
    const Shape& shape = c.output(0).shape();
    const int at = static_cast<int>(axis < 0 ? axis + shape.rank() : axis);
    int64_t outer = 1;
    for (int d = 0; d < at; ++d) outer *= shape.dim(d);
    concat_(c, kAxisFirst ? 1 : 0, n, outer);
    return OkStatus();
  }

 private:
  void (*concat_)(KernelContext&, int, int, int64_t);
};

// Shapes of `values`: constants when all are known, else those of one ShapeN.
std::vector<Endpoint> shapes_of(GradContext& g, const std::vector<Endpoint>& values) {
  std::vector<Endpoint> shapes;
  for (const Endpoint& value : values) {
    shapes.push_back(g.shape(value));
    if (!value.shape().fully_defined()) {
      Node* all = g.ops("ShapeN", {values});
      shapes.clear();
      for (size_t i = 0; all != nullptr && i < values.size(); ++i) shapes.push_back(all->output(static_cast<int>(i)));
      return shapes;
    }
  }
  return shapes;
}

// Above so many inputs one Split is faster than as many Slices.
constexpr size_t kSlicesAtMost = 16;

// The axis; where it is a constant of another context, such as the loop that dy is the gradient of, made anew.
Endpoint axis_beside(GradContext& g, const Endpoint& axis, const Endpoint& dy) {
  if (axis.node->type() != "Const" || output_context(*axis.node) == output_context(*dy.node)) return axis;
  const StatusOr<Tensor> value = axis.node->attr<Tensor>("value");
  return value.ok() ? g.constant_tensor(*value) : axis;
}

// `value` as often as `count`, a vector of one number, says.
Endpoint filled(GradContext& g, Endpoint count, int value) {
  const GradContext::Scope scope(g.graph(), "Fill");
  const Endpoint filling = g.constant(value, DType::kInt32, "value");
  return g.op("Fill", {count, filling}, {}, scope.name());
}

// A vector with 1 at the place of `axis` and 0 elsewhere.
Endpoint mask_of_axis(GradContext& g, Endpoint rank, Endpoint axis) {
  Endpoint before;
  {
    const GradContext::Scope scope(g.graph(), "ExpandDims");
    const Endpoint dim = g.constant(0, DType::kInt32, "dim");
    before = g.op("ExpandDims", {axis, dim}, {}, scope.name());
  }
  const Endpoint zeros = filled(g, before, 0);
  Endpoint behind = g.op("Sub", {rank, axis}, {}, "sub");
  {
    const GradContext::Scope scope(g.graph(), "sub");
    const Endpoint one = g.constant(1, DType::kInt32, "y");
    behind = g.op("Sub", {behind, one}, {}, scope.name());
  }
  const Endpoint zeros_behind = filled(g, behind, 0);
  const GradContext::Scope scope(g.graph(), "concat");
  const Endpoint one = g.constant_ints({1}, DType::kInt32, "values_1"), along = g.constant(0, DType::kInt32, "axis");
  return g.op("ConcatV2", {std::vector<Endpoint>{zeros, one, zeros_behind}, along}, {}, scope.name());
}

// The columns of rows of a gradient, `dy`, that belong to each of the values, whose shapes `sizes` are.
void columns_gradient(GradContext& g, int first, const std::vector<Endpoint>& sizes, const Gradient& dy, Endpoint axis) {
  const Endpoint rank = g.shape(sizes[0]);
  const Endpoint mask = mask_of_axis(g, rank, axis);
  Endpoint begin = filled(g, rank, 0);
  for (size_t i = 0; i < sizes.size(); ++i) {
    Endpoint rest, size;
    {
      const GradContext::Scope scope(g.graph(), "Slice");
      const Endpoint from = g.constant_ints({1}, DType::kInt32, "begin"), to = g.constant_ints({-1}, DType::kInt32, "size");
      rest = g.op("Slice", {sizes[i], from, to}, {}, scope.name());
    }
    {
      const GradContext::Scope scope(g.graph(), "concat");
      const Endpoint rows = g.constant_ints({-1}, DType::kInt32, "values_0"), along = g.constant(0, DType::kInt32, "axis");
      size = g.op("ConcatV2", {std::vector<Endpoint>{rows, rest}, along}, {}, scope.name());
    }
    g.dx(first + static_cast<int>(i)) = Gradient(g.op("Slice", {dy.values, begin, size}), dy.indices, sizes[i]);
    const Endpoint width = g.op("Mul", {sizes[i], mask}, {}, "mul");
    begin = g.op("Add", {begin, width});
  }
}

// The parts of rows of a gradient, `dy`, that belong to each of the values: along the rows those whose indices are the
// value's, along another dimension of all rows the value's columns.
void concat_slices_gradient(GradContext& g, int first, const std::vector<Endpoint>& values, const Gradient& dy, Endpoint axis) {
  const Endpoint own_axis = g.op("FloorMod", {axis_beside(g, axis, dy.values), g.rank(values[0])}, {}, "mod");
  const StatusOr<Tensor> known = axis.node->attr<Tensor>("value");
  if (axis.node->type() != "Const" || !known.ok()) {
    return g.fail(invalid_argument("Can only compute IndexedSlices gradient with statically-known concat_dim"));
  }
  const int64_t at = known->dtype() == DType::kInt64 ? known->item<int64_t>() : known->item<int32_t>();
  if (at < 0 && !values[0].shape().known_rank()) {
    return g.fail(invalid_argument("Can only compute IndexedSlices gradient with negative concat_dim when first value rank is "
                                   "statically-known."));
  }
  if (at < 0) g.rank(values[0]);
  std::vector<Endpoint> sizes;
  for (const Endpoint& value : values) sizes.push_back(g.shape(value));
  if (at < 0 ? at + values[0].shape().rank() != 0 : at != 0) return columns_gradient(g, first, sizes, dy, own_axis);
  const auto gather = [&](Endpoint from, Endpoint places) {
    GradContext::Scope scope(g.graph(), "GatherV2");
    return g.op("GatherV2", {from, places, g.constant(0, DType::kInt32, "axis")}, {}, scope.name());
  };
  Endpoint begin = g.constant(0, dy.indices.dtype());
  for (size_t i = 0; i < sizes.size(); ++i) {
    const Endpoint end = g.op("AddV2", {begin, g.cast(gather(sizes[i], own_axis), dy.indices.dtype())}, {}, "add");
    const Endpoint behind_begin = g.op("GreaterEqual", {dy.indices, begin});
    const Endpoint within = g.op("LogicalAnd", {behind_begin, g.op("Less", {dy.indices, end})});
    const Endpoint chosen = g.op("Squeeze", {g.op("Where", {within})}, {{"squeeze_dims", std::vector<int64_t>{1}}});
    const Endpoint indices = g.op("Sub", {gather(dy.indices, chosen), begin}, {}, "sub");
    g.dx(first + static_cast<int>(i)) = Gradient(gather(dy.values, chosen), indices, sizes[i]);
    begin = end;
  }
}

void concat_gradient(GradContext& g, int first, int end, int axis_input) {
  std::vector<Endpoint> values;
  for (int i = first; i < end; ++i) values.push_back(g.x(i));
  if (values.size() == 1) {
    g.dx(first) = g.dy_gradient(0);
    return;
  }
  if (g.dy_gradient(0).is_slices()) return concat_slices_gradient(g, first, values, g.dy_gradient(0), g.x(axis_input));
  const Endpoint dy = g.dy(0);
  if (!g.status().ok()) return;
  const Endpoint own_axis = axis_beside(g, g.x(axis_input), dy);
  const Endpoint axis = g.op("FloorMod", {own_axis, g.rank(values[0])}, {}, "mod");
  const std::vector<Endpoint> sizes = shapes_of(g, values);
  if (!g.status().ok()) return;
  if (sizes.size() <= kSlicesAtMost) {
    Node* offsets = g.ops("ConcatOffset", {axis, sizes});
    for (size_t i = 0; offsets != nullptr && i < sizes.size(); ++i) {
      g.dx(first + static_cast<int>(i)) = g.op("Slice", {dy, offsets->output(static_cast<int>(i)), sizes[i]});
    }
    return;
  }
  const Endpoint stacked = g.op("Pack", {sizes}, {{"axis", 1}}, "stack");
  Endpoint along;
  {
    GradContext::Scope scope(g.graph(), "Slice");
    Endpoint begin;
    {
      GradContext::Scope inner(g.graph(), "begin");
      begin = g.op("Pack", {std::vector<Endpoint>{axis, g.constant(0, DType::kInt32, "1")}}, {}, inner.name());
    }
    const Endpoint size = g.constant_ints({1, -1}, DType::kInt32, "size");
    along = g.op("Slice", {stacked, begin, size}, {}, scope.name());
  }
  Node* parts = g.ops("SplitV", {dy, g.op("Squeeze", {along}), axis},
                      {{"num_split", static_cast<int64_t>(sizes.size())}}, "split");
  for (size_t i = 0; parts != nullptr && i < sizes.size(); ++i) {
    g.dx(first + static_cast<int>(i)) = parts->output(static_cast<int>(i));
  }
}

REFLOW_OP("Concat")
    .input("concat_dim: int32")
    .input("values: N * T")
    .output("output: T")
    .attr("N: int >= 2")
    .attr("T: type")
    .doc("The `values` one after the other along the dimension `concat_dim`; their other dimensions are the same.")
    .shape(concat_v1_shape)
    .kernel<Concat<true>>(kCpu)
    .gradient([](GradContext& g) { concat_gradient(g, 1, g.num_inputs(), 0); });

REFLOW_OP("ConcatV2")
    .input("values: N * T")
    .input("axis: Tidx")
    .output("output: T")
    .attr("N: int >= 2")
    .attr("T: type")
    .attr("Tidx: {int32, int64} = DT_INT32")
    .doc("The `values` one after the other along the dimension `axis`, negative ones counting from the back; their other "
         "dimensions are the same.")
    .shape(concat_v2_shape)
    .kernel<Concat<false>>(kCpu)
    .gradient([](GradContext& g) { concat_gradient(g, 0, g.num_inputs() - 1, g.num_inputs() - 1); });

class ConcatOffset : public Kernel {
 public:
  explicit ConcatOffset(KernelInit&) {}

  Status compute(KernelContext& c) override {
    const Tensor& dim = c.input(0);
    if (dim.rank() != 0) {
      return invalid_argument("Concat dim tensor should be a scalar integer, but got shape {}", dim.shape().str());
    }
    const Tensor& first = c.input(1);
    for (int i = 1; i < c.num_inputs(); ++i) {
      if (c.input(i).rank() != 1) {
        return invalid_argument("input {} should be a vector, but got shape {}", i - 1, c.input(i).shape().str());
      }
    }
    const int32_t rank = static_cast<int32_t>(first.num_elements());
    const int32_t axis = dim.item<int32_t>() < 0 ? dim.item<int32_t>() + rank : dim.item<int32_t>();
    if (axis < 0 || axis >= rank) return invalid_argument("Concat dim is out of range: {} vs. {}", axis, rank);
    uint32_t offset = 0;  // it may go round
    for (int i = 1; i < c.num_inputs(); ++i) {
      const Tensor& in = c.input(i);
      if (in.num_elements() != rank) {
        return invalid_argument("input {} should contain {} elements, but got {}", i - 1, rank, in.num_elements());
      }
      const int32_t* sizes = in.data<int32_t>();
      int32_t* out = c.output(i - 1).data<int32_t>();
      for (int d = 0; d < rank; ++d) {
        out[d] = 0;
        if (d != axis && sizes[d] != first.data<int32_t>()[d]) {
          return invalid_argument(
              "All dimensions except {} must match. Input {} has shape [{}] and doesn't match input 0 with shape [{}].",
              axis,
              i - 1, in.summarize(10), first.summarize(10));
        }
      }
      out[axis] = static_cast<int32_t>(offset);
      offset += static_cast<uint32_t>(sizes[axis]);
    }
    return OkStatus();
  }
};

Status concat_offset_shape(ShapeContext& c) {
  for (int i = 1; i < c.num_inputs(); ++i) c.set_output(i - 1, c.input(i));
  return OkStatus();
}

REFLOW_OP("ConcatOffset")
    .input("concat_dim: int32")
    .input("shape: N * int32")
    .output("offset: N * int32")
    .attr("N: int >= 2")
    .doc("Where tensors of the shapes `shape` begin in their concatenation along `concat_dim`.")
    .shape(concat_offset_shape)
    .kernel<ConcatOffset>(kCpu)
    .not_differentiable();

// Inputs of several ranges, side by side in the range that holds them all.
template <typename Q>
class QuantizedConcat : public Kernel {
 public:
  explicit QuantizedConcat(KernelInit& c) : n_(static_cast<int>(c.attr<int64_t>("N"))) {}
  Status compute(KernelContext& c) override {
    std::vector<QuantizedRange> ranges;
    QuantizedRange all{0, std::numeric_limits<float>::lowest()};
    for (int i = 0; i < n_; ++i) {
      const Tensor &min = c.input(1 + n_ + i), &max = c.input(1 + 2 * n_ + i);
      if (min.num_elements() < 1 || max.num_elements() < 1) return invalid_argument("The range of input {} is empty", i);
      ranges.push_back({min.item<float>(), max.item<float>()});
      all = {std::min(all.min, ranges[i].min), std::max(all.max, ranges[i].max)};
    }
    if (QuantizedInteger<Q>::kSigned) {
      const float largest = std::max(std::abs(all.min), std::abs(all.max));
      all = {-largest, largest};
    }
    Tensor& out = c.output(0);
    const int axis = static_cast<int>(IndexReader(c.input(0))[0]);
    int64_t outer = 1;
    for (int d = 0; d < axis; ++d) outer *= out.dim(d);
    Q* to = out.data<Q>();
    for (int64_t o = 0; o < outer; ++o) {
      for (int i = 0; i < n_; ++i) {
        const int64_t size = c.input(1 + i).num_elements() / outer;
        const Q* from = c.input(1 + i).data<Q>() + o * size;
        const ToFloat<Q> to_float(ranges[i]);
        const ToQuantized<Q> to_quantized(all);
        for (int64_t k = 0; k < size; ++k) *to++ = ranges[i] == all ? from[k] : to_quantized(to_float(from[k]));
      }
    }
    put_range(c, 1, all);
    return OkStatus();
  }

 private:
  const int n_;
};

REFLOW_OP("QuantizedConcat")
    .input("concat_dim: int32")
    .input("values: N * T")
    .input("input_mins: N * float")
    .input("input_maxes: N * float")
    .output("output: T")
    .output("output_min: float")
    .output("output_max: float")
    .attr("N: int >= 2")
    .attr("T: type")
    .doc("Concat of quantized numbers, each input with a range of its own; the output's range holds them all.")
    .shape([](ShapeContext& c) {
      const int n = (c.num_inputs() - 1) / 3;
      if (c.concrete() && c.value(0) != nullptr && c.value(0)->num_elements() > 0) {
        const int64_t axis = IndexReader(*c.value(0))[0];
        if (axis < 0 || axis >= c.input(1).rank()) {
          return invalid_argument("ConcatOp : Expected concatenating dimensions in the range [0, {}), but got {}", c.input(1).rank(), axis);
        }
      }
      RETURN_IF_ERROR(concat_shape(c, 1, 1 + n, 0, "concat_dim"));
      RETURN_IF_ERROR(check_scalars(c, 1 + n, c.num_inputs()));
      set_range_outputs(c);
      return OkStatus();
    })
    .kernel<QuantizedConcat>(kCpu, Types<Quint8, Qint32>{});

}  // namespace
}  // namespace reflow::ops
