// Slice: a block of a tensor, by begin and size.

#include <string>
#include <vector>

#include "reflow/op/indices.h"
#include "reflow/op/op.h"
#include "reflow/op/parts.h"
#include "reflow/op/strided_copy.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// The kernel's checks. Sizes of -1 reach to the end.
Status sliced_shape(const Shape& in, const Tensor& begin, const Tensor& size, Shape* out) {
  const int rank = in.rank();
  if (begin.rank() != 1 || size.rank() != 1 || begin.num_elements() != rank || size.num_elements() != rank) {
    return invalid_argument("Expected begin and size arguments to be 1-D tensors of size {}, but got shapes {} and {} "
                            "instead.",
                            rank, begin.shape().str(), size.shape().str());
  }
  const IndexReader begins(begin), sizes(size);
  *out = Shape{};
  for (int d = 0; d < rank; ++d) {
    const int64_t b = begins[d];
    const auto rest = static_cast<int64_t>(static_cast<uint64_t>(in.dim(d)) - static_cast<uint64_t>(b));  // of any number
    const int64_t s = sizes[d] == -1 ? rest : sizes[d];
    if (in.dim(d) == 0) {
      if (b != 0 || s != 0) return invalid_argument("Expected begin[{}] == 0 (got {}) and size[{}] == 0 (got {}) when input.dim_size({}) == 0", d, b, d, s, d);
    } else {
      if (b < 0 || b > in.dim(d)) return invalid_argument("Expected begin[{}] in [0, {}], but got {}", d, in.dim(d), b);
      if (s < 0 || s > in.dim(d) - b) {
        return invalid_argument("Expected size[{}] in [0, {}], but got {}", d, in.dim(d) - b, s);
      }
    }
    out->add_dim(s);
  }
  return OkStatus();
}

Status slice_shape(ShapeContext& c) {
  const Tensor* sizes = c.value(2);
  if (c.concrete() && sizes != nullptr && c.value(1) != nullptr) {
    Shape out;
    RETURN_IF_ERROR(sliced_shape(c.input(0), *c.value(1), *sizes, &out));
    c.set_output(0, std::move(out));
    return OkStatus();
  }
  Shape in = c.input(0), begin_shape, size_shape, begins;
  RETURN_IF_ERROR(c.with_rank(c.input(1), 1, &begin_shape));
  RETURN_IF_ERROR(c.with_rank(c.input(2), 1, &size_shape));
  RETURN_IF_ERROR(c.merge(begin_shape, size_shape, &begin_shape));
  if (begin_shape.dim(0) >= 0) RETURN_IF_ERROR(c.with_rank(in, static_cast<int>(begin_shape.dim(0)), &in));
  RETURN_IF_ERROR(c.value_as_shape(1, &begins));
  if (sizes != nullptr) {
    const IndexReader size(*sizes);
    RETURN_IF_ERROR(c.with_rank(begins, static_cast<int>(size.size()), &begins));
    Shape out;
    for (int d = 0; d < size.size(); ++d) {
      if (size[d] != -1) {
        if (size[d] < -1) return invalid_argument("Invalid value in tensor used for shape: {}", size[d]);
        out.add_dim(size[d]);
      } else if (in.dim(d) < 0 || begins.dim(d) < 0) {
        out.add_dim(Shape::kUnknown);
      } else if (begins.dim(d) > in.dim(d)) {
        Shape partial;
        RETURN_IF_ERROR(c.value_as_shape(2, &partial));  // so that the message shows it
        return invalid_argument("Negative dimension size caused by subtracting {} from {}", begins.dim(d), in.dim(d));
      } else {
        out.add_dim(in.dim(d) - begins.dim(d));
      }
    }
    c.set_output(0, std::move(out));
    return OkStatus();
  }
  // A size of -1 isn't told from an unknown one here.
  Shape out;
  RETURN_IF_ERROR(c.value_as_shape(2, &out));
  if (out.known_rank()) {
    RETURN_IF_ERROR(c.with_rank(begins, out.rank(), &begins));
  } else if (in.known_rank()) {
    out = Shape::unknown_of_rank(in.rank());
  }
  c.set_output(0, std::move(out));
  return OkStatus();
}

