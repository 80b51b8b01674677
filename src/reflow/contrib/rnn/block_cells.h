#pragma once

// Recurrent cells of one op a step: tf.contrib.rnn. They compute what LSTMCell and GRUCell do, faster.

#include <optional>
#include <vector>

#include "reflow/layers/rnn_cell.h"

namespace reflow::contrib::rnn {

using nn::rnn_cell::State;
using nn::rnn_cell::Step;

struct LSTMBlockCellOptions {
  double forget_bias = 1.0;
  std::optional<double> cell_clip;  // the memory stays between -cell_clip and cell_clip
  bool use_peephole = false;
  reflow::layers::LayerOptions layer;
};
// LSTMCell in one op, with its variables. The state is {c, h}. Zaremba and others, arXiv 1409.2329.
class LSTMBlockCell : public nn::rnn_cell::RNNCell {
 public:
  explicit LSTMBlockCell(int64_t num_units, const LSTMBlockCellOptions& options = {});
  std::vector<int64_t> state_size() const override { return {num_units_, num_units_}; }
  std::vector<bool> droppable_state() const override { return {false, true}; }
  int64_t output_size() const override { return num_units_; }

 private:
  void build(const Shape& input_shape) override;
  Step call(const Output& inputs, const State& state) override;
  int64_t num_units_;
  LSTMBlockCellOptions options_;
  Variable kernel_, bias_, w_i_diag_, w_f_diag_, w_o_diag_;
};

struct GRUBlockCellOptions {
  reflow::layers::LayerOptions layer;
};
// GRUCell in one op, with its variables.
class GRUBlockCellV2 : public nn::rnn_cell::RNNCell {
 public:
  explicit GRUBlockCellV2(int64_t num_units, const GRUBlockCellOptions& options = {});
  std::vector<int64_t> state_size() const override { return {num_units_}; }
  int64_t output_size() const override { return num_units_; }

 private:
  void build(const Shape& input_shape) override;
  Step call(const Output& inputs, const State& state) override;
  int64_t num_units_;
  Variable gate_kernel_, gate_bias_, candidate_kernel_, candidate_bias_;
};

struct LSTMBlockFusedCellOptions {
  double forget_bias = 1.0;
  std::optional<double> cell_clip;
  bool use_peephole = false;
  reflow::layers::LayerOptions layer;
};
struct FusedCallOptions {
  std::optional<State> initial_state;  // {c, h}; default: zeros of `dtype`
  DType dtype = DType::kInvalid;
};
struct FusedResult {
  Output outputs;  // [time, batch, units]
  State state;
};
// An LSTM over a whole sequence, [time, batch, depth], in one op.
class LSTMBlockFusedCell : public reflow::layers::Layer {
 public:
  explicit LSTMBlockFusedCell(int64_t num_units, const LSTMBlockFusedCellOptions& options = {});
  // ValueError: "Either initial_state or dtype needs to be specified".
  FusedResult operator()(const Output& inputs, const FusedCallOptions& options = {});

 private:
  void build(const Shape& input_shape) override;
  FusedResult compute(const Output& inputs, const FusedCallOptions& options);
  int64_t num_units_;
  LSTMBlockFusedCellOptions options_;
  Variable kernel_, bias_, w_i_diag_, w_f_diag_, w_o_diag_;
};

}  // namespace reflow::contrib::rnn
