// Reversal along dimensions: ReverseV2 and its first form, and ReverseSequence of parts that differ in length.

#include <algorithm>
#include <string>

#include "reflow/op/indices.h"
#include "reflow/op/op.h"
#include "reflow/op/strided_copy.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// Marks the dimensions that `axis` names or, a vector of bools, has set.
Status reversed_dims(const Shape& in, const Tensor& axis, bool* reversed) {
  if (axis.dtype() == DType::kBool) {
    std::copy_n(axis.data<bool>(), in.rank(), reversed);
    return OkStatus();
  }
  const IndexReader axes(axis);
  std::fill(reversed, reversed + in.rank(), false);
  for (int64_t i = 0; i < axes.size(); ++i) {
    const int64_t d = axes[i] < 0 ? axes[i] + in.rank() : axes[i];
    if (d < 0 || d >= in.rank()) {
      return invalid_argument("'axis'[{}] = {} is out of valid range [0, {}", i, axes[i], in.rank() - 1);
    }
    if (reversed[d]) return invalid_argument("axis {} specified more than once.", d);
    reversed[d] = true;
  }
  return OkStatus();
}

Status reverse_shape(ShapeContext& c) {
  const Shape& in = c.input(0);
  Shape axes;
  if (c.concrete() && c.input(1).rank() != 1) {
    return invalid_argument("'dims' must be 1-dimension, not {}", c.input(1).rank());
  }
  RETURN_IF_ERROR(c.with_rank(c.input(1), 1, &axes));
  if (!in.known_rank()) {
    c.set_output(0, in);
    return OkStatus();
  }
  if (in.rank() > 8) {
    return invalid_argument("reverse does not work on tensors with more than 8 dimensions");
  }
  if (const Tensor* axis = c.value(1)) {
    bool reversed[Shape::kMaxRank];
    RETURN_IF_ERROR(reversed_dims(in, *axis, reversed));
  }
  c.set_output(0, in);
  return OkStatus();
}

Status reverse_v1_shape(ShapeContext& c) {
  Shape in = c.input(0), dims;
  if (c.concrete()) {
    if (c.input(1).rank() != 1) return invalid_argument("'dims' must be 1-dimension, not {}", c.input(1).rank());
    if (c.input(1).dim(0) != in.rank()) {
      return invalid_argument("'dims' must have the same number of values as 'input' has dimensions. 'input' has {}'dims' has {} values",
                              in.rank(), c.input(1).dim(0));
    }
  }
  RETURN_IF_ERROR(c.with_rank(c.input(1), 1, &dims));
  if (dims.dim(0) >= 0) RETURN_IF_ERROR(c.with_rank(in, static_cast<int>(dims.dim(0)), &in));
  if (in.rank() > 8) return invalid_argument("reverse does not work on tensors with more than 8 dimensions");
  c.set_output(0, in);
  return OkStatus();
}

using GatherFn = void (*)(ThreadPool&, const StridedView&, void*, const void*);

class Reverse : public Kernel {
 public:
  explicit Reverse(KernelInit& c)
      : gather_(with_element(c.node().output_type(0), []<typename E>() -> GatherFn {
          return [](ThreadPool& pool, const StridedView& view, void* out, const void* in) {
            gather_strided(pool, view, static_cast<E*>(out), static_cast<const E*>(in));
          };
        })) {}

  Status compute(KernelContext& c) override {
    const Tensor& in = c.input(0);
    bool reversed[Shape::kMaxRank];
    RETURN_IF_ERROR(reversed_dims(in.shape(), c.input(1), reversed));
    if (in.num_elements() == 0) return OkStatus();
    StridedView view;
    int64_t stride = in.num_elements();
    for (int d = 0; d < in.rank(); ++d) {
      stride /= in.dim(d);
      if (reversed[d]) view.offset += (in.dim(d) - 1) * stride;
      view.add_dim(in.dim(d), reversed[d] ? -stride : stride);
    }
    gather_(c.pool(), view, c.output(0).raw_data(), in.raw_data());
    return OkStatus();
  }

 private:
  GatherFn gather_;
};

REFLOW_OP("ReverseV2")
    .input("tensor: T")
    .input("axis: Tidx")
    .output("output: T")
    .attr("Tidx: {int32, int64} = DT_INT32")
    .attr("T: {uint8, int8, uint16, int16, int32, int64, bool, bfloat16, half, float, double, complex64, complex128, "
          "string}")
    .doc("`tensor` with the order of elements reversed along the dimensions `axis`.")
    .shape(reverse_shape)
    .kernel<Reverse>(kCpu)
    .gradient([](GradContext& g) { g.dx(0) = g.op("ReverseV2", {g.dy(0), g.x(1)}); });

REFLOW_OP("Reverse")
    .input("tensor: T")
    .input("dims: bool")
    .output("output: T")
    .attr("T: {uint8, int8, uint16, int16, int32, int64, bool, half, float, double, complex64, complex128, string}")
    .doc("`tensor` with the order of elements reversed along the dimensions that are set in `dims`.")
    .shape(reverse_v1_shape)
    .kernel<Reverse>(kCpu)
    .gradient([](GradContext& g) { g.dx(0) = g.op("Reverse", {g.dy(0), g.x(1)}); });

// ---- ReverseSequence

