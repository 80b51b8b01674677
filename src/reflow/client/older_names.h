#pragma once

// Names that TensorFlow keeps from before 1.0, and others of small functions.

#include <vector>

#include "reflow/client/array_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/tensor_like.h"
#include "reflow/client/variable.h"

namespace reflow {

inline Output reverse_v2(const TensorLike& tensor, const TensorLike& axis, const NameOptions& options = {}) {
  return reverse(tensor, axis, options);
}
inline Output lin_space(const TensorLike& start, const TensorLike& stop, const TensorLike& num,
                        const NameOptions& options = {}) {
  return linspace(start, stop, num, options);
}
inline Output to_complex64(const TensorLike& x, const NameOptions& options = {"ToComplex64"}) {
  return cast(x, complex64, options);
}
inline Output to_complex128(const TensorLike& x, const NameOptions& options = {"ToComplex128"}) {
  return cast(x, complex128, options);
}
struct ArgDimensionOptions {
  DType output_type = int64;
  std::string name;
};
// The index of the largest or smallest value along `dimension`.
Output arg_max(const TensorLike& input, const TensorLike& dimension, const ArgDimensionOptions& options = {});
Output arg_min(const TensorLike& input, const TensorLike& dimension, const ArgDimensionOptions& options = {});

inline std::vector<Variable> all_variables() { return global_variables(); }
inline Operation initialize_local_variables() { return local_variables_initializer(); }
inline Operation initialize_variables(const std::vector<Variable>& var_list, const std::string& name = "init") {
  return variables_initializer(var_list, name);
}
// The value of a tensor that is known while the graph is built; !valid() where it isn't.
inline Tensor get_static_value(const Output& tensor) { return constant_value(tensor); }

// `x` where the condition is true and `y` elsewhere, all broadcast; without them the indices of true elements.
Output where_v2(const TensorLike& condition, const TensorLike& x = {}, const TensorLike& y = {},
                const NameOptions& options = {});
// The shape that two shapes, vectors, are broadcast to.
Output broadcast_dynamic_shape(const TensorLike& shape_x, const TensorLike& shape_y);
// ValueError: "Incompatible shapes for broadcasting: (2,) and (3,)".
Shape broadcast_static_shape(const Shape& shape_x, const Shape& shape_y);
// Seconds since 1970, when the op runs.
Output timestamp(const NameOptions& options = {});

}  // namespace reflow
