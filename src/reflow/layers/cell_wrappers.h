#pragma once

// Recurrent cells that change another cell: dropout, residual connections, devices. They open no scope of their own.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "reflow/layers/rnn_cell.h"

namespace reflow::nn::rnn_cell {

class CellWrapper : public RNNCell {
 public:
  std::vector<int64_t> state_size() const override { return cell_->state_size(); }
  std::vector<bool> droppable_state() const override { return cell_->droppable_state(); }
  int64_t output_size() const override { return cell_->output_size(); }
  State zero_state(const TensorLike& batch_size, DType dtype) const override;
  Step operator()(const Output& inputs, const State& state) override { return call(inputs, state); }
  const std::shared_ptr<RNNCell>& wrapped_cell() const { return cell_; }

 protected:
  CellWrapper(std::string type_name, std::string base_name, std::shared_ptr<RNNCell> cell);
  std::shared_ptr<RNNCell> cell_;

 private:
  std::string zero_state_scope_;
};

struct DropoutWrapperOptions {
  TensorLike input_keep_prob = 1.0, output_keep_prob = 1.0, state_keep_prob = 1.0;  // numbers or scalars
};
// Drops inputs, outputs and states of a cell at random.
class DropoutWrapper : public CellWrapper {
 public:
  // ValueError: "Parameter input_keep_prob must be between 0 and 1: 2".
  DropoutWrapper(std::shared_ptr<RNNCell> cell, const DropoutWrapperOptions& options);

 private:
  Step call(const Output& inputs, const State& state) override;
  TensorLike input_keep_prob_, output_keep_prob_, state_keep_prob_;
};

// Adds a cell's inputs to its outputs, or joins them by a function.
class ResidualWrapper : public CellWrapper {
 public:
  using ResidualFn = std::function<Output(const Output& inputs, const Output& outputs)>;
  explicit ResidualWrapper(std::shared_ptr<RNNCell> cell, ResidualFn residual_fn = {});

 private:
  Step call(const Output& inputs, const State& state) override;
  ResidualFn residual_fn_;
};

// Places a cell on a device.
class DeviceWrapper : public CellWrapper {
 public:
  DeviceWrapper(std::shared_ptr<RNNCell> cell, std::string device);
  State zero_state(const TensorLike& batch_size, DType dtype) const override;

 private:
  Step call(const Output& inputs, const State& state) override;
  std::string device_;
};

}  // namespace reflow::nn::rnn_cell
