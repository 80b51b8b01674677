#pragma once

#include <initializer_list>
#include <vector>

#include "reflow/client/tensor_like.h"

namespace reflow {

// A tensor that every run has to feed. Without a shape it may have any; -1 is a dimension of any size.
Output placeholder(DType dtype, const Shape& shape, const NameOptions& options = {});
Output placeholder(DType dtype, const NameOptions& options = {});
inline Output placeholder(DType dtype, std::initializer_list<int64_t> shape, const NameOptions& options = {}) {
  return placeholder(dtype, Shape(shape), options);
}
// A tensor that a run may feed.
Output placeholder_with_default(const TensorLike& input, const Shape& shape, const NameOptions& options = {});

Output identity(const TensorLike& input, const NameOptions& options = {});
std::vector<Output> identity_n(const TensorList& input, const NameOptions& options = {});
// `input`, through which no gradient flows.
Output stop_gradient(const TensorLike& input, const NameOptions& options = {});
Output guarantee_const(const TensorLike& input, const NameOptions& options = {});

// The shape, number of elements or rank; a constant where it is known.
struct ShapeOptions {
  std::string name;
  DType out_type = int32;
  bool optimize = true;
};
Output shape(const TensorLike& input, const ShapeOptions& options = {});
Output size(const TensorLike& input, const ShapeOptions& options = {});
Output rank(const TensorLike& input, const NameOptions& options = {});
std::vector<Output> shape_n(const TensorList& input, const ShapeOptions& options = {});

struct FilledOptions {
  DType dtype = float32;
  std::string name;
};
// Filled with 0 or 1: a constant below 1000 elements, else computed in each run.
Output zeros(const TensorLike& shape, const FilledOptions& options = {});
Output ones(const TensorLike& shape, const FilledOptions& options = {});
Output fill(const TensorLike& dims, const TensorLike& value, const NameOptions& options = {});
struct LikeOptions {
  DType dtype = DType::kInvalid;
  std::string name;
  bool optimize = true;
};
Output zeros_like(const TensorLike& tensor, const LikeOptions& options = {});
Output ones_like(const TensorLike& tensor, const LikeOptions& options = {});
struct EyeOptions {
  std::optional<int64_t> num_columns;
  DType dtype = float32;
  std::string name;
};
Output eye(int64_t num_rows, const EyeOptions& options = {});

// The same elements in another shape, of which one dimension may be -1.
Output reshape(const TensorLike& tensor, const TensorLike& shape, const NameOptions& options = {});
Output expand_dims(const TensorLike& input, const TensorLike& axis, const NameOptions& options = {});
// Without dimensions of size 1, all of them or those of `axis`.
Output squeeze(const TensorLike& input, const NameOptions& options = {});
Output squeeze_axes(const TensorLike& input, const TensorLike& axis, const NameOptions& options);
template <TensorArgument A>
Output squeeze(const TensorLike& input, const A& axis, const NameOptions& options = {}) {
  return squeeze_axes(input, axis, options);
}
inline Output squeeze(const TensorLike& input, std::initializer_list<int> axis, const NameOptions& options = {}) {
  return squeeze_axes(input, std::vector<int>(axis), options);
}
struct TransposeOptions {
  DesignatedOnly designated_only = DesignatedOnly();
  TensorLike perm;
  std::string name = "transpose";
  bool conjugate = false;
};
// Dimension i of the result is dimension perm[i]; without `perm` they are reversed.
Output transpose(const TensorLike& a, const TransposeOptions& options = {});
template <TensorArgument A>
Output transpose(const TensorLike& a, const A& perm, TransposeOptions options = {}) {
  options.perm = perm;
  return transpose(a, options);
}
inline Output transpose(const TensorLike& a, std::initializer_list<int> perm, const TransposeOptions& options = {}) {
  return transpose(a, std::vector<int>(perm), options);
}
// The last two dimensions exchanged.
Output matrix_transpose(const TensorLike& a, const NameOptions& options = {"matrix_transpose"});

Output concat(const TensorList& values, const TensorLike& axis, const NameOptions& options = {"concat"});
struct AxisOptions {
  int axis = 0;
  std::string name;
};
Output stack(const TensorList& values, const AxisOptions& options = {.name = "stack"});
Output parallel_stack(const TensorList& values, const NameOptions& options = {"parallel_stack"});
struct UnstackOptions {
  std::optional<int> num;
  int axis = 0;
  std::string name = "unstack";
};
// ValueError: "Cannot infer num from shape ...".
std::vector<Output> unstack(const TensorLike& value, const UnstackOptions& options = {});
struct SplitOptions {
  TensorLike axis = 0;
  std::optional<int> num;
  std::string name = "split";
};
// Into as many equal parts, or into parts of the sizes given.
std::vector<Output> split(const TensorLike& value, const TensorLike& num_or_size_splits,
                          const SplitOptions& options = {});

Output tile(const TensorLike& input, const TensorLike& multiples, const NameOptions& options = {});
struct PadOptions {
  std::string mode = "CONSTANT";  // or "REFLECT", "SYMMETRIC"
  std::string name;
  TensorLike constant_values = 0;
};
Output pad(const TensorLike& tensor, const TensorLike& paddings, const PadOptions& options = {});
Output reverse(const TensorLike& tensor, const TensorLike& axis, const NameOptions& options = {});
Output roll(const TensorLike& input, const TensorLike& shift, const TensorLike& axis, const NameOptions& options = {});
Output broadcast_to(const TensorLike& input, const TensorLike& shape, const NameOptions& options = {});
Output invert_permutation(const TensorLike& x, const NameOptions& options = {});
Output bitcast(const TensorLike& input, DType type, const NameOptions& options = {});

Output slice(const TensorLike& input, const TensorLike& begin, const TensorLike& size, const NameOptions& options = {});
struct StridedSliceOptions {
  int64_t begin_mask = 0, end_mask = 0, ellipsis_mask = 0, new_axis_mask = 0, shrink_axis_mask = 0;
  std::string name;
};
// Without strides they are 1.
Output strided_slice(const TensorLike& input, const TensorLike& begin, const TensorLike& end,
                     const TensorLike& strides = {}, const StridedSliceOptions& options = {});

}  // namespace reflow
