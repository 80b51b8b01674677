// Split into equal parts and SplitV into parts of given sizes, along one dimension.

#include <string>

#include "reflow/op/indices.h"
#include "reflow/op/op.h"
#include "reflow/op/parts.h"
#include "reflow/op/strided_copy.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// Writes the outputs, which have their shapes, from consecutive pieces of `in` along `axis`.
template <typename E>
void split(KernelContext& c, const Tensor& in, int axis) {
  int64_t outer = 1, inner = 1;
  for (int d = 0; d < axis; ++d) outer *= in.dim(d);
  for (int d = axis + 1; d < in.rank(); ++d) inner *= in.dim(d);
  const int64_t row = in.dim(axis) * inner;
  const E* from = static_cast<const E*>(in.raw_data());
  for (int i = 0; i < c.num_outputs(); ++i) {
    Tensor& out = c.output(i);
    const int64_t size = out.dim(axis) * inner;
    StridedView view;
    view.add_dim(outer, row);
    view.add_dim(size, 1);
    gather_strided(c.pool(), view, static_cast<E*>(out.raw_data()), from);
    from += size;
  }
}

using SplitFn = void (*)(KernelContext&, const Tensor&, int);
SplitFn split_fn(DType type) {
  return with_element(type, []<typename E>() -> SplitFn { return &split<E>; });
}

Status check_split_dim(int64_t dim, int rank) {
  if (dim >= -rank && dim < rank) return OkStatus();
  return invalid_argument("-input rank(-{}) <= split_dim < input rank ({}), but got {}", rank, rank, dim);
}

class Split : public Kernel {
 public:
  explicit Split(KernelInit& c) : split_(split_fn(c.node().output_type(0))) {}
  Status compute(KernelContext& c) override {
    const Tensor& in = c.input(1);
    if (c.input(0).rank() != 0) return invalid_argument("split_dim must be a scalar but has rank {}", c.input(0).rank());
    const int64_t dim = IndexReader(c.input(0))[0];
    RETURN_IF_ERROR(check_split_dim(dim, in.rank()));
    split_(c, in, static_cast<int>(dim < 0 ? dim + in.rank() : dim));
    return OkStatus();
  }

 private:
  SplitFn split_;
};

Status set_all_outputs(ShapeContext& c, const Shape& shape) {
  for (int i = 0; i < c.num_outputs(); ++i) c.set_output(i, shape);
  return OkStatus();
}

Status split_shape(ShapeContext& c) {
  const Shape& in = c.input(1);
  const int num = c.num_outputs();
  const Tensor* value = c.value(0);
  if (c.concrete() && value != nullptr) {
    if (value->rank() != 0) return invalid_argument("split_dim must be a scalar but has rank {}", value->rank());
    int64_t dim = IndexReader(*value)[0];
    RETURN_IF_ERROR(check_split_dim(dim, in.rank()));
    if (dim < 0) dim += in.rank();
    if (in.dim(static_cast<int>(dim)) % num != 0) {
      return invalid_argument(
          "Number of ways to split should evenly divide the split dimension, but got split_dim {} (size = {}) and "
          "num_split {}",
          dim, in.dim(static_cast<int>(dim)), num);
    }
  }
  if (value == nullptr) return set_all_outputs(c, in.known_rank() ? Shape::unknown_of_rank(in.rank()) : in);
  if (value->rank() != 0) return invalid_argument("Input must be scalar but has rank {}", value->rank());
  int64_t dim = IndexReader(*value)[0];
  if (!in.known_rank()) return set_all_outputs(c, in);
  if (dim < -in.rank() || dim >= in.rank()) {
    // The number named is not that of the input: so TensorFlow has it.
    return invalid_argument("Dimension size, given by scalar input {} must be in range [-{}, {})", dim, in.rank(),
                            in.rank());
  }
  if (dim < 0) dim += in.rank();
  Shape out = in;
  const int64_t size = in.dim(static_cast<int>(dim));
  if (size >= 0 && size % num != 0) {
    return invalid_argument(
        "Dimension size must be evenly divisible by {} but is {}\n\tNumber of ways to split should evenly divide the "
        "split dimension",
        num, size);
  }
  out.set_dim(static_cast<int>(dim), size < 0 ? size : size / num);
  return set_all_outputs(c, out);
}

void split_gradient(GradContext& g, int value_input, int axis_input) {
  std::vector<Endpoint> parts;
  for (int i = 0; i < g.num_outputs(); ++i) parts.push_back(g.dy(i));
  if (parts.size() == 1) {
    g.dx(value_input) = parts[0];
    return;
  }
  g.dx(value_input) = g.op("ConcatV2", {parts, g.x(axis_input)}, {}, "concat");
}

REFLOW_OP("Split")
    .input("split_dim: int32")
    .input("value: T")
    .output("output: num_split * T")
    .attr("num_split: int >= 1")
    .attr("T: type")
    .doc("`value` cut into `num_split` equal parts along the dimension `split_dim`.")
    .shape(split_shape)
    .kernel<Split>(kCpu)
    .gradient([](GradContext& g) { split_gradient(g, 1, 0); });

class SplitV : public Kernel {
 public:
  explicit SplitV(KernelInit& c) : split_(split_fn(c.node().output_type(0))) {}
  Status compute(KernelContext& c) override {
    const Tensor& in = c.input(0);
    if (c.input(2).num_elements() != 1) return invalid_argument("split_dim_tensor must have exactly one element.");
    const int64_t dim = IndexReader(c.input(2))[0];
    RETURN_IF_ERROR(check_split_dim(dim, in.rank()));
    split_(c, in, static_cast<int>(dim < 0 ? dim + in.rank() : dim));
    return OkStatus();
  }

