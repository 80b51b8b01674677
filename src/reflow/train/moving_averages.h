#pragma once

#include <concepts>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "reflow/client/tensor_like.h"
#include "reflow/client/variable.h"

namespace reflow::train {

struct ExponentialMovingAverageOptions {
  TensorLike num_updates;    // lowers the decay at the start to (1 + num_updates) / (10 + num_updates)
  bool zero_debias = false;  // of tensors' averages, which start at zero
  std::string name = "ExponentialMovingAverage";
};

// Keeps a shadow of each variable (or tensor): shadow -= (1 - decay) * (shadow - value). Slots "NAME/OPTIONS.name".
class ExponentialMovingAverage {
 public:
  explicit ExponentialMovingAverage(TensorLike decay, const ExponentialMovingAverageOptions& options = {});
  // `num_updates` as the second argument, as Python programs give it.
  template <typename T>
    requires std::convertible_to<T, TensorLike>
  ExponentialMovingAverage(TensorLike decay, const T& num_updates)
      : ExponentialMovingAverage(std::move(decay), ExponentialMovingAverageOptions{.num_updates = num_updates}) {}

  const std::string& name() const { return name_; }
  // Makes shadows where there are none yet, and an operation that updates those of `var_list` (unset: the trainable
  // variables). TypeError: "The variables must be half, float, or double: ...".
  Operation apply(const std::optional<std::vector<Variable>>& var_list = std::nullopt);
  Operation apply(std::initializer_list<Variable> var_list) { return apply(std::vector<Variable>(var_list)); }
  Operation apply(const std::vector<Output>& tensors);
  // Variables and tensors in one list.
  Operation apply_to_each(const TensorList& variables_and_tensors);
  // The shadow; unset: there is none.
  std::optional<Variable> average(const Variable& var) const;
  std::optional<Variable> average(const Output& tensor) const;
  // The name of the shadow, be it there or not.
  std::string average_name(const Variable& var) const { return average_name(var.ref()); }
  std::string average_name(const Output& tensor) const;
  // For a Saver that loads averages into the variables: name in the checkpoint -> variable. Unset: the trainable
  // variables and those that have an average; all other global variables go by their own names.
  std::map<std::string, Variable> variables_to_restore(
      const std::optional<std::vector<Variable>>& moving_avg_variables = std::nullopt) const;

 private:
  struct Average {
    Output of;  // the ref or handle of a variable, or a tensor
    Variable shadow;
    bool zero_debias = false;
  };
  const Average* find(const Output& of) const;
  void add(const Variable& var);
  void add(const Output& tensor);
  Operation update(const std::vector<TensorLike>& values, const std::vector<Output>& keys);

  TensorLike decay_, num_updates_;
  bool zero_debias_;
  std::string name_;
  std::vector<Average> averages_;
};

struct AssignMovingAverageOptions {
  bool zero_debias = true;
  std::string name;
};
// variable -= (1 - decay) * (variable - value); the variable's new value. As tf.python.training.moving_averages.
Output assign_moving_average(const Variable& variable, const TensorLike& value, const TensorLike& decay,
                             const AssignMovingAverageOptions& options = {});

}  // namespace reflow::train
