#pragma once

// Checks of tensors. What is known while the graph is built is checked then, and a mistake thrown at once; the rest is
// checked when the operation that comes back is run.

#include <optional>
#include <string>
#include <vector>

#include "reflow/client/output.h"
#include "reflow/client/tensor_like.h"

namespace reflow {

struct CheckOptions {
  std::optional<TensorList> data;  // printed where the check fails; default: the message, the condition and the values
  std::optional<int> summarize;    // so many elements of each
  std::optional<std::string> message;
  std::string name;
};

// The condition holds for each pair of elements, broadcast. InvalidArgumentError, now or in the run: it doesn't.
Operation assert_equal(const TensorLike& x, const TensorLike& y, const CheckOptions& options = {});
Operation assert_none_equal(const TensorLike& x, const TensorLike& y, const CheckOptions& options = {});
Operation assert_less(const TensorLike& x, const TensorLike& y, const CheckOptions& options = {});
Operation assert_less_equal(const TensorLike& x, const TensorLike& y, const CheckOptions& options = {});
Operation assert_greater(const TensorLike& x, const TensorLike& y, const CheckOptions& options = {});
Operation assert_greater_equal(const TensorLike& x, const TensorLike& y, const CheckOptions& options = {});
struct NearOptions {
  TensorLike rtol, atol;  // default: ten times the distance from 1 to the next number of the type
  std::optional<TensorList> data;
  std::optional<int> summarize;
  std::optional<std::string> message;
  std::string name;
};
// |x - y| < atol + rtol * |y|.
Operation assert_near(const TensorLike& x, const TensorLike& y, const NearOptions& options = {});
// The same with 0 as the other side.
Operation assert_negative(const TensorLike& x, const CheckOptions& options = {});
Operation assert_positive(const TensorLike& x, const CheckOptions& options = {});
Operation assert_non_negative(const TensorLike& x, const CheckOptions& options = {});
Operation assert_non_positive(const TensorLike& x, const CheckOptions& options = {});

// Ranks are scalars, int32. ValueError: "... Tensor x:0 must have rank 3.  Received rank 2, shape (2, 3)".
Operation assert_rank(const TensorLike& x, const TensorLike& rank, const CheckOptions& options = {});
Operation assert_rank_at_least(const TensorLike& x, const TensorLike& rank, const CheckOptions& options = {});
Operation assert_rank_in(const TensorLike& x, const TensorList& ranks, const CheckOptions& options = {});
// `tensor`, a scalar. ValueError: "Expected scalar shape for x:0, saw shape: (2,).".
Output assert_scalar(const TensorLike& tensor, const NameOptions& options = {});

struct TypeCheckOptions {
  std::string message, name;
};
// TypeError: " Expected "x" to be integer type.  Found: x:0 of dtype <dtype: 'float32'>".
Operation assert_integer(const TensorLike& x, const TypeCheckOptions& options = {});
// TypeError: "x:0 must be of type <dtype: 'int32'>".
Operation assert_type(const TensorLike& tensor, DType tf_type, const TypeCheckOptions& options = {});
// The floating-point type that all tensors (those that aren't valid() are left out) and `dtype` have; float32 where
// there is none. ValueError: "y:0, type=<dtype: 'int32'>, must be of the same type (<dtype: 'float32'>) as x:0.".
DType assert_same_float_dtype(const std::vector<Output>& tensors = {}, DType dtype = DType::kInvalid);

bool is_numeric_tensor(const TensorLike& tensor);
// A bool: no element is smaller than the one before it; each is larger. TypeError: no numbers.
Output is_non_decreasing(const TensorLike& x, const NameOptions& options = {});
Output is_strictly_increasing(const TensorLike& x, const NameOptions& options = {});

// `x` after a check that it holds neither NaN nor infinity; the error begins with `message`.
Output verify_tensor_all_finite(const TensorLike& x, const std::string& message, const NameOptions& options = {});
Output check_numerics(const TensorLike& tensor, const std::string& message, const NameOptions& options = {});
// `x`, said to have `shape`, which is checked when it runs.
Output ensure_shape(const TensorLike& x, const Shape& shape, const NameOptions& options = {});

}  // namespace reflow
