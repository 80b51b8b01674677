#pragma once

#include <concepts>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <unordered_set>
#include <utility>
#include <vector>

#include "reflow/client/gradients.h"
#include "reflow/client/initializer.h"
#include "reflow/client/tensor_like.h"
#include "reflow/client/variable.h"

namespace reflow::train {

// A number that steers an optimizer: a plain number, a tensor, a variable, or a function that gives one of these each
// time gradients are applied.
class Hyperparameter {
 public:
  template <typename T>
    requires std::convertible_to<T, TensorLike>
  Hyperparameter(T value) : value_(std::move(value)) {}
  template <typename F>
    requires std::is_invocable_r_v<TensorLike, F>
  Hyperparameter(F function) : function_(std::move(function)) {}
  TensorLike operator()() const { return function_ ? function_() : value_; }

  // Told the tensor that the number is in the update being built; may be empty.
  std::function<void(const Output&)> became_tensor;

 private:
  TensorLike value_;
  std::function<TensorLike()> function_;
};

// A gradient, which may be missing, and the variable that it is for.
struct GradientAndVariable {
  Gradient gradient;
  Variable variable;
};

// How much of the gradients has to be there before any of them is used.
enum GateGradients { GATE_NONE = 0, GATE_OP = 1, GATE_GRAPH = 2 };

struct ComputeGradientsOptions {
  std::optional<std::vector<Variable>> var_list;  // unset: the trainable variables of the graph
  GateGradients gate_gradients = GATE_OP;
  AggregationMethod aggregation_method = AggregationMethod::DEFAULT;
  bool colocate_gradients_with_ops = false;
  Gradient grad_loss;  // dL/dloss; nothing: ones
};

struct ApplyGradientsOptions {
  std::optional<Variable> global_step;  // incremented after the update
  std::string name;                     // of the operation; "": the optimizer's
};

struct MinimizeOptions {
  std::optional<Variable> global_step;
  std::optional<std::vector<Variable>> var_list;
  GateGradients gate_gradients = GATE_OP;
  AggregationMethod aggregation_method = AggregationMethod::DEFAULT;
  bool colocate_gradients_with_ops = false;
  std::string name;
  Gradient grad_loss;
};

// Base of the optimizers: computes gradients of a loss and adds the ops that apply them to variables. It keeps the slots
// (variables that belong to a trained variable, as momenta). Subclasses override the protected functions, whose names are
// those of TensorFlow's Python class; the public ones may be overridden too, and may call each other. Belongs to one thread; may serve several graphs.
class Optimizer {
 public:
  static constexpr GateGradients GATE_NONE = train::GATE_NONE, GATE_OP = train::GATE_OP, GATE_GRAPH = train::GATE_GRAPH;

  virtual ~Optimizer() = default;

  // compute_gradients and apply_gradients. ValueError: "No gradients provided for any variable, ...".
  virtual Operation minimize(const Output& loss, const MinimizeOptions& options = {});
  // One pair for each variable; its gradient may be missing. ValueError: "No variables to optimize.", "Invalid type ...".
  virtual std::vector<GradientAndVariable> compute_gradients(const Output& loss,
                                                             const ComputeGradientsOptions& options = {});
  // The operation that updates the variables, and then increments global_step. Pairs without gradient are left out.
  // ValueError: "No variables provided.", "No gradients provided for any variable: ...".
  virtual Operation apply_gradients(const std::vector<GradientAndVariable>& grads_and_vars,
                                    const ApplyGradientsOptions& options = {});

  virtual std::string get_name() const { return name_; }
  // The slot `name` of `var`; unset: there is none.
  virtual std::optional<Variable> get_slot(const Variable& var, const std::string& name) const;
  virtual std::vector<std::string> get_slot_names() const;
  // Slots and other variables that the optimizer made in the default graph, by name.
  virtual std::vector<Variable> variables() const;

 protected:
  Optimizer(bool use_locking, std::string name);

  // Makes the slots of the variables.
  virtual void _create_slots(const std::vector<Variable>& var_list);
  // Makes the tensors that all updates share, in the name scope of the update.
  virtual void _prepare();
  // The update of one variable. Dense and sparse, of a variable by reference and of a resource variable. The sparse
  // ones get each index once; override the _duplicate_indices ones where repeated indices do no harm.
  virtual Operation _apply_dense(const Output& grad, const Variable& var);
  virtual Operation _apply_sparse(const IndexedSlices& grad, const Variable& var);
  virtual Operation _apply_sparse_duplicate_indices(const IndexedSlices& grad, const Variable& var);
  virtual Operation _resource_apply_dense(const Output& grad, const Variable& var);
  virtual Operation _resource_apply_sparse(const Output& grad, const Variable& var, const Output& indices);
  virtual Operation _resource_apply_sparse_duplicate_indices(const Output& grad, const Variable& var,
                                                             const Output& indices);
  // Joins the updates in an operation called `name_scope`.
  virtual Operation _finish(const std::vector<Operation>& update_ops, const std::string& name_scope);
  // Types of loss, variables and gradients.
  virtual std::vector<DType> _valid_dtypes() const;

  // Find or make the slot `slot_name` of `var`; its variable is called after `op_name`.
  Variable _zeros_slot(const Variable& var, const std::string& slot_name, const std::string& op_name);
  Variable _get_or_make_slot(const Variable& var, const Output& val, const std::string& slot_name,
                             const std::string& op_name);
  Variable _get_or_make_slot_with_initializer(const Variable& var, const Initializer& initializer, const Shape& shape,
                                              DType dtype, const std::string& slot_name, const std::string& op_name);
  // Find or make a variable that belongs to no other, such as a power that all updates share.
  Variable _create_non_slot_variable(const TensorLike& initial_value, const std::string& name,
                                     const Variable& colocate_with);
  Variable _get_non_slot_variable(const std::string& name) const;
  // All that _create_non_slot_variable has made in the default graph, under the names that it was given.
  std::vector<std::pair<std::string, Variable>> named_non_slot_variables() const;

  // A slot that exists.
  Variable slot(const Variable& var, const std::string& name) const { return *get_slot(var, name); }
  bool use_locking() const { return use_locking_; }
  const std::string& name() const { return name_; }

 private:
  using Slots = std::map<const graph::Node*, Variable>;
  Variable* find_slot(const Variable& var, const std::string& slot_name);
  Operation update(const Gradient& gradient, const Variable& var);
  void check_dtypes(const std::vector<Output>& tensors) const;

  bool use_locking_;
  std::string name_;
  std::map<std::string, Slots> slots_;
  std::unordered_set<Variable> trained_;  // eagerly: the handle of each is the key of its slots as long as it lives
  struct NonSlot {
    std::string name;
    Variable variable;
  };
  std::vector<NonSlot> non_slots_;
};

}  // namespace reflow::train
