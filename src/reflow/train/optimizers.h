#pragma once

// The optimizers of tf.train, by TensorFlow's names: arguments without default come first, the others are options.

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reflow/train/optimizer.h"

namespace reflow::train {

// A hyperparameter with the tensor that it is in the update being built.
struct HyperTensor {
  HyperTensor(Hyperparameter v) : value(std::move(v)) {}
  // Makes the tensor, called `name`.
  void convert(const std::string& name);
  Hyperparameter value;
  Output tensor;
  std::shared_ptr<const void> held;  // what keeps `tensor` where ops run at once
};

// An optimizer whose update is one training op for each variable, such as ApplyMomentum with its forms
// ResourceApplyMomentum, SparseApplyMomentum and ResourceSparseApplyMomentum.
class TrainingOpOptimizer : public Optimizer {
 protected:
  using Optimizer::Optimizer;
  // The op's arguments: the variable, its slots, `before`, the gradient (and its indices), `after`.
  struct Update {
    std::string op;  // "Momentum"
    std::vector<Variable> slots;
    std::vector<TensorLike> before, after;
    std::vector<std::pair<std::string, bool>> attrs;  // besides use_locking
  };
  // The update of `var`, hyperparameters cast to `type`.
  virtual Update _update_of(const Variable& var, DType type) = 0;
  Operation _apply_dense(const Output& grad, const Variable& var) override;
  Operation _apply_sparse(const IndexedSlices& grad, const Variable& var) override;
  Operation _resource_apply_dense(const Output& grad, const Variable& var) override;
  Operation _resource_apply_sparse(const Output& grad, const Variable& var, const Output& indices) override;

 private:
  Operation apply(const std::string& form, const Variable& var, DType type, const std::vector<TensorLike>& gradient);
};

struct GradientDescentOptions {
  bool use_locking = false;
  std::string name = "GradientDescent";
};

// v -= learning_rate * g.
class GradientDescentOptimizer : public TrainingOpOptimizer {
 public:
  explicit GradientDescentOptimizer(Hyperparameter learning_rate, const GradientDescentOptions& options = {});

 protected:
  void _prepare() override;
  Update _update_of(const Variable& var, DType type) override;
  Operation _apply_sparse_duplicate_indices(const IndexedSlices& grad, const Variable& var) override;
  Operation _resource_apply_sparse_duplicate_indices(const Output& grad, const Variable& var,
                                                     const Output& indices) override;

 private:
  HyperTensor learning_rate_;
};

struct MomentumOptions {
  bool use_locking = false;
  std::string name = "Momentum";
  bool use_nesterov = false;
};

// a = momentum * a + g; v -= learning_rate * a.
class MomentumOptimizer : public TrainingOpOptimizer {
 public:
  MomentumOptimizer(Hyperparameter learning_rate, Hyperparameter momentum, const MomentumOptions& options = {});

 protected:
  void _create_slots(const std::vector<Variable>& var_list) override;
  void _prepare() override;
  Update _update_of(const Variable& var, DType type) override;

 private:
  HyperTensor learning_rate_, momentum_;
  bool use_nesterov_;
};

struct AdagradOptions {
  double initial_accumulator_value = 0.1;
  bool use_locking = false;
  std::string name = "Adagrad";
};

// a += g^2; v -= learning_rate * g / sqrt(a): Duchi, Hazan and Singer, JMLR 12 (2011).
class AdagradOptimizer : public TrainingOpOptimizer {
 public:
  explicit AdagradOptimizer(Hyperparameter learning_rate, const AdagradOptions& options = {});

 protected:
  void _create_slots(const std::vector<Variable>& var_list) override;
  void _prepare() override;
  Update _update_of(const Variable& var, DType type) override;

 private:
  HyperTensor learning_rate_;
  double initial_accumulator_value_;
};

struct AdagradDAOptions {
  double initial_gradient_squared_accumulator_value = 0.1;
  double l1_regularization_strength = 0.0, l2_regularization_strength = 0.0;
  bool use_locking = false;
  std::string name = "AdagradDA";
};

// Adagrad with dual averaging, which takes care of regularization of features not seen in a step.
class AdagradDAOptimizer : public TrainingOpOptimizer {
 public:
  AdagradDAOptimizer(Hyperparameter learning_rate, const Variable& global_step, const AdagradDAOptions& options = {});

 protected:
  void _create_slots(const std::vector<Variable>& var_list) override;
  void _prepare() override;
  Update _update_of(const Variable& var, DType type) override;

