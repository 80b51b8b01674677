#include "reflow/layers/rnn_cell.h"

#include <fmt/format.h>

#include <utility>

#include "reflow/client/array_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/initializers.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/nn_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/scopes.h"

namespace reflow::nn::rnn_cell {
namespace {

Activation or_tanh(const Activation& activation) {
  if (activation) return activation;
  return [](const Output& x) { return reflow::tanh(x); };
}

// x * kernel + bias of x = [a, b].
Output linear(const Output& a, const Output& b, const Variable& kernel, const Variable& bias) {
  return bias_add(matmul(concat({a, b}, 1), kernel), bias);
}

// batch_size and size as vectors of one element.
std::pair<Output, Output> shape_parts(const TensorLike& batch_size, int64_t size) {
  const auto* number = std::get_if<int64_t>(&batch_size.value());
  const Output batch = number ? constant(std::vector<int>{static_cast<int>(*number)}) : expand_dims(batch_size, 0);
  return {batch, constant(std::vector<int>{static_cast<int>(size)})};
}

}  // namespace

int64_t depth_of_inputs(const Shape& shape) {
  if (shape.known_rank() && shape.rank() == 2 && shape.dim(1) >= 0) return shape.dim(1);
  throw ValueError(fmt::format("Expected inputs.shape[-1] to be known, saw shape: {}", shape.str()));
}

RNNCell::RNNCell(std::string type_name, std::string base_name, layers::LayerOptions options)
    : Layer(std::move(base_name), std::move(options)), type_name_(std::move(type_name)) {}

State RNNCell::zero_state(const TensorLike& batch_size, DType dtype) const {
  const name_scope scope(type_name_ + "ZeroState");
  const auto* number = std::get_if<int64_t>(&batch_size.value());
  State state;
  for (const int64_t size : state_size()) {
    const auto [batch, units] = shape_parts(batch_size, size);
    state.push_back(zeros(concat({batch, units}, 0), {.dtype = dtype}));
    shape_parts(batch_size, size);  // TensorFlow makes them again to read the static shape off them
    state.back().set_shape(Shape{number ? *number : Shape::kUnknown, size});
  }
  return state;
}

Step RNNCell::operator()(const Output& inputs, const State& state) {
  Step step;
  const auto compute = [&] { step = call(inputs, state); };
  if (makes_variables_in_build_) {
    run(inputs, compute);
    return step;
  }
  const variable_scope scope(get_variable_scope());
  run(inputs, compute);
  return step;
}

BasicRNNCell::BasicRNNCell(int64_t num_units, const CellOptions& options)
    : RNNCell("BasicRNNCell", "basic_rnn_cell", options.layer),
      num_units_(num_units), activation_(or_tanh(options.activation)) {
  makes_variables_in_build_ = true;
}

void BasicRNNCell::build(const Shape& input_shape) {
  kernel_ = add_weight("kernel", Shape{depth_of_inputs(input_shape) + num_units_, num_units_});
  bias_ = add_weight("bias", Shape{num_units_}, {.initializer = zeros_initializer()});
}

Step BasicRNNCell::call(const Output& inputs, const State& state) {
  const Output output = activation_(linear(inputs, state.at(0), kernel_, bias_));
  return {output, {output}};
}

GRUCell::GRUCell(int64_t num_units, const CellOptions& options)
    : RNNCell("GRUCell", "gru_cell", options.layer), num_units_(num_units), activation_(or_tanh(options.activation)) {
  makes_variables_in_build_ = true;
}

void GRUCell::build(const Shape& input_shape) {
  const int64_t depth = depth_of_inputs(input_shape) + num_units_;
  gate_kernel_ = add_weight("gates/kernel", Shape{depth, 2 * num_units_});
  gate_bias_ = add_weight("gates/bias", Shape{2 * num_units_}, {.initializer = constant_initializer(1.0)});
  candidate_kernel_ = add_weight("candidate/kernel", Shape{depth, num_units_});
  candidate_bias_ = add_weight("candidate/bias", Shape{num_units_}, {.initializer = zeros_initializer()});
}

Step GRUCell::call(const Output& inputs, const State& state) {
  const Output& h = state.at(0);
  const Output gates = reflow::sigmoid(linear(inputs, h, gate_kernel_, gate_bias_));
  const std::vector<Output> parts = split(gates, 2, {.axis = 1});
  const Output &reset = parts[0], &update = parts[1];
  const Output candidate = activation_(linear(inputs, reset * h, candidate_kernel_, candidate_bias_));
  const Output kept = update * h;
  const Output new_h = kept + (1 - update) * candidate;
  return {new_h, {new_h}};
}

BasicLSTMCell::BasicLSTMCell(int64_t num_units, const BasicLSTMCellOptions& options)
    : RNNCell("BasicLSTMCell", "basic_lstm_cell", options.layer),
      num_units_(num_units), forget_bias_(options.forget_bias), activation_(or_tanh(options.activation)) {
  makes_variables_in_build_ = true;
}

void BasicLSTMCell::build(const Shape& input_shape) {
  kernel_ = add_weight("kernel", Shape{depth_of_inputs(input_shape) + num_units_, 4 * num_units_});
  bias_ = add_weight("bias", Shape{4 * num_units_}, {.initializer = zeros_initializer()});
}

Step BasicLSTMCell::call(const Output& inputs, const State& state) {
  const Output one = constant(1, int32);
  const Output &c = state.at(0), &h = state.at(1);
  const Output gates = linear(inputs, h, kernel_, bias_);
  // i: input gate, j: new input, f: forget gate, o: output gate.
  const std::vector<Output> parts = split(gates, 4, {.axis = one});
  const Output &i = parts[0], &j = parts[1], &f = parts[2], &o = parts[3];
  const Output forget_bias = constant(forget_bias_, base_type(f.dtype()));
  const Output kept = multiply(c, reflow::sigmoid(add(f, forget_bias)));
  const Output admitted = reflow::sigmoid(i);
  const Output new_c = add(kept, multiply(admitted, activation_(j)));
  const Output shown = activation_(new_c);
  const Output new_h = multiply(shown, reflow::sigmoid(o));
  return {new_h, {new_c, new_h}};
}

MultiRNNCell::MultiRNNCell(std::vector<std::shared_ptr<RNNCell>> cells)
    : RNNCell("MultiRNNCell", "multi_rnn_cell", {}), cells_(std::move(cells)) {
  if (cells_.empty()) throw ValueError("Must specify at least one cell for MultiRNNCell.");
}

std::vector<int64_t> MultiRNNCell::state_size() const {
  std::vector<int64_t> sizes;
  for (const auto& cell : cells_) {
    for (const int64_t size : cell->state_size()) sizes.push_back(size);
  }
  return sizes;
}

std::vector<bool> MultiRNNCell::droppable_state() const {
  std::vector<bool> parts;
  for (const auto& cell : cells_) {
    for (const bool part : cell->droppable_state()) parts.push_back(part);
  }
  return parts;
}

State MultiRNNCell::zero_state(const TensorLike& batch_size, DType dtype) const {
  const name_scope scope("MultiRNNCellZeroState");
  State all;
  for (const auto& cell : cells_) {
    for (const Output& part : cell->zero_state(batch_size, dtype)) all.push_back(part);
  }
  return all;
}

Step MultiRNNCell::call(const Output& inputs, const State& state) {
  if (state.size() != state_size().size()) {
    throw ValueError(fmt::format("Expected state to have {} tensors, but it has {}", state_size().size(), state.size()));
  }
  Step result{inputs, {}};
  auto part = state.begin();
  for (size_t i = 0; i < cells_.size(); ++i) {
    const variable_scope scope(fmt::format("cell_{}", i));
    const auto end = part + static_cast<ptrdiff_t>(cells_[i]->state_size().size());
    const Step step = (*cells_[i])(result.output, State(part, end));
    part = end;
    result.output = step.output;
    result.state.insert(result.state.end(), step.state.begin(), step.state.end());
  }
  return result;
}

}  // namespace reflow::nn::rnn_cell
