// Borders around a tensor: Pad and PadV2 with a value, MirrorPad with what lies inside.

#include <algorithm>
#include <string>

#include "reflow/op/indices.h"
#include "reflow/op/op.h"
#include "reflow/op/strided_copy.h"
#include "reflow/op/wrapping.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// "[1,2] [2,3]": the shapes in messages of paddings that don't fit.
Status check_paddings_shape(const Shape& in, const Tensor& paddings) {
  if (paddings.rank() != 2 || paddings.dim(1) != 2) {
    return invalid_argument("paddings must be a matrix with 2 columns: {}", paddings.shape().str());
  }
  if (paddings.dim(0) != in.rank()) {
    return invalid_argument("The first dimension of paddings must be the rank of inputs{} {}", paddings.shape().str(),
                            in.str());
  }
  return OkStatus();
}

Status pad_shape(ShapeContext& c) {
  const Tensor* paddings = c.value(1);
  if (c.concrete() && paddings != nullptr) {
    const Shape& in = c.input(0);
    RETURN_IF_ERROR(check_paddings_shape(in, *paddings));
    const IndexReader p(*paddings);
    Shape out;
    for (int d = 0; d < in.rank(); ++d) {
      if (p[2 * d] < 0 || p[2 * d + 1] < 0) {
        return invalid_argument("Paddings must be non-negative: {} {}", p[2 * d], p[2 * d + 1]);
      }
      int64_t size;
      RETURN_IF_ERROR(add_dims(in.dim(d), p[2 * d], &size));
      RETURN_IF_ERROR(add_dims(size, p[2 * d + 1], &size));
      out.add_dim(size);
    }
    c.set_output(0, std::move(out));
    return OkStatus();
  }
  Shape in = c.input(0), rows;
  RETURN_IF_ERROR(c.with_rank(c.input(1), 2, &rows));
  int64_t two;
  RETURN_IF_ERROR(c.with_value(rows.dim(1), 2, &two));
  int64_t rank = rows.dim(0);
  if (paddings == nullptr) {
    if (rank >= 0) RETURN_IF_ERROR(c.with_rank(in, static_cast<int>(rank), &in));
    if (in.known_rank()) {
      RETURN_IF_ERROR(c.with_value(rank, in.rank(), &rank));
      c.set_output(0, Shape::unknown_of_rank(in.rank()));
    } else {
      c.set_output(0, Shape::unknown());
    }
    return OkStatus();
  }
  const IndexReader p(*paddings);
  RETURN_IF_ERROR(c.with_rank(in, static_cast<int>(rank), &in));
  Shape out;
  for (int d = 0; d < rank; ++d) {
    if (p[2 * d] < 0 || p[2 * d + 1] < 0) return invalid_argument("Paddings must be non-negative");
    int64_t size;
    RETURN_IF_ERROR(add_dims(in.dim(d), p[2 * d], &size));
    RETURN_IF_ERROR(add_dims(size, p[2 * d + 1], &size));
    out.add_dim(size);
  }
  c.set_output(0, std::move(out));
  return OkStatus();
}

// Fills `out` with `value` (null: zeros), then puts `in` into its place.
template <typename E>
void pad(KernelContext& c, const void* value, const StridedView& view) {
  Tensor& result = c.output(0);
  E* out = static_cast<E*>(result.raw_data());
  const E fill = value ? *static_cast<const E*>(value) : E{};
  if (view.num_elements() != result.num_elements()) {
    c.pool().parallel_for(result.num_elements(), kCopyCostNs<E>,
                          [&](int64_t begin, int64_t end) { std::fill(out + begin, out + end, fill); });
  }
  scatter_strided(c.pool(), view, static_cast<const E*>(c.input(0).raw_data()), out);
}

class Pad : public Kernel {
 public:
  explicit Pad(KernelInit& c) : pad_(with_element(c.node().output_type(0), []<typename E>() { return &pad<E>; })) {}
  Status compute(KernelContext& c) override {
    const Tensor& in = c.input(0);
    const Tensor& out = c.output(0);
    if (c.num_inputs() == 3 && c.input(2).rank() != 0) {
      return invalid_argument("constant_values must be a scalar. Found: {}", c.input(2).shape().str());
    }
    if (out.num_elements() == 0) return OkStatus();
    const IndexReader p(c.input(1));
    StridedView view;
    int64_t stride = out.num_elements();
    for (int d = 0; d < in.rank(); ++d) {
      stride /= out.dim(d);
      view.offset += p[2 * d] * stride;
      view.add_dim(in.dim(d), stride);
    }
    pad_(c, c.num_inputs() == 3 ? c.input(2).raw_data() : nullptr, view);
    return OkStatus();
  }

 private:
  void (*pad_)(KernelContext&, const void*, const StridedView&);
};