struct SequenceDims {
  int64_t seq, batch;
};

Status check_sequence(ShapeContext& c, const Shape& in, const Shape& lengths, SequenceDims dims) {
  if (dims.seq < 0 || dims.seq >= in.rank()) {
    return c.concrete() ? invalid_argument("seq_dim must be < input rank ( {} vs. {})", dims.seq, in.rank())
                        : invalid_argument("seq_dim must be < input rank: {} vs. {}", dims.seq, in.rank());
  }
  if (dims.batch < 0 || dims.batch >= in.rank()) {
    return c.concrete() ? invalid_argument("batch_dim must be < input rank ( {} vs. {})", dims.batch, in.rank())
                        : invalid_argument("batch_dim must be < input rank: {} vs. {}", dims.batch, in.rank());
  }
  if (c.concrete() && (lengths.rank() != 1 || lengths.dim(0) != in.dim(static_cast<int>(dims.batch)))) {
    return invalid_argument("Length of seq_lens != input.dims({}), ({} vs. {})", dims.batch,
                            lengths.rank() == 1 ? lengths.dim(0) : -1, in.dim(static_cast<int>(dims.batch)));
  }
  return OkStatus();
}

Status reverse_sequence_shape(ShapeContext& c) {
  Shape in = c.input(0), lengths = c.input(1);
  if (!c.concrete()) RETURN_IF_ERROR(c.with_rank(c.input(1), 1, &lengths));
  const SequenceDims dims{c.attr_or<int64_t>("seq_dim", 0), c.attr_or<int64_t>("batch_dim", 0)};
  if (!in.known_rank()) {
    c.set_output(0, Shape::unknown());
    return OkStatus();
  }
  RETURN_IF_ERROR(check_sequence(c, in, lengths, dims));
  const int batch = static_cast<int>(dims.batch);
  int64_t merged;
  RETURN_IF_ERROR(c.merge_dim(in.dim(batch), lengths.dim(0), &merged));
  in.set_dim(batch, merged);
  c.set_output(0, std::move(in));
  return OkStatus();
}

// Element (.., b, .., s, ..) of the output comes from length[b] - 1 - s where s < length[b].
template <typename E>
void reverse_sequences(const Tensor& in, const IndexReader& lengths, SequenceDims dims, Tensor& result) {
  const E* from = static_cast<const E*>(in.raw_data());
  E* to = static_cast<E*>(result.raw_data());
  int64_t seq_stride = 1, batch_stride = 1;
  for (int64_t d = in.rank() - 1; d > dims.seq; --d) seq_stride *= in.dim(static_cast<int>(d));
  for (int64_t d = in.rank() - 1; d > dims.batch; --d) batch_stride *= in.dim(static_cast<int>(d));
  const int64_t seq_size = in.dim(static_cast<int>(dims.seq)), batch_size = in.dim(static_cast<int>(dims.batch));
  const int64_t run = std::min(seq_stride, batch_stride), n = in.num_elements();
  for (int64_t i = 0; i < n; i += run) {
    const int64_t s = i / seq_stride % seq_size, length = lengths[i / batch_stride % batch_size];
    copy_elements(to + i, from + (s < length ? i + (length - 1 - 2 * s) * seq_stride : i), run);
  }
}

class ReverseSequence : public Kernel {
 public:
  explicit ReverseSequence(KernelInit& c)
      : dims_{c.attr<int64_t>("seq_dim"), c.attr<int64_t>("batch_dim")},
        reverse_(with_element(c.node().output_type(0), []<typename E>() { return &reverse_sequences<E>; })) {
    if (dims_.seq == dims_.batch) c.fail(invalid_argument("batch_dim == seq_dim == {}", dims_.seq));
  }

  Status compute(KernelContext& c) override {
    const Tensor& in = c.input(0);
    const IndexReader lengths(c.input(1));
    const int64_t longest = in.dim(static_cast<int>(dims_.seq));
    for (int64_t b = 0; b < lengths.size(); ++b) {
      if (lengths[b] < 0) return invalid_argument("seq_lens({}) < 0", b);
      if (lengths[b] > longest) return invalid_argument("seq_lens({}) > input.dims({})", b, dims_.seq);
    }
    if (in.num_elements() > 0) reverse_(in, lengths, dims_, c.output(0));
    return OkStatus();
  }

 private:
  SequenceDims dims_;
  void (*reverse_)(const Tensor&, const IndexReader&, SequenceDims, Tensor&);
};

REFLOW_OP("ReverseSequence")
    .input("input: T")
    .input("seq_lengths: Tlen")
    .output("output: T")
    .attr("seq_dim: int")
    .attr("batch_dim: int = 0")
    .attr("T: type")
    .attr("Tlen: {int32, int64} = DT_INT64")
    .doc("`input` in which, for each entry b of `batch_dim`, the first seq_lengths[b] elements along `seq_dim` are reversed.")
    .shape(reverse_sequence_shape)
    .kernel<ReverseSequence>(kCpu)
    .gradient([](GradContext& g) {
      g.dx(0) = g.op("ReverseSequence", {g.dy(0), g.x(1)},
                     {{"seq_dim", g.attr<int64_t>("seq_dim")}, {"batch_dim", g.attr<int64_t>("batch_dim")}});
    });

}  // namespace
}  // namespace reflow::ops