// Where the block lies in the whole; of no meaning where that is empty.
StridedView view_of(const Shape& whole, const IndexReader& begin, const Shape& block) {
  StridedView view;
  int64_t stride = whole.num_elements();
  for (int d = 0; d < whole.rank() && stride > 0; ++d) {
    stride /= whole.dim(d);
    view.offset += begin[d] * stride;
    view.add_dim(block.dim(d), stride);
  }
  return view;
}

bool slice_parts(const Node&, std::span<const Shape> inputs, std::span<const Tensor* const> values,
                 std::span<const Shape> outputs, Parts* parts) {
  if (!values[1] || outputs[0].num_elements() == 0 || inputs[0].rank() != outputs[0].rank()) return false;
  const IndexReader begin(*values[1]);
  if (begin.size() != inputs[0].rank()) return false;
  for (int d = 0; d < inputs[0].rank(); ++d) {
    if (begin[d] < 0 || begin[d] > inputs[0].dim(d) - outputs[0].dim(d)) return false;  // the kernel says so
  }
  const StridedView view = view_of(inputs[0], begin, outputs[0]);
  if (view.rank() > 1 || (view.rank() == 1 && view.stride(0) != 1)) return false;
  *parts = {0, {view.offset}};
  return true;
}
const PartsRegistrar kSliceParts("Slice", slice_parts);

class Slice : public Kernel {
 public:
  explicit Slice(KernelInit& c)
      : slice_(with_element(c.node().output_type(0), []<typename E>() -> SliceFn {
          return [](ThreadPool& pool, const StridedView& view, void* out, const void* in) {
            gather_strided(pool, view, static_cast<E*>(out), static_cast<const E*>(in));
          };
        })) {}

  Status compute(KernelContext& c) override {
    const Tensor& in = c.input(0);
    Tensor& out = c.output(0);
    const IndexReader begin(c.input(1));
    for (int d = 0; d < in.rank(); ++d) {
      if (begin[d] < 0 || begin[d] > in.dim(d) - out.dim(d)) [[unlikely]] {
        return invalid_argument("Expected begin[{}] in [0, {}], but got {}", d, in.dim(d), begin[d]);
      }
    }
    const StridedView view = view_of(in.shape(), begin, out.shape());
    if (out.num_elements() > 0) slice_(c.pool(), view, out.raw_data(), in.raw_data());
    return OkStatus();
  }

 private:
  using SliceFn = void (*)(ThreadPool&, const StridedView&, void*, const void*);
  SliceFn slice_;
};

// Zeros around dy: Pad, with what was cut off at both ends as paddings.
void slice_gradient(GradContext& g) {
  const Endpoint x = g.x(0), begin = g.x(1);
  const DType index = begin.dtype();
  const Endpoint rank = g.rank(x);
  const Endpoint size = g.shape(g.y(0), index);
  Endpoint column;
  {
    GradContext::Scope scope(g.graph(), "stack");
    column = g.op("Pack", {std::vector<Endpoint>{rank, g.constant(1, DType::kInt32, "1")}}, {}, scope.name());
  }
  const Endpoint before = g.reshape(begin, column);
  const Endpoint rest = g.op("Sub", {g.shape(x, index), size}, {}, "sub");
  const Endpoint after = g.reshape(g.op("Sub", {rest, begin}, {}, "sub"), column);
  Endpoint paddings;
  {
    GradContext::Scope scope(g.graph(), "concat");
    const Endpoint axis = g.constant(1, DType::kInt32, "axis");
    paddings = g.op("ConcatV2", {std::vector<Endpoint>{before, after}, axis}, {}, scope.name());
  }
  g.dx(0) = g.op("Pad", {g.dy(0), paddings});
}

REFLOW_OP("Slice")
    .input("input: T")
    .input("begin: Index")
    .input("size: Index")
    .output("output: T")
    .attr("T: type")
    .attr("Index: {int32, int64}")
    .doc("The block of `input` that begins at `begin` and has the shape `size`, where -1 reaches to the end.")
    .shape(slice_shape)
    .kernel<Slice>(kCpu)
    .gradient(slice_gradient);

}  // namespace
}  // namespace reflow::ops