 private:
  SplitFn split_;
};

// The sizes of the parts when all values are known, with the kernel's checks.
Status split_v_sizes(const Shape& in, const Tensor& sizes, int64_t dim, int num, std::vector<int64_t>* out) {
  if (sizes.num_elements() != num || (num > 1 && sizes.rank() != 1)) {
    return invalid_argument(
        "size of the split_tensor must be 1-D and have the same elements as outputs got {} -D and {} elements",
        sizes.rank(), sizes.num_elements());
  }
  RETURN_IF_ERROR(check_split_dim(dim, in.rank()));
  const int64_t whole = in.dim(static_cast<int>(dim < 0 ? dim + in.rank() : dim));
  const IndexReader given(sizes);
  int rest = -1;
  int64_t sum = 0;
  for (int i = 0; i < num; ++i) {
    if (given[i] == -1) {
      if (rest >= 0) return invalid_argument("There can only be one -1 in the input.");
      rest = i;
    } else if (given[i] < 0) {
      return invalid_argument("Split size at index {} must be >= 0. Got: {}", i, given[i]);
    } else if (__builtin_add_overflow(sum, given[i], &sum)) {
      sum = INT64_MAX;
      break;
    }
    out->push_back(given[i]);
  }
  if (num == 1) {
    *out = {whole};
    return OkStatus();
  }
  if (rest < 0 ? sum != whole : sum > whole) {
    return invalid_argument(
        "Determined shape must either match input shape along split_dim exactly if fully specified, or be less than "
        "the size of the input along split_dim if not fully specified.  Got: {}",
        sum);
  }
  if (rest >= 0) (*out)[rest] = whole - sum;
  return OkStatus();
}

Status split_v_shape(ShapeContext& c) {
  const Shape& in = c.input(0);
  const int num = c.num_outputs();
  const Tensor* sizes = c.value(1);
  const Tensor* dim_value = c.value(2);
  if (c.concrete() && sizes != nullptr && dim_value != nullptr) {
    if (dim_value->num_elements() != 1) {
      return invalid_argument("split_dim_tensor must have exactly one element.");
    }
    int64_t dim = IndexReader(*dim_value)[0];
    std::vector<int64_t> parts;
    RETURN_IF_ERROR(split_v_sizes(in, *sizes, dim, num, &parts));
    for (int i = 0; i < num; ++i) {
      Shape out = in;
      out.set_dim(static_cast<int>(dim < 0 ? dim + in.rank() : dim), parts[i]);
      c.set_output(i, std::move(out));
    }
    return OkStatus();
  }
  if (!in.known_rank()) return set_all_outputs(c, in);
  if (num == 1) {
    c.set_output(0, in);
    return OkStatus();
  }
  if (dim_value == nullptr) return set_all_outputs(c, Shape::unknown_of_rank(in.rank()));
  if (dim_value->rank() != 0) return invalid_argument("Input must be scalar but has rank {}", dim_value->rank());
  int64_t dim = IndexReader(*dim_value)[0];
  if (dim < -in.rank() || dim >= in.rank()) {
    return invalid_argument("Dimension size, given by scalar input {} must be in range [-{}, {})", dim, in.rank(),
                            in.rank());
  }
  const int axis = static_cast<int>(dim < 0 ? dim + in.rank() : dim);
  Shape out = in;
  if (sizes == nullptr) {
    out.set_dim(axis, Shape::kUnknown);
    return set_all_outputs(c, out);
  }
  const IndexReader given(*sizes);
  if (given.size() != num) return invalid_argument("Length of size_splits should be equal to num_outputs");
  int64_t sum = 0;
  bool has_rest = false;
  std::string listed;
  for (int i = 0; i < num; ++i) {
    listed += (i ? "," : "") + std::to_string(given[i]);
    if (given[i] == -1 && has_rest) return invalid_argument("size_splits can only have one -1");
    has_rest |= given[i] == -1;
    if (given[i] != -1 && __builtin_add_overflow(sum, given[i], &sum)) return invalid_argument("size_splits is beyond what can be counted");
  }
  const int64_t whole = in.dim(axis);
  if (whole >= 0 && (has_rest ? sum > whole : sum != whole)) {
    return invalid_argument("can't split axis of size {} into pieces of size [{}]", whole, listed);
  }
  for (int i = 0; i < num; ++i) {
    out.set_dim(axis, given[i] != -1 ? given[i] : whole < 0 ? Shape::kUnknown : whole - sum);
    c.set_output(i, out);
  }
  return OkStatus();
}

REFLOW_OP("SplitV")
    .input("value: T")
    .input("size_splits: Tlen")
    .input("split_dim: int32")
    .output("output: num_split * T")
    .attr("num_split: int >= 1")
    .attr("T: type")
    .attr("Tlen: {int32, int64} = DT_INT64")
    .doc("`value` cut into parts of the sizes `size_splits` along the dimension `split_dim`. One size may be -1: the rest.")
    .shape(split_v_shape)
    .kernel<SplitV>(kCpu)
    .gradient([](GradContext& g) { split_gradient(g, 0, 2); });

// Split and SplitV, by the places of their arguments.
template <int kValue, int kAxis>
bool split_parts(const Node&, std::span<const Shape> inputs, std::span<const Tensor* const> values,
                 std::span<const Shape> outputs, Parts* parts) {
  const Tensor* axis = values[kAxis];
  return axis != nullptr && axis->num_elements() == 1 &&
         consecutive_parts(inputs[kValue], kValue, axis->item<int32_t>(), outputs, parts);
}

const PartsRegistrar kSplitParts("Split", split_parts<1, 0>), kSplitVParts("SplitV", split_parts<0, 2>);

}  // namespace
}  // namespace reflow::ops
