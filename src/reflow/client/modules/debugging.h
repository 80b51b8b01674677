#pragma once

// tf.debugging. What other headers have in namespace reflow by the names of this module.

#include "reflow/client/check_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/shape_checks.h"

namespace reflow::debugging {

using reflow::Assert;
using reflow::assert_equal;
using reflow::assert_greater;
using reflow::assert_greater_equal;
using reflow::assert_integer;
using reflow::assert_less;
using reflow::assert_less_equal;
using reflow::assert_near;
using reflow::assert_negative;
using reflow::assert_non_negative;
using reflow::assert_non_positive;
using reflow::assert_none_equal;
using reflow::assert_positive;
using reflow::assert_rank;
using reflow::assert_rank_at_least;
using reflow::assert_rank_in;
using reflow::assert_same_float_dtype;
using reflow::assert_scalar;
using reflow::assert_type;
using reflow::check_numerics;
using reflow::is_finite;
using reflow::is_inf;
using reflow::is_nan;
using reflow::is_non_decreasing;
using reflow::is_numeric_tensor;
using reflow::is_strictly_increasing;

inline Output assert_all_finite(const TensorLike& x, const std::string& message, const NameOptions& options = {}) {
  return reflow::verify_tensor_all_finite(x, message, options);
}

}  // namespace reflow::debugging
