#pragma once

// A step of an LSTM over a batch, and its derivative: what LSTMBlockCell and BlockLSTM are made of.
// Zaremba and others, arXiv 1409.2329; peepholes: Gers and Schmidhuber, IJCNN 2000.

#include <cstdint>

#include "reflow/base/thread_pool.h"

namespace reflow::ops {

struct LstmSizes {
  int64_t batch, input, cell;
};

// w is [input + cell, 4 * cell], b is [4 * cell]; their gates are in the order input gate, new input, forget gate, output
// gate. Peepholes are [cell], and null where there are none.
struct LstmWeights {
  const float *w, *wci, *wcf, *wco, *b;
  float forget_bias;
  float cell_clip;  // none where it isn't positive
};

// Of one step, all [batch, cell]: gates, the cell before and after tanh, the output.
struct LstmValues {
  float *i, *cs, *f, *o, *ci, *co, *h;
};

// Computes a step from x [batch, input] and the state. `gates` is scratch of [batch, 4 * cell].
void lstm_step(ThreadPool& pool, const LstmSizes& sizes, const LstmWeights& weights, const float* x,
               const float* cs_prev, const float* h_prev, float* gates, const LstmValues& values);

// The derivative to the four gates before their activations, [batch, 4 * cell], and to cs_prev, [batch, cell], from those
// to the cell and to the output. The derivatives to peepholes are added to those given, [cell]; null: they aren't wanted.
struct LstmPeepholeGrads {
  float *wci, *wcf, *wco;
};
void lstm_step_grad(ThreadPool& pool, const LstmSizes& sizes, const LstmWeights& weights, const float* cs_prev,
                    const LstmValues& values, const float* cs_grad, const float* h_grad, float* gates_grad,
                    float* cs_prev_grad, const LstmPeepholeGrads& peephole_grads);

}  // namespace reflow::ops
