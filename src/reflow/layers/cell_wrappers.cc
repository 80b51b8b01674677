#include "reflow/layers/cell_wrappers.h"

#include <fmt/format.h>

#include <utility>

#include "reflow/client/errors.h"
#include "reflow/client/nn_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/scopes.h"

namespace reflow::nn::rnn_cell {
namespace {

// A probability that is known while the graph is built, as a number; else the tensor.
TensorLike checked_probability(const TensorLike& probability, const char* name) {
  const Output tensor = convert_to_tensor(probability);
  const Tensor known = constant_value(tensor);
  if (!known.valid()) return tensor;
  const double value = known.dtype() == DType::kInt32     ? *known.data<int32_t>()
                       : known.dtype() == DType::kFloat64 ? *known.data<double>()
                                                          : *known.data<float>();
  if (value >= 0 && value <= 1) return value;
  throw ValueError(fmt::format("Parameter {} must be between 0 and 1: {}", name, static_cast<int64_t>(value)));
}

Output dropped(const Output& x, const TensorLike& keep_prob) {
  const double* number = std::get_if<double>(&keep_prob.value());
  if (number && *number >= 1) return x;
  return dropout(x, DropoutOptions{.rate = number ? TensorLike(1.0 - *number) : TensorLike(1.0 - *keep_prob.output())});
}

bool drops(const TensorLike& keep_prob) {
  const double* number = std::get_if<double>(&keep_prob.value());
  return !number || *number < 1;
}

}  // namespace

CellWrapper::CellWrapper(std::string type_name, std::string base_name, std::shared_ptr<RNNCell> cell)
    : RNNCell(type_name, std::move(base_name), {}), cell_(std::move(cell)), zero_state_scope_(type_name + "ZeroState") {}

State CellWrapper::zero_state(const TensorLike& batch_size, DType dtype) const {
  const name_scope scope(zero_state_scope_);
  return cell_->zero_state(batch_size, dtype);
}

DropoutWrapper::DropoutWrapper(std::shared_ptr<RNNCell> cell, const DropoutWrapperOptions& options)
    : CellWrapper("DropoutWrapper", "dropout_wrapper", std::move(cell)) {
  const name_scope scope("DropoutWrapperInit");
  input_keep_prob_ = checked_probability(options.input_keep_prob, "input_keep_prob");
  state_keep_prob_ = checked_probability(options.state_keep_prob, "state_keep_prob");
  output_keep_prob_ = checked_probability(options.output_keep_prob, "output_keep_prob");
}

Step DropoutWrapper::call(const Output& inputs, const State& state) {
  Step step = (*cell_)(dropped(inputs, input_keep_prob_), state);
  if (drops(state_keep_prob_)) {
    const std::vector<bool> parts = cell_->droppable_state();
    for (size_t i = 0; i < step.state.size(); ++i) {
      if (parts.at(i)) step.state[i] = dropped(step.state[i], state_keep_prob_);
    }
  }
  step.output = dropped(step.output, output_keep_prob_);
  return step;
}

ResidualWrapper::ResidualWrapper(std::shared_ptr<RNNCell> cell, ResidualFn residual_fn)
    : CellWrapper("ResidualWrapper", "residual_wrapper", std::move(cell)), residual_fn_(std::move(residual_fn)) {}

Step ResidualWrapper::call(const Output& inputs, const State& state) {
  Step step = (*cell_)(inputs, state);
  if (residual_fn_) {
    step.output = residual_fn_(inputs, step.output);
    return step;
  }
  if (!inputs.shape().compatible_with(step.output.shape())) {
    throw ValueError(fmt::format("Shapes {} and {} are incompatible", inputs.shape().str(), step.output.shape().str()));
  }
  step.output = inputs + step.output;
  return step;
}

DeviceWrapper::DeviceWrapper(std::shared_ptr<RNNCell> cell, std::string device)
    : CellWrapper("DeviceWrapper", "device_wrapper", std::move(cell)), device_(std::move(device)) {}

State DeviceWrapper::zero_state(const TensorLike& batch_size, DType dtype) const {
  const name_scope scope("DeviceWrapperZeroState");
  const reflow::device place(device_);
  return cell_->zero_state(batch_size, dtype);
}

Step DeviceWrapper::call(const Output& inputs, const State& state) {
  const reflow::device place(device_);
  return (*cell_)(inputs, state);
}

}  // namespace reflow::nn::rnn_cell
