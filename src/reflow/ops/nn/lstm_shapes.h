#pragma once

// What the shape functions and kernels of LSTMBlockCell and BlockLSTM ask of their inputs.

#include "reflow/op/op.h"

namespace reflow::ops {

// Checks x [.., batch, input], cs_prev, h_prev, w, wci, wcf, wco and b, which are the inputs from `first` on, before a run.
// InvalidArgument in TensorFlow's words.
Status check_lstm_inputs(op::ShapeContext& c, int first, bool use_peephole);

}  // namespace reflow::ops