// The part of dy that lies where x was.
void pad_gradient(GradContext& g) {
  const Endpoint x = g.x(0), paddings = g.x(1);
  Endpoint first_column;
  const Endpoint rank = g.rank(x);
  {
    GradContext::Scope scope(g.graph(), "stack");
    first_column = g.op("Pack", {std::vector<Endpoint>{rank, g.constant(1, DType::kInt32, "1")}}, {}, scope.name());
  }
  Endpoint before;
  {
    GradContext::Scope scope(g.graph(), "Slice");
    const Endpoint begin = g.constant_ints({0, 0}, DType::kInt32, "begin");
    before = g.op("Slice", {paddings, begin, first_column}, {}, scope.name());
  }
  Endpoint begin;
  {
    GradContext::Scope scope(g.graph(), "Reshape");
    const Endpoint flat = g.constant_ints({-1}, DType::kInt32, "shape");
    begin = g.op("Reshape", {before, flat}, {}, scope.name());
  }
  const Endpoint sizes = g.shape(x, begin ? begin.dtype() : DType::kInt32);
  g.dx(0) = g.op("Slice", {g.dy(0), begin, sizes});
}

REFLOW_OP("Pad")
    .input("input: T")
    .input("paddings: Tpaddings")
    .output("output: T")
    .attr("T: type")
    .attr("Tpaddings: {int32, int64} = DT_INT32")
    .doc("`input` with zeros around it: paddings[d, 0] before and paddings[d, 1] behind it in dimension d.")
    .shape(pad_shape)
    .kernel<Pad>(kCpu)
    .gradient(pad_gradient);

REFLOW_OP("PadV2")
    .input("input: T")
    .input("paddings: Tpaddings")
    .input("constant_values: T")
    .output("output: T")
    .attr("T: type")
    .attr("Tpaddings: {int32, int64} = DT_INT32")
    .doc("`input` with the value `constant_values` around it: paddings[d, 0] times before and paddings[d, 1] behind it in "
         "dimension d.")
    .shape(pad_shape)
    .kernel<Pad>(kCpu)
    .gradient(pad_gradient);

// ---- MirrorPad

// Where in [0, size) index i lies, of which i < 0 and i >= size are mirrored: with (offset 0) or without (1) the edge.
int64_t mirrored(int64_t i, int64_t size, int64_t offset) {
  if (i < 0) return -i - 1 + offset;
  if (i >= size) return 2 * size - 1 - i - offset;
  return i;
}

Status check_mirror_paddings(const Shape& in, const Tensor& paddings, bool symmetric) {
  RETURN_IF_ERROR(check_paddings_shape(in, paddings));
  const IndexReader p(paddings);
  for (int d = 0; d < in.rank(); ++d) {
    const int64_t before = p[2 * d], behind = p[2 * d + 1], size = in.dim(d);
    if (before < 0 || behind < 0) return invalid_argument("paddings must be non-negative: {} {}", before, behind);
    if (symmetric ? before > size || behind > size : before >= size || behind >= size) {
      return invalid_argument("paddings must be {} the dimension size: {}, {} {} {}",
                              symmetric ? "no greater than" : "less than", before, behind,
                              symmetric ? "greater than" : "not less than", size);
    }
  }
  return OkStatus();
}

bool is_symmetric(const Node& node) {
  auto mode = node.attr<std::string>("mode");
  return mode.ok() && *mode == "SYMMETRIC";
}

Status mirror_pad_shape(ShapeContext& c) {
  if (c.concrete() && c.value(1) != nullptr) {
    RETURN_IF_ERROR(check_mirror_paddings(c.input(0), *c.value(1), is_symmetric(c.node())));
  }
  return pad_shape(c);
}

// Calls f(position in the large tensor, position in the small one, n) for runs of n elements that lie one behind the other
// in both; all elements of the large one are in one.
template <typename F>
void for_each_mirrored(const Shape& large, const Shape& small, const IndexReader& paddings, int64_t offset, F&& f) {
  const int rank = large.rank();
  if (large.num_elements() == 0) return;
  if (rank == 0) return f(int64_t{0}, int64_t{0}, int64_t{1});
  int64_t index[Shape::kMaxRank] = {}, strides[Shape::kMaxRank];
  int64_t stride = 1;
  for (int d = rank - 1; d >= 0; --d) {
    strides[d] = stride;
    stride *= small.dim(d);
  }
  const int last = rank - 1;
  const int64_t width = large.dim(last), inner = small.dim(last), before = paddings[2 * last];
  for (int64_t row = 0; row < large.num_elements(); row += width) {
    int64_t at = 0;
    for (int d = 0; d < last; ++d) at += mirrored(index[d] - paddings[2 * d], small.dim(d), offset) * strides[d];
    for (int64_t i = 0; i < before; ++i) f(row + i, at + mirrored(i - before, inner, offset), int64_t{1});
    f(row + before, at, inner);
    for (int64_t i = before + inner; i < width; ++i) f(row + i, at + mirrored(i - before, inner, offset), int64_t{1});
    for (int d = last - 1; d >= 0 && ++index[d] == large.dim(d); --d) index[d] = 0;
  }
}

