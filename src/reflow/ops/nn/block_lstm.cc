// BlockLSTM: an LSTM over a whole sequence in one op. BlockLSTMV2 has another order of gates: input gate, forget gate, new
// input, output gate.

#include <algorithm>
#include <array>
#include <vector>

#include "lstm_shapes.h"
#include "lstm_step.h"
#include "with_floats.h"
#include "reflow/op/gemm.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace op;

constexpr auto kHalfAndFloat = Types<Half, float>{};

Status sequence_shape(ShapeContext& c) {
  Shape x, b;
  RETURN_IF_ERROR(c.with_rank(c.input(1), 3, &x));
  RETURN_IF_ERROR(c.with_rank(c.input(8), 1, &b));
  if (c.concrete()) {
    Shape scalar;
    RETURN_IF_ERROR(c.with_rank(c.input(0), 0, &scalar));
    RETURN_IF_ERROR(check_lstm_inputs(c, 1, c.attr_or("use_peephole", false)));
  }
  int64_t cell;
  RETURN_IF_ERROR(divide_dim(b.dim(0), 4, true, &cell));
  for (int i = 0; i < c.num_outputs(); ++i) c.set_output(i, Shape{x.dim(0), x.dim(1), cell});
  return OkStatus();
}

Status sequence_grad_shape(ShapeContext& c) {
  constexpr int kRanks[] = {3, 2, 2, 2, 1, 1, 1, 1};
  for (int i = 0; i < 8; ++i) {
    Shape shape;
    RETURN_IF_ERROR(c.with_rank(c.input(1 + i), kRanks[i], &shape));
    c.set_output(i, shape);
  }
  if (!c.concrete()) return OkStatus();
  Shape scalar;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 0, &scalar));
  RETURN_IF_ERROR(check_lstm_inputs(c, 1, c.attr_or("use_peephole", false)));
  const Shape values{c.input(1).dim(0), c.input(1).dim(1), c.input(2).dim(1)};
  for (int i = 9; i < c.num_inputs(); ++i) {
    if (!(c.input(i) == values)) {
      return invalid_argument("Input {} must be of shape [time,batch_size,cell_size]: {} vs. {}", i, c.input(i).str(),
                              values.str());
    }
  }
  return OkStatus();
}

LstmSizes sizes_of(KernelContext& c) { return {c.input(1).dim(1), c.input(1).dim(2), c.input(2).dim(1)}; }

LstmWeights weights_of(KernelContext& c, bool use_peephole, float forget_bias, float cell_clip) {
  const auto peephole = [&](int i) { return use_peephole ? c.input(i).data<float>() : nullptr; };
  return {c.input(4).data<float>(), peephole(5), peephole(6), peephole(7), c.input(8).data<float>(), forget_bias, cell_clip};
}

// Copies rows of four gates with the two in the middle exchanged: from one order of gates to the other.
void exchange_gates(const float* from, int64_t rows, int64_t cell, float* to) {
  for (int64_t r = 0; r < rows; ++r, from += 4 * cell, to += 4 * cell) {
    std::copy_n(from, cell, to);
    std::copy_n(from + 2 * cell, cell, to + cell);
    std::copy_n(from + cell, cell, to + 2 * cell);
    std::copy_n(from + 3 * cell, cell, to + 3 * cell);
  }
}

// Weights and bias of BlockLSTMV2 in BlockLSTM's order, in scratch.
StatusOr<Tensor> exchanged_weights(KernelContext& c, LstmWeights* weights) {
  const LstmSizes sizes = sizes_of(c);
  const int64_t rows = sizes.input + sizes.cell, width = 4 * sizes.cell;
  ASSIGN_OR_RETURN(Tensor scratch, c.allocate_scratch(DType::kFloat32, Shape{rows + 1, width}));
  exchange_gates(weights->w, rows, sizes.cell, scratch.data<float>());
  exchange_gates(weights->b, 1, sizes.cell, scratch.data<float>() + rows * width);
  weights->w = scratch.data<float>();
  weights->b = scratch.data<float>() + rows * width;
  return scratch;
}

