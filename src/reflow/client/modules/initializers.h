#pragma once

// tf.initializers: how variables begin, and the operations that let them. What other headers have in namespace reflow
// by the names of this module.

#include "reflow/client/initializers.h"
#include "reflow/client/variable.h"

namespace reflow::initializers {

inline Initializer constant(const TensorLike& value = 0, const ConstantInitializerOptions& options = {}) {
  return reflow::constant_initializer(value, options);
}
inline Operation global_variables() { return reflow::global_variables_initializer(); }
inline Initializer glorot_normal(const SeededInitializerOptions& options = {}) {
  return reflow::glorot_normal_initializer(options);
}
inline Initializer glorot_uniform(const SeededInitializerOptions& options = {}) {
  return reflow::glorot_uniform_initializer(options);
}
inline Initializer he_normal(const SeededInitializerOptions& options = {}) {
  return reflow::he_normal_initializer(options);
}
inline Initializer he_uniform(const SeededInitializerOptions& options = {}) {
  return reflow::he_uniform_initializer(options);
}
inline Initializer identity(const IdentityOptions& options = {}) { return reflow::identity_initializer(options); }
inline Initializer lecun_normal(const SeededInitializerOptions& options = {}) {
  return reflow::lecun_normal_initializer(options);
}
inline Initializer lecun_uniform(const SeededInitializerOptions& options = {}) {
  return reflow::lecun_uniform_initializer(options);
}
inline Operation local_variables() { return reflow::local_variables_initializer(); }
inline Initializer ones(DType dtype = float32) { return reflow::ones_initializer(dtype); }
inline Initializer orthogonal(const OrthogonalOptions& options = {}) { return reflow::orthogonal_initializer(options); }
inline Initializer random_normal(const NormalInitializerOptions& options = {}) {
  return reflow::random_normal_initializer(options);
}
inline Initializer random_uniform(const UniformInitializerOptions& options = {}) {
  return reflow::random_uniform_initializer(options);
}
inline Initializer truncated_normal(const NormalInitializerOptions& options = {}) {
  return reflow::truncated_normal_initializer(options);
}
inline Initializer uniform_unit_scaling(const UniformUnitScalingOptions& options = {}) {
  return reflow::uniform_unit_scaling_initializer(options);
}
inline Operation variables(const std::vector<Variable>& var_list, const std::string& name = "init") {
  return reflow::variables_initializer(var_list, name);
}
inline Initializer variance_scaling(const VarianceScalingOptions& options = {}) {
  return reflow::variance_scaling_initializer(options);
}
inline Initializer zeros(DType dtype = float32) { return reflow::zeros_initializer(dtype); }

}  // namespace reflow::initializers
