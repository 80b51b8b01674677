#include "reflow/contrib/rnn/block_cells.h"

#include <fmt/format.h>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/initializers.h"

namespace reflow::contrib::rnn {
namespace {

// Zeros for each peephole, where there are none.
TensorList peepholes_or_zeros(bool use_peephole, const Variable& i, const Variable& f, const Variable& o, int64_t units,
                              DType dtype) {
  if (use_peephole) return {i, f, o};
  const Output none = zeros(std::vector<int>{static_cast<int>(units)}, {.dtype = dtype});
  return {none, none, none};
}

graph::AttrMap attributes(double forget_bias, const std::optional<double>& cell_clip, bool use_peephole) {
  return {{"forget_bias", static_cast<float>(forget_bias)},
          {"cell_clip", static_cast<float>(cell_clip.value_or(-1.0))},
          {"use_peephole", use_peephole}};
}

}  // namespace

LSTMBlockCell::LSTMBlockCell(int64_t num_units, const LSTMBlockCellOptions& options)
    : RNNCell("LSTMBlockCell", "lstm_cell", options.layer), num_units_(num_units), options_(options) {
  makes_variables_in_build_ = true;
}

void LSTMBlockCell::build(const Shape& input_shape) {
  const int64_t depth = nn::rnn_cell::depth_of_inputs(input_shape);
  kernel_ = add_weight("kernel", Shape{depth + num_units_, 4 * num_units_});
  bias_ = add_weight("bias", Shape{4 * num_units_}, {.initializer = constant_initializer(0.0)});
  if (!options_.use_peephole) return;
  w_i_diag_ = add_weight("w_i_diag", Shape{num_units_});
  w_f_diag_ = add_weight("w_f_diag", Shape{num_units_});
  w_o_diag_ = add_weight("w_o_diag", Shape{num_units_});
}

Step LSTMBlockCell::call(const Output& inputs, const State& state) {
  if (state.size() != 2) throw ValueError("Expecting state to be a tuple with length 2.");
  const TensorList peepholes =
      peepholes_or_zeros(options_.use_peephole, w_i_diag_, w_f_diag_, w_o_diag_, num_units_, dtype());
  graph::Node* node = client::make_op(
      "LSTMBlockCell", "", {inputs, state[0], state[1], kernel_, peepholes[0], peepholes[1], peepholes[2], bias_},
      attributes(options_.forget_bias, options_.cell_clip, options_.use_peephole));
  const Output c(node, 1), h(node, 6);
  return {h, {c, h}};
}

GRUBlockCellV2::GRUBlockCellV2(int64_t num_units, const GRUBlockCellOptions& options)
    : RNNCell("GRUBlockCellV2", "gru_cell", options.layer), num_units_(num_units) {
  makes_variables_in_build_ = true;
}

void GRUBlockCellV2::build(const Shape& input_shape) {
  const int64_t depth = nn::rnn_cell::depth_of_inputs(input_shape) + num_units_;
  gate_kernel_ = add_weight("gates/kernel", Shape{depth, 2 * num_units_});
  gate_bias_ = add_weight("gates/bias", Shape{2 * num_units_}, {.initializer = constant_initializer(1.0)});
  candidate_kernel_ = add_weight("candidate/kernel", Shape{depth, num_units_});
  candidate_bias_ = add_weight("candidate/bias", Shape{num_units_}, {.initializer = constant_initializer(0.0)});
}

Step GRUBlockCellV2::call(const Output& inputs, const State& state) {
  graph::Node* node = client::make_op("GRUBlockCell", "", {inputs, state.at(0), gate_kernel_, candidate_kernel_, gate_bias_,
                                                           candidate_bias_});
  const Output h(node, 3);
  return {h, {h}};
}

LSTMBlockFusedCell::LSTMBlockFusedCell(int64_t num_units, const LSTMBlockFusedCellOptions& options)
    : Layer("lstm_fused_cell", options.layer), num_units_(num_units), options_(options) {}

void LSTMBlockFusedCell::build(const Shape& input_shape) {
  if (input_shape.dim(2) < 0) throw ValueError(fmt::format("Expecting inputs_shape[2] to be set: {}", input_shape.str()));
  kernel_ = add_weight("kernel", Shape{input_shape.dim(2) + num_units_, 4 * num_units_});
  bias_ = add_weight("bias", Shape{4 * num_units_}, {.initializer = constant_initializer(0.0)});
  if (!options_.use_peephole) return;
  w_i_diag_ = add_weight("w_i_diag", Shape{num_units_});
  w_f_diag_ = add_weight("w_f_diag", Shape{num_units_});
  w_o_diag_ = add_weight("w_o_diag", Shape{num_units_});
}

FusedResult LSTMBlockFusedCell::compute(const Output& inputs, const FusedCallOptions& options) {
  const Shape& known = inputs.shape();
  const TensorLike batch = known.dim(1) >= 0 ? TensorLike(known.dim(1)) : TensorLike(shape(inputs)[1]);
  const TensorLike steps = known.dim(0) >= 0 ? TensorLike(known.dim(0)) : TensorLike(shape(inputs)[0]);
  State initial;
  if (options.initial_state) {
    initial = *options.initial_state;
    if (initial.size() != 2) throw ValueError("Expecting initial_state to be a tuple with length 2 or None");
  } else {
    if (options.dtype == DType::kInvalid) throw ValueError("Either initial_state or dtype needs to be specified");
    const Output none = zeros(stack({batch, num_units_}), {.dtype = options.dtype});
    initial = {none, none};
  }
  const DType dtype = options.dtype != DType::kInvalid ? options.dtype : base_type(initial[0].dtype());
  const TensorList peepholes =
      peepholes_or_zeros(options_.use_peephole, w_i_diag_, w_f_diag_, w_o_diag_, num_units_, dtype);
  const Output longest = cast(steps, int64);
  graph::Node* node = client::make_op(
      "BlockLSTM", "",
      {longest, inputs, initial[0], initial[1], kernel_, peepholes[0], peepholes[1], peepholes[2], bias_},
      attributes(options_.forget_bias, options_.cell_clip, options_.use_peephole));
  const Output states(node, 1), outputs(node, 6);
  const Output last_state = states[-1];
  return {outputs, {last_state, outputs[-1]}};
}

FusedResult LSTMBlockFusedCell::operator()(const Output& inputs, const FusedCallOptions& options) {
  check_rank(inputs.shape(), 3);
  FusedResult result;
  run(inputs, [&] { result = compute(inputs, options); });
  return result;
}

}  // namespace reflow::contrib::rnn
