#pragma once

// Recurrent cells: tf.nn.rnn_cell. A cell computes an output and a new state from an input and a state. Names of variables
// and nodes are those of TensorFlow's cells.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reflow/client/tensor_like.h"
#include "reflow/layers/layer.h"

namespace reflow::nn::rnn_cell {

// The tensors of a state, in the order in which TensorFlow flattens it: c before h of an LSTM, the lowest cell first of
// several.
using State = std::vector<Output>;

// The state of an LSTM by the names of its parts, from and to a State.
struct LSTMStateTuple {
  LSTMStateTuple(Output c, Output h) : c(std::move(c)), h(std::move(h)) {}
  explicit LSTMStateTuple(const State& state) : c(state.at(0)), h(state.at(1)) {}
  operator State() const { return {c, h}; }
  DType dtype() const { return c.dtype(); }
  Output c, h;
};

struct Step {
  Output output;
  State state;
};

class RNNCell : public layers::Layer {
 public:
  virtual std::vector<int64_t> state_size() const = 0;  // of each tensor of the state
  virtual int64_t output_size() const = 0;
  // Zeros, [batch_size, size] each. `batch_size` is a number or a scalar.
  virtual State zero_state(const TensorLike& batch_size, DType dtype) const;
  // For each tensor of the state: may DropoutWrapper drop elements of it? Memories of LSTMs are kept.
  virtual std::vector<bool> droppable_state() const { return std::vector<bool>(state_size().size(), true); }
  // A step. The variables are made by the first one.
  virtual Step operator()(const Output& inputs, const State& state);

 protected:
  // `type_name` is TensorFlow's name of the class, "BasicLSTMCell"; zero_state names its nodes by it.
  RNNCell(std::string type_name, std::string base_name, layers::LayerOptions options);
  // The step itself. Cells of programs make their variables here, by get_variable, and override nothing else.
  virtual Step call(const Output& inputs, const State& state) = 0;
  // Set by cells that make their variables in build(): they open no scope but their own.
  bool makes_variables_in_build_ = false;

 private:
  std::string type_name_;
};

using layers::Activation;

struct CellOptions {
  Activation activation;  // default: tanh
  layers::LayerOptions layer;
};

// The size of the last dimension of [batch, depth]. ValueError: "Expected inputs.shape[-1] to be known, saw shape: ...".
int64_t depth_of_inputs(const Shape& shape);

// output = state = activation(W * [input, state] + b).
class BasicRNNCell : public RNNCell {
 public:
  explicit BasicRNNCell(int64_t num_units, const CellOptions& options = {});
  std::vector<int64_t> state_size() const override { return {num_units_}; }
  int64_t output_size() const override { return num_units_; }

 private:
  void build(const Shape& input_shape) override;
  Step call(const Output& inputs, const State& state) override;
  int64_t num_units_;
  Activation activation_;
  Variable kernel_, bias_;
};

// The gated recurrent unit. Cho and others, arXiv 1406.1078.
class GRUCell : public RNNCell {
 public:
  explicit GRUCell(int64_t num_units, const CellOptions& options = {});
  std::vector<int64_t> state_size() const override { return {num_units_}; }
  int64_t output_size() const override { return num_units_; }

 private:
  void build(const Shape& input_shape) override;
  Step call(const Output& inputs, const State& state) override;
  int64_t num_units_;
  Activation activation_;
  Variable gate_kernel_, gate_bias_, candidate_kernel_, candidate_bias_;
};

struct BasicLSTMCellOptions {
  double forget_bias = 1.0;
  Activation activation;
  layers::LayerOptions layer;
};
// A long short-term memory without peepholes. Zaremba and others, arXiv 1409.2329. The state is {c, h}.
class BasicLSTMCell : public RNNCell {
 public:
  explicit BasicLSTMCell(int64_t num_units, const BasicLSTMCellOptions& options = {});
  std::vector<int64_t> state_size() const override { return {num_units_, num_units_}; }
  std::vector<bool> droppable_state() const override { return {false, true}; }
  int64_t output_size() const override { return num_units_; }

 private:
  void build(const Shape& input_shape) override;
  Step call(const Output& inputs, const State& state) override;
  int64_t num_units_;
  double forget_bias_;
  Activation activation_;
  Variable kernel_, bias_;
};

// Cells one above the other: each one's output is the input of the next.
class MultiRNNCell : public RNNCell {
 public:
  // ValueError: "Must specify at least one cell for MultiRNNCell."
  explicit MultiRNNCell(std::vector<std::shared_ptr<RNNCell>> cells);
  std::vector<int64_t> state_size() const override;
  std::vector<bool> droppable_state() const override;
  int64_t output_size() const override { return cells_.back()->output_size(); }
  State zero_state(const TensorLike& batch_size, DType dtype) const override;

 private:
  Step call(const Output& inputs, const State& state) override;
  std::vector<std::shared_ptr<RNNCell>> cells_;
};

}  // namespace reflow::nn::rnn_cell