// The number of steps that are computed.
Status checked_length(KernelContext& c, int64_t* length) {
  *length = *c.input(0).data<int64_t>();
  const int64_t time = c.input(1).dim(0);
  if (*length < 0 || *length > time) {
    return invalid_argument("seq_len_max must be between 0 and the number of steps, {}, but is {}", time, *length);
  }
  return OkStatus();
}

template <typename T, bool kV2>
class Sequence : public Kernel {
 public:
  explicit Sequence(KernelInit& c)
      : forget_bias_(kV2 ? 0 : c.attr<float>("forget_bias")), cell_clip_(c.attr<float>("cell_clip")),
        use_peephole_(c.attr<bool>("use_peephole")) {}
  Status compute(KernelContext& c) override {
    int64_t length;
    RETURN_IF_ERROR(checked_length(c, &length));
    const LstmSizes sizes = sizes_of(c);
    LstmWeights weights = weights_of(c, use_peephole_, forget_bias_, cell_clip_);
    Tensor exchanged;
    if constexpr (kV2) {
      ASSIGN_OR_RETURN(exchanged, exchanged_weights(c, &weights));
    }
    ASSIGN_OR_RETURN(Tensor gates, c.allocate_scratch(DType::kFloat32, Shape{sizes.batch, 4 * sizes.cell}));
    const int64_t step = sizes.batch * sizes.cell;
    std::array<float*, 7> out;
    for (int i = 0; i < 7; ++i) out[i] = c.output(i).data<float>();
    const float *cs = c.input(2).data<float>(), *h = c.input(3).data<float>();
    for (int64_t t = 0; t < length; ++t) {
      const auto at = [&](int i) { return out[i] + t * step; };
      lstm_step(c.pool(), sizes, weights, c.input(1).data<float>() + t * sizes.batch * sizes.input, cs, h,
                gates.data<float>(), {at(0), at(1), at(2), at(3), at(4), at(5), at(6)});
      cs = at(1);
      h = at(6);
    }
    for (int i = 0; i < 7; ++i) std::fill(out[i] + length * step, out[i] + c.output(i).num_elements(), 0.0f);
    return OkStatus();
  }

 private:
  float forget_bias_, cell_clip_;
  bool use_peephole_;
};

template <typename T>
class BlockLSTM : public Sequence<T, false> {
  using Sequence<T, false>::Sequence;
};
template <typename T>
class BlockLSTMV2 : public Sequence<T, true> {
  using Sequence<T, true>::Sequence;
};

