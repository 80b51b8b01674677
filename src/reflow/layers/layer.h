#pragma once

// The base of layers and of recurrent cells: variables of get_variable, made when the layer is first called, in a variable
// scope of the layer's name. What tf.layers.Layer is in Python.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "reflow/client/initializer.h"
#include "reflow/client/output.h"
#include "reflow/client/variable.h"
#include "reflow/client/variable_scope.h"

namespace reflow::layers {

using Activation = std::function<Output(const Output&)>;
using Constraint = std::function<Output(const Output&)>;  // applied to a variable after an optimizer's update

struct LayerOptions {
  std::string name;            // the variables' scope; "": one of the layer's kind, made unique
  std::optional<Reuse> reuse;  // of variables that are there
  bool trainable = true;
  DType dtype = DType::kInvalid;  // of the variables; default: that of the first input
  std::optional<VariableScope> scope;  // of the variables, in place of one of the name
};

struct WeightOptions {
  Initializer initializer;  // default: that of the scope
  Regularizer regularizer;  // its penalty is in losses() and the collection REGULARIZATION_LOSSES
  bool trainable = true;
  Constraint constraint;
  DType dtype = DType::kInvalid;  // default: that of the layer
};

// Belongs to one graph. Subclasses make variables in build(), by add_weight, and compute within run().
class Layer {
 public:
  virtual ~Layer() = default;

  // The scope of the variables. ValueError: the layer hasn't been called yet.
  const std::string& scope_name() const;
  bool built() const { return built_; }
  DType dtype() const { return dtype_; }
  const std::vector<Variable>& trainable_variables() const { return trainable_; }
  const std::vector<Variable>& non_trainable_variables() const { return non_trainable_; }
  const std::vector<Output>& losses() const { return losses_; }
  // What has to be run beside training steps; also in the collection UPDATE_OPS.
  const std::vector<Operation>& updates() const { return updates_; }

 protected:
  Layer(std::string base_name, LayerOptions options);

  // Makes the variables for inputs of this shape.
  virtual void build([[maybe_unused]] const Shape& input_shape) {}
  // REQUIRES: called from build(), or from a function that run() calls.
  Variable add_weight(const std::string& name, const Shape& shape, const WeightOptions& options = {});
  void add_loss(const Output& loss);
  void add_update(const Operation& update);
  // The penalty of the outputs of a call, over the batch. REQUIRES: called from a function that run() calls.
  void regularize_activity(const Regularizer& regularizer, const Output& outputs);
  // Calls `compute` in the layer's scopes, after build() where that hasn't been done.
  void run(const Output& input, const std::function<void()>& compute);
  bool trainable() const { return options_.trainable; }
  // ValueError: "Input 0 of layer NAME is incompatible with the layer: expected ndim=4, found ndim=2. Full shape ...".
  void check_rank(const Shape& shape, int rank, bool or_more = false) const;

 private:
  std::string base_name_;
  LayerOptions options_;
  std::optional<VariableScope> scope_;
  bool built_ = false;
  DType dtype_;
  std::vector<Variable> trainable_, non_trainable_;
  std::vector<Output> losses_;
  std::vector<Operation> updates_;
};

}  // namespace reflow::layers
