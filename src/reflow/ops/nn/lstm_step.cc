#include "lstm_step.h"

#include <algorithm>

#include "reflow/op/gemm.h"
#include "reflow/op/vector_math.h"

namespace reflow::ops {
namespace {

using op::unary_f32;
using op::VecOp;

constexpr double kCellCostNs = 20;  // of one unit of one example: five activations

}  // namespace

void lstm_step(ThreadPool& pool, const LstmSizes& sizes, const LstmWeights& weights, const float* x,
               const float* cs_prev, const float* h_prev, float* gates, const LstmValues& values) {
  static const auto sigmoid = unary_f32(VecOp::kSigmoid), tanh = unary_f32(VecOp::kTanh);
  const int64_t batch = sizes.batch, cell = sizes.cell, width = 4 * cell;
  if (batch == 0 || cell == 0) return;
  if (sizes.input > 0) {
    op::gemm(pool, {.m = batch, .n = width, .k = sizes.input, .a = x, .lda = sizes.input, .b = weights.w, .ldb = width,
                    .c = gates, .ldc = width});
  }
  op::gemm(pool, {.m = batch, .n = width, .k = cell, .a = h_prev, .lda = cell, .b = weights.w + sizes.input * width,
                  .ldb = width, .c = gates, .ldc = width, .accumulate = sizes.input > 0});
  pool.parallel_for(batch, kCellCostNs * static_cast<double>(cell), [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      const float *g = gates + r * width, *b = weights.b, *before = cs_prev + r * cell;
      const int64_t at = r * cell;
      float *i = values.i + at, *cs = values.cs + at, *f = values.f + at, *o = values.o + at, *ci = values.ci + at,
            *co = values.co + at, *h = values.h + at;
      for (int64_t j = 0; j < cell; ++j) {
        i[j] = g[j] + b[j] + (weights.wci ? before[j] * weights.wci[j] : 0);
        ci[j] = g[cell + j] + b[cell + j];
        f[j] = g[2 * cell + j] + b[2 * cell + j] + weights.forget_bias + (weights.wcf ? before[j] * weights.wcf[j] : 0);
      }
      sigmoid(i, i, cell);
      tanh(ci, ci, cell);
      sigmoid(f, f, cell);
      for (int64_t j = 0; j < cell; ++j) {
        cs[j] = ci[j] * i[j] + before[j] * f[j];
        if (weights.cell_clip > 0) cs[j] = std::clamp(cs[j], -weights.cell_clip, weights.cell_clip);
        o[j] = g[3 * cell + j] + b[3 * cell + j] + (weights.wco ? cs[j] * weights.wco[j] : 0);
      }
      sigmoid(o, o, cell);
      tanh(cs, co, cell);
      for (int64_t j = 0; j < cell; ++j) h[j] = o[j] * co[j];
    }
  });
}

void lstm_step_grad(ThreadPool& pool, const LstmSizes& sizes, const LstmWeights& weights, const float* cs_prev,
                    const LstmValues& values, const float* cs_grad, const float* h_grad, float* gates_grad,
                    float* cs_prev_grad, const LstmPeepholeGrads& peephole_grads) {
  const int64_t batch = sizes.batch, cell = sizes.cell;
  pool.parallel_for(batch, 0.25 * kCellCostNs * static_cast<double>(cell), [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      const int64_t at = r * cell;
      const float *i = values.i + at, *f = values.f + at, *o = values.o + at, *ci = values.ci + at,
                  *co = values.co + at, *before = cs_prev + at, *dh = h_grad + at;
      float *di = gates_grad + 4 * at, *dci = di + cell, *df = di + 2 * cell, *d_o = di + 3 * cell;
      for (int64_t j = 0; j < cell; ++j) {
        d_o[j] = o[j] * (1 - o[j]) * dh[j] * co[j];
        float dcs = (1 - co[j] * co[j]) * dh[j] * o[j] + cs_grad[at + j];
        if (weights.wco) dcs += d_o[j] * weights.wco[j];
        dci[j] = (1 - ci[j] * ci[j]) * dcs * i[j];
        df[j] = f[j] * (1 - f[j]) * dcs * before[j];
        di[j] = i[j] * (1 - i[j]) * dcs * ci[j];
        float dcs_prev = dcs * f[j];
        if (weights.wci) dcs_prev += di[j] * weights.wci[j] + df[j] * weights.wcf[j];
        cs_prev_grad[at + j] = dcs_prev;
      }
    }
  });
  if (!peephole_grads.wci) return;
  for (int64_t r = 0; r < batch; ++r) {
    const float *di = gates_grad + 4 * r * cell, *df = di + 2 * cell, *d_o = di + 3 * cell;
    for (int64_t j = 0; j < cell; ++j) {
      peephole_grads.wci[j] += di[j] * cs_prev[r * cell + j];
      peephole_grads.wcf[j] += df[j] * cs_prev[r * cell + j];
      peephole_grads.wco[j] += d_o[j] * values.cs[r * cell + j];
    }
  }
}

}  // namespace reflow::ops