template <typename T, bool kV2>
class SequenceGrad : public Kernel {
 public:
  explicit SequenceGrad(KernelInit& c) : use_peephole_(c.attr<bool>("use_peephole")) {}
  Status compute(KernelContext& c) override {
    int64_t length;
    RETURN_IF_ERROR(checked_length(c, &length));
    const LstmSizes sizes = sizes_of(c);
    const int64_t batch = sizes.batch, input = sizes.input, cell = sizes.cell, step = batch * cell, width = 4 * cell;
    LstmWeights weights = weights_of(c, use_peephole_, 0, 0);
    Tensor exchanged;
    if constexpr (kV2) {
      ASSIGN_OR_RETURN(exchanged, exchanged_weights(c, &weights));
    }
    ASSIGN_OR_RETURN(Tensor scratch, c.allocate_scratch(DType::kFloat32, Shape{batch, width + 2 * cell}));
    float *gates = scratch.data<float>(), *dcs = gates + batch * width, *dh = dcs + step;
    const auto in = [&](int i) { return const_cast<float*>(c.input(i).data<float>()); };
    const auto out = [&](int i) { return c.output(i).data<float>(); };
    for (int i = 0; i < 8; ++i) std::fill_n(out(i), c.output(i).num_elements(), 0.0f);
    LstmPeepholeGrads peepholes{};
    if (use_peephole_) peepholes = {out(4), out(5), out(6)};
    float *cs_prev_grad = out(1), *h_prev_grad = out(2), *w_grad = out(3), *b_grad = out(7);
    ThreadPool& pool = c.pool();
    for (int64_t t = length - 1; t >= 0; --t) {
      const auto at = [&](int i) { return in(i) + t * step; };
      const float* cs_before = t > 0 ? at(10) - step : in(2);
      const float* h_before = t > 0 ? at(15) - step : in(3);
      for (int64_t j = 0; j < step; ++j) {
        dcs[j] = at(16)[j] + cs_prev_grad[j];
        dh[j] = at(17)[j] + h_prev_grad[j];
      }
      lstm_step_grad(pool, sizes, weights, cs_before, {at(9), at(10), at(11), at(12), at(13), at(14), at(15)}, dcs, dh,
                     gates, cs_prev_grad, peepholes);
      if (batch == 0 || cell == 0) continue;
      const float* w_h = weights.w + input * width;
      op::gemm(pool, {.transpose_b = true, .m = batch, .n = cell, .k = width, .a = gates, .lda = width, .b = w_h,
                      .ldb = width, .c = h_prev_grad, .ldc = cell});
      op::gemm(pool, {.transpose_a = true, .m = cell, .n = width, .k = batch, .a = h_before, .lda = cell, .b = gates,
                      .ldb = width, .c = w_grad + input * width, .ldc = width, .accumulate = true});
      if (input > 0) {
        const float* x = in(1) + t * batch * input;
        op::gemm(pool, {.transpose_b = true, .m = batch, .n = input, .k = width, .a = gates, .lda = width, .b = weights.w,
                        .ldb = width, .c = out(0) + t * batch * input, .ldc = input});
        op::gemm(pool, {.transpose_a = true, .m = input, .n = width, .k = batch, .a = x, .lda = input, .b = gates,
                        .ldb = width, .c = w_grad, .ldc = width, .accumulate = true});
      }
      for (int64_t r = 0; r < batch; ++r) {
        for (int64_t j = 0; j < width; ++j) b_grad[j] += gates[r * width + j];
      }
    }
    if constexpr (kV2) {
      ASSIGN_OR_RETURN(Tensor rows, c.allocate_scratch(DType::kFloat32, Shape{input + cell, width}));
      const auto exchange = [&](float* grad, int64_t count) {
        exchange_gates(grad, count, cell, rows.data<float>());
        std::copy_n(rows.data<float>(), count * width, grad);
      };
      exchange(w_grad, input + cell);
      exchange(b_grad, 1);
    }
    return OkStatus();
  }

 private:
  bool use_peephole_;
};

template <typename T>
class BlockLSTMGrad : public SequenceGrad<T, false> {
  using SequenceGrad<T, false>::SequenceGrad;
};
template <typename T>
class BlockLSTMGradV2 : public SequenceGrad<T, true> {
  using SequenceGrad<T, true>::SequenceGrad;
};

template <typename T>
using BlockLSTMOf = FloatKernel<BlockLSTM, T>;
template <typename T>
using BlockLSTMV2Of = FloatKernel<BlockLSTMV2, T>;
template <typename T>
using BlockLSTMGradOf = FloatKernel<BlockLSTMGrad, T>;
template <typename T>
using BlockLSTMGradV2Of = FloatKernel<BlockLSTMGradV2, T>;

// dL/dx of all inputs but the length, by `op`.
void sequence_gradient(GradContext& g, const char* op) {
  std::vector<OpInput> inputs;
  for (int i = 0; i < 9; ++i) inputs.emplace_back(g.x(i));
  for (int i = 0; i < 7; ++i) inputs.emplace_back(g.y(i));
  inputs.emplace_back(g.dy(1));
  inputs.emplace_back(g.dy(6));
  Node* grad = g.ops(op, std::move(inputs), {{"use_peephole", g.attr<bool>("use_peephole")}});
  for (int i = 0; grad != nullptr && i < 8; ++i) g.dx(1 + i) = grad->output(i);
}