 private:
  HyperTensor learning_rate_;
  Variable global_step_;
  Output global_step_on_worker_;
  double initial_value_, l1_, l2_;
};

struct AdadeltaOptions {
  Hyperparameter rho = 0.95, epsilon = 1e-8;
  bool use_locking = false;
  std::string name = "Adadelta";
};

// Zeiler, arXiv 1212.5701.
class AdadeltaOptimizer : public TrainingOpOptimizer {
 public:
  explicit AdadeltaOptimizer(Hyperparameter learning_rate = 0.001, const AdadeltaOptions& options = {});

 protected:
  void _create_slots(const std::vector<Variable>& var_list) override;
  void _prepare() override;
  Update _update_of(const Variable& var, DType type) override;

 private:
  HyperTensor learning_rate_, rho_, epsilon_;
};

struct AdamOptions {
  Hyperparameter beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
  bool use_locking = false;
  std::string name = "Adam";
};

// Kingma and Ba, arXiv 1412.6980; epsilon is what section 2.1 there calls epsilon hat.
class AdamOptimizer : public TrainingOpOptimizer {
 public:
  explicit AdamOptimizer(Hyperparameter learning_rate = 0.001, const AdamOptions& options = {});

 protected:
  void _create_slots(const std::vector<Variable>& var_list) override;
  void _prepare() override;
  Update _update_of(const Variable& var, DType type) override;
  Operation _apply_sparse(const IndexedSlices& grad, const Variable& var) override;
  Operation _resource_apply_sparse(const Output& grad, const Variable& var, const Output& indices) override;
  Operation _finish(const std::vector<Operation>& update_ops, const std::string& name_scope) override;

 private:
  HyperTensor learning_rate_, beta1_, beta2_, epsilon_;
};

struct RMSPropOptions {
  Hyperparameter decay = 0.9, momentum = 0.0, epsilon = 1e-10;
  bool use_locking = false, centered = false;
  std::string name = "RMSProp";
};

// Tieleman and Hinton's rmsprop; centered: divides by an estimate of the variance.
class RMSPropOptimizer : public TrainingOpOptimizer {
 public:
  explicit RMSPropOptimizer(Hyperparameter learning_rate, const RMSPropOptions& options = {});

 protected:
  void _create_slots(const std::vector<Variable>& var_list) override;
  void _prepare() override;
  Update _update_of(const Variable& var, DType type) override;

 private:
  HyperTensor learning_rate_, decay_, momentum_, epsilon_;
  bool centered_;
};

struct FtrlOptions {
  double learning_rate_power = -0.5, initial_accumulator_value = 0.1;
  double l1_regularization_strength = 0.0, l2_regularization_strength = 0.0;
  bool use_locking = false;
  std::string name = "Ftrl";
  std::string accum_name, linear_name;  // "": name
  double l2_shrinkage_regularization_strength = 0.0;
};

// Follow the regularized leader: McMahan and others, KDD 2013.
class FtrlOptimizer : public TrainingOpOptimizer {
 public:
  explicit FtrlOptimizer(Hyperparameter learning_rate, const FtrlOptions& options = {});

 protected:
  void _create_slots(const std::vector<Variable>& var_list) override;
  void _prepare() override;
  Update _update_of(const Variable& var, DType type) override;

 private:
  HyperTensor learning_rate_, l1_, l2_, l2_shrinkage_, learning_rate_power_;
  FtrlOptions options_;
};

struct ProximalGradientDescentOptions {
  Hyperparameter l1_regularization_strength = 0.0, l2_regularization_strength = 0.0;
  bool use_locking = false;
  std::string name = "ProximalGradientDescent";
};

// Duchi and Singer, NIPS 2009.
class ProximalGradientDescentOptimizer : public TrainingOpOptimizer {
 public:
  explicit ProximalGradientDescentOptimizer(Hyperparameter learning_rate,
                                            const ProximalGradientDescentOptions& options = {});

 protected:
  void _prepare() override;
  Update _update_of(const Variable& var, DType type) override;

 private:
  HyperTensor learning_rate_, l1_, l2_;
};

struct ProximalAdagradOptions {
  double initial_accumulator_value = 0.1;
  Hyperparameter l1_regularization_strength = 0.0, l2_regularization_strength = 0.0;
  bool use_locking = false;
  std::string name = "ProximalAdagrad";
};

// Adagrad with proximal steps: Duchi and Singer, NIPS 2009.
class ProximalAdagradOptimizer : public TrainingOpOptimizer {
 public:
  explicit ProximalAdagradOptimizer(Hyperparameter learning_rate, const ProximalAdagradOptions& options = {});

 protected:
  void _create_slots(const std::vector<Variable>& var_list) override;
  void _prepare() override;
  Update _update_of(const Variable& var, DType type) override;

 private:
  HyperTensor learning_rate_, l1_, l2_;
  double initial_accumulator_value_;
};

}  // namespace reflow::train
