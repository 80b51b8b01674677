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

struct LayerOptions {
  std::string name;            // the variables' scope; "": one of the layer's kind, made unique
  std::optional<Reuse> reuse;  // of variables that are there
  bool trainable = true;
  DType dtype = DType::kInvalid;  // of the variables; default: that of the first input
};

struct WeightOptions {
  Initializer initializer;  // default: that of the scope
  Regularizer regularizer;  // its penalty is in losses() and the collection REGULARIZATION_LOSSES
  bool trainable = true;
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

 protected:
  Layer(std::string base_name, LayerOptions options);

  // Makes the variables for inputs of this shape.
  virtual void build(const Shape& input_shape) {}
  // REQUIRES: called from build(), or from a function that run() calls.
  Variable add_weight(const std::string& name, const Shape& shape, const WeightOptions& options = {});
  // Calls `compute` in the layer's scopes, after build() where that hasn't been done.
  void run(const Output& input, const std::function<void()>& compute);

 private:
  std::string base_name_;
  LayerOptions options_;
  std::optional<VariableScope> scope_;
  bool built_ = false;
  DType dtype_;
  std::vector<Variable> trainable_, non_trainable_;
  std::vector<Output> losses_;
};

}  // namespace reflow::layers
