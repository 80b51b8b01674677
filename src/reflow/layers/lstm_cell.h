#pragma once

#include <optional>
#include <vector>

#include "reflow/layers/rnn_cell.h"

namespace reflow::nn::rnn_cell {

struct LSTMCellOptions {
  bool use_peepholes = false;        // gates look at the memory too
  std::optional<double> cell_clip;   // the memory stays between -cell_clip and cell_clip
  Initializer initializer;           // of kernels and peepholes
  std::optional<int64_t> num_proj;   // the output is projected to this size
  std::optional<double> proj_clip;   // the projection stays between -proj_clip and proj_clip
  double forget_bias = 1.0;
  Activation activation;             // default: tanh
  layers::LayerOptions layer;
};
// A long short-term memory with what was added to it over the years. The state is {c, h}.
// Hochreiter and Schmidhuber, Neural Computation 9 (1997); Sak and others, Interspeech 2014.
class LSTMCell : public RNNCell {
 public:
  explicit LSTMCell(int64_t num_units, const LSTMCellOptions& options = {});
  std::vector<int64_t> state_size() const override { return {num_units_, output_size()}; }
  std::vector<bool> droppable_state() const override { return {false, true}; }
  int64_t output_size() const override { return options_.num_proj.value_or(num_units_); }

 private:
  void build(const Shape& input_shape) override;
  Step call(const Output& inputs, const State& state) override;
  int64_t num_units_;
  LSTMCellOptions options_;
  Variable kernel_, bias_, w_f_diag_, w_i_diag_, w_o_diag_, proj_kernel_;
};

}  // namespace reflow::nn::rnn_cell