class MirrorPad : public Kernel {
 public:
  explicit MirrorPad(KernelInit& c)
      : offset_(is_symmetric(c.node()) ? 0 : 1),
        copy_(with_element(c.node().output_type(0), []<typename E>() -> CopyFn {
          return [](const Tensor& in, Tensor& out, const IndexReader& paddings, int64_t offset) {
            const E* from = static_cast<const E*>(in.raw_data());
            E* to = static_cast<E*>(out.raw_data());
            for_each_mirrored(out.shape(), in.shape(), paddings, offset,
                              [&](int64_t large, int64_t small, int64_t n) { std::copy_n(from + small, n, to + large); });
          };
        })) {}

  Status compute(KernelContext& c) override {
    RETURN_IF_ERROR(check_mirror_paddings(c.input(0).shape(), c.input(1), offset_ == 0));
    copy_(c.input(0), c.output(0), IndexReader(c.input(1)), offset_);
    return OkStatus();
  }

 private:
  using CopyFn = void (*)(const Tensor&, Tensor&, const IndexReader&, int64_t);
  int64_t offset_;
  CopyFn copy_;
};

REFLOW_OP("MirrorPad")
    .input("input: T")
    .input("paddings: Tpaddings")
    .output("output: T")
    .attr("T: type")
    .attr("Tpaddings: {int32, int64} = DT_INT32")
    .attr("mode: {'REFLECT', 'SYMMETRIC'}")
    .doc("`input` continued by its mirror image: 'SYMMETRIC' repeats the elements at the border, 'REFLECT' doesn't.")
    .shape(mirror_pad_shape)
    .kernel<MirrorPad>(kCpu)
    .gradient([](GradContext& g) {
      g.dx(0) = g.op("MirrorPadGrad", {g.dy(0), g.x(1)}, {{"mode", g.attr<std::string>("mode")}});
    });

template <typename T>
class MirrorPadGrad : public Kernel {
 public:
  explicit MirrorPadGrad(KernelInit& c) : offset_(is_symmetric(c.node()) ? 0 : 1) {}
  Status compute(KernelContext& c) override {
    const Tensor& in = c.input(0);
    Tensor& out = c.output(0);
    RETURN_IF_ERROR(check_mirror_paddings(out.shape(), c.input(1), offset_ == 0));
    T* to = out.data<T>();
    const T* from = in.data<T>();
    std::fill(to, to + out.num_elements(), T(0));
    for_each_mirrored(in.shape(), out.shape(), IndexReader(c.input(1)), offset_,
                      [&](int64_t large, int64_t small, int64_t n) {
                        for (int64_t i = 0; i < n; ++i) to[small + i] = wrapping_sum(to[small + i], from[large + i]);
                      });
    return OkStatus();
  }

 private:
  int64_t offset_;
};

Status mirror_pad_grad_shape(ShapeContext& c) {
  const Tensor* paddings = c.value(1);
  const Shape& in = c.input(0);
  Shape rows;
  RETURN_IF_ERROR(c.with_rank(c.input(1), 2, &rows));
  int64_t two;
  RETURN_IF_ERROR(c.with_value(rows.dim(1), 2, &two));
  Shape known = in;
  if (rows.dim(0) >= 0) RETURN_IF_ERROR(c.with_rank(in, static_cast<int>(rows.dim(0)), &known));
  if (paddings == nullptr) {
    c.set_output(0, known.known_rank() ? Shape::unknown_of_rank(known.rank()) : Shape::unknown());
    return OkStatus();
  }
  const IndexReader p(*paddings);
  Shape out;
  for (int d = 0; d < known.rank(); ++d) {
    if (p[2 * d] < 0 || p[2 * d + 1] < 0) return invalid_argument("Paddings must be non-negative");
    const int64_t size = known.dim(d) < 0 ? Shape::kUnknown : known.dim(d) - p[2 * d] - p[2 * d + 1];
    if (known.dim(d) >= 0 && size < 0) {
      return invalid_argument("Negative dimension size caused by subtracting {} from {}", p[2 * d] + p[2 * d + 1],
                              known.dim(d));
    }
    out.add_dim(size);
  }
  c.set_output(0, std::move(out));
  return OkStatus();
}

REFLOW_OP("MirrorPadGrad")
    .input("input: T")
    .input("paddings: Tpaddings")
    .output("output: T")
    .attr("T: type")
    .attr("Tpaddings: {int32, int64} = DT_INT32")
    .attr("mode: {'REFLECT', 'SYMMETRIC'}")
    .doc("The gradient of MirrorPad: every element of the mirror images added to the one it is an image of.")
    .shape(mirror_pad_grad_shape)
    .kernel<MirrorPadGrad>(kCpu, kNumberTypes)
    .gradient([](GradContext& g) {
      g.dx(0) = g.op("MirrorPad", {g.dy(0), g.x(1)}, {{"mode", g.attr<std::string>("mode")}});
    });

}  // namespace
}  // namespace reflow::ops