REFLOW_OP("BlockLSTM")
    .input("seq_len_max: int64").input("x: T").input("cs_prev: T").input("h_prev: T").input("w: T").input("wci: T")
    .input("wcf: T").input("wco: T").input("b: T")
    .output("i: T").output("cs: T").output("f: T").output("o: T").output("ci: T").output("co: T").output("h: T")
    .attr("forget_bias: float = 1").attr("cell_clip: float = 3").attr("use_peephole: bool = false")
    .attr("T: {half, float}")
    .doc("LSTMBlockCell for each step of x, [time, batch, input], up to seq_len_max; what comes after is zeros.")
    .shape(sequence_shape).kernel<BlockLSTMOf>(kCpu, kHalfAndFloat)
    .gradient([](GradContext& g) { sequence_gradient(g, "BlockLSTMGrad"); });

REFLOW_OP("BlockLSTMGrad")
    .input("seq_len_max: int64").input("x: T").input("cs_prev: T").input("h_prev: T").input("w: T").input("wci: T")
    .input("wcf: T").input("wco: T").input("b: T").input("i: T").input("cs: T").input("f: T").input("o: T")
    .input("ci: T").input("co: T").input("h: T").input("cs_grad: T").input("h_grad: T")
    .output("x_grad: T").output("cs_prev_grad: T").output("h_prev_grad: T").output("w_grad: T").output("wci_grad: T")
    .output("wcf_grad: T").output("wco_grad: T").output("b_grad: T")
    .attr("use_peephole: bool").attr("T: {half, float}")
    .doc("The derivatives of BlockLSTM to all of its inputs.")
    .shape(sequence_grad_shape).kernel<BlockLSTMGradOf>(kCpu, kHalfAndFloat);

// TensorFlow 1.15.5 makes BlockLSTMGrad its gradient, which takes the gates for those of BlockLSTM and so is wrong.
REFLOW_OP("BlockLSTMV2")
    .input("seq_len_max: int64").input("x: T").input("cs_prev: T").input("h_prev: T").input("w: T").input("wci: T")
    .input("wcf: T").input("wco: T").input("b: T")
    .output("i: T").output("cs: T").output("f: T").output("o: T").output("ci: T").output("co: T").output("h: T")
    .attr("cell_clip: float = 0").attr("use_peephole: bool = false")
    .attr("T: {half, float}")
    .doc("BlockLSTM with gates in the order input gate, forget gate, new input, output gate, and no bias of the forget gate but that in "
         "`b`.")
    .shape(sequence_shape).kernel<BlockLSTMV2Of>(kCpu, kHalfAndFloat)
    .gradient([](GradContext& g) { sequence_gradient(g, "BlockLSTMGradV2"); });

REFLOW_OP("BlockLSTMGradV2")
    .input("seq_len_max: int64").input("x: T").input("cs_prev: T").input("h_prev: T").input("w: T").input("wci: T")
    .input("wcf: T").input("wco: T").input("b: T").input("i: T").input("cs: T").input("f: T").input("o: T")
    .input("ci: T").input("co: T").input("h: T").input("cs_grad: T").input("h_grad: T")
    .output("x_grad: T").output("cs_prev_grad: T").output("h_prev_grad: T").output("w_grad: T").output("wci_grad: T")
    .output("wcf_grad: T").output("wco_grad: T").output("b_grad: T")
    .attr("use_peephole: bool").attr("T: {half, float}")
    .doc("The derivatives of BlockLSTMV2 to all of its inputs.")
    .shape(sequence_grad_shape).kernel<BlockLSTMGradV2Of>(kCpu, kHalfAndFloat);

}  // namespace
}  // namespace reflow::ops
