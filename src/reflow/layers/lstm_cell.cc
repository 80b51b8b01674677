#include "reflow/layers/lstm_cell.h"

#include "reflow/client/array_ops.h"
#include "reflow/client/clip_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/initializers.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/nn_ops.h"
#include "reflow/client/operators.h"

namespace reflow::nn::rnn_cell {

LSTMCell::LSTMCell(int64_t num_units, const LSTMCellOptions& options)
    : RNNCell("LSTMCell", "lstm_cell", options.layer), num_units_(num_units), options_(options) {
  makes_variables_in_build_ = true;
  if (!options_.activation) options_.activation = [](const Output& x) { return reflow::tanh(x); };
}

void LSTMCell::build(const Shape& input_shape) {
  const int64_t depth = depth_of_inputs(input_shape) + output_size();
  const layers::WeightOptions weights{.initializer = options_.initializer};
  kernel_ = add_weight("kernel", Shape{depth, 4 * num_units_}, weights);
  bias_ = add_weight("bias", Shape{4 * num_units_}, {.initializer = zeros_initializer()});
  if (options_.use_peepholes) {
    w_f_diag_ = add_weight("w_f_diag", Shape{num_units_}, weights);
    w_i_diag_ = add_weight("w_i_diag", Shape{num_units_}, weights);
    w_o_diag_ = add_weight("w_o_diag", Shape{num_units_}, weights);
  }
  if (options_.num_proj) proj_kernel_ = add_weight("projection/kernel", Shape{num_units_, *options_.num_proj}, weights);
}

Step LSTMCell::call(const Output& inputs, const State& state) {
  const Output &c_prev = state.at(0), &m_prev = state.at(1);
  const Activation& activation = options_.activation;
  Output gates = matmul(concat({inputs, m_prev}, 1), kernel_);
  gates = bias_add(gates, bias_);
  // i: input gate, j: new input, f: forget gate, o: output gate.
  const std::vector<Output> parts = split(gates, 4, {.axis = 1});
  const Output &i = parts[0], &j = parts[1], &f = parts[2], &o = parts[3];
  Output forget = f + options_.forget_bias;
  if (options_.use_peepholes) forget = forget + w_f_diag_ * c_prev;
  const Output kept = reflow::sigmoid(forget) * c_prev;
  const Output admitted = reflow::sigmoid(options_.use_peepholes ? i + w_i_diag_ * c_prev : i);
  Output c = kept + admitted * activation(j);
  if (options_.cell_clip) c = clip_by_value(c, -*options_.cell_clip, *options_.cell_clip);
  const Output shown = reflow::sigmoid(options_.use_peepholes ? o + w_o_diag_ * c : o);
  Output m = shown * activation(c);
  if (options_.num_proj) {
    m = matmul(m, proj_kernel_);
    if (options_.proj_clip) m = clip_by_value(m, -*options_.proj_clip, *options_.proj_clip);
  }
  return {m, {c, m}};
}

}  // namespace reflow::nn::rnn_cell
