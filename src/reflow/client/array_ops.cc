#include "reflow/client/array_ops.h"

#include "reflow/client/apply_op.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/python_text.h"
#include "reflow/client/scopes.h"
#include "reflow/client/status_errors.h"

namespace reflow {

using client::apply_op;
using client::convert;
using client::make_op;

Output placeholder(DType dtype, const Shape& shape, const NameOptions& options) {
  return apply_op("Placeholder", options.name, {}, {{"dtype", dtype}, {"shape", shape}});
}
Output placeholder(DType dtype, const NameOptions& options) { return placeholder(dtype, Shape::unknown(), options); }

Output placeholder_with_default(const TensorLike& input, const Shape& shape, const NameOptions& options) {
  return apply_op("PlaceholderWithDefault", options.name, {input}, {{"shape", shape}});
}

Output identity(const TensorLike& input, const NameOptions& options) {
  return apply_op("Identity", options.name, {input});
}

std::vector<Output> identity_n(const TensorList& input, const NameOptions& options) {
  return client::all_outputs(make_op("IdentityN", options.name, {TensorLike(input)}));
}

Output stop_gradient(const TensorLike& input, const NameOptions& options) {
  return apply_op("StopGradient", options.name, {input});
}
Output guarantee_const(const TensorLike& input, const NameOptions& options) {
  return apply_op("GuaranteeConst", options.name, {input});
}

Output shape(const TensorLike& input, const ShapeOptions& options) {
  const name_scope scope(options.name, "Shape");
  const Output x = convert(input, DType::kInvalid, "");
  if (options.optimize && x.shape().fully_defined()) {
    return constant(x.shape(), {.dtype = options.out_type, .name = scope.name()});
  }
  return apply_op("Shape", scope.name(), {x}, {{"out_type", options.out_type}});
}

Output size(const TensorLike& input, const ShapeOptions& options) {
  const name_scope scope(options.name, "Size");
  const Output x = convert(input, DType::kInvalid, "");
  if (options.optimize && x.shape().fully_defined()) {
    return constant(x.shape().num_elements(), {.dtype = options.out_type, .name = scope.name()});
  }
  return apply_op("Size", scope.name(), {x}, {{"out_type", options.out_type}});
}

Output rank(const TensorLike& input, const NameOptions& options) {
  const name_scope scope(options.name, "Rank");
  const Output x = convert(input, DType::kInvalid, "");
  if (x.shape().known_rank()) return constant(x.shape().rank(), {.dtype = int32, .name = scope.name()});
  return apply_op("Rank", scope.name(), {x});
}

std::vector<Output> shape_n(const TensorList& input, const ShapeOptions& options) {
  return client::all_outputs(make_op("ShapeN", options.name, {TensorLike(input)}, {{"out_type", options.out_type}}));
}

Output reshape(const TensorLike& tensor, const TensorLike& shape, const NameOptions& options) {
  return apply_op("Reshape", options.name, {tensor, client::shape_argument(shape)});
}

Output expand_dims(const TensorLike& input, const TensorLike& axis, const NameOptions& options) {
  return apply_op("ExpandDims", options.name, {input, axis});
}

Output squeeze(const TensorLike& input, const NameOptions& options) {
  return apply_op("Squeeze", options.name, {input});
}

Output squeeze_axes(const TensorLike& input, const TensorLike& axis, const NameOptions& options) {
  if (axis.is_none()) return squeeze(input, options);
  const Tensor axes = client::to_tensor(axis, DType::kInt64);
  const auto values = axes.flat<int64_t>();
  return apply_op("Squeeze", options.name, {input},
                  {{"squeeze_dims", std::vector<int64_t>(values.begin(), values.end())}});
}

Output transpose(const TensorLike& a, const TransposeOptions& options) {
  const name_scope scope(options.name, "transpose");
  const Output x = convert(a, DType::kInvalid, "x");
  const char* op = options.conjugate && is_complex(x.dtype()) ? "ConjugateTranspose" : "Transpose";
  if (!options.perm.is_none()) return apply_op(op, scope.name(), {x, options.perm});
  if (x.shape().rank() <= 0) {
    const Output rank = apply_op("Rank", "", {x});
    const Output last = rank - 1;
    const Output axes = apply_op("Range", "", {0, rank, 1});
    return apply_op(op, scope.name(), {x, last - axes});
  }
  const int rank = x.shape().rank();
  std::vector<int32_t> reversed(rank);
  for (int i = 0; i < rank; ++i) reversed[i] = rank - 1 - i;
  return apply_op(op, scope.name(), {x, reversed});
}

Output matrix_transpose(const TensorLike& a, const NameOptions& options) {
  const name_scope scope(options.name);
  const Output x = convert(a, DType::kInvalid, "a");
  const int rank = x.shape().rank();
  if (rank < 0) throw NotImplementedError("matrix_transpose needs a tensor of known rank");
  if (rank < 2) {
    throw ValueError("Argument 'a' should be a (batch) matrix, with rank >= 2.  Found: " +
        client::python_shape(x.shape()));
  }
  std::vector<int32_t> perm(rank);
  for (int i = 0; i < rank; ++i) perm[i] = i;
  std::swap(perm[rank - 2], perm[rank - 1]);
  return transpose(x, perm);
}

Output tile(const TensorLike& input, const TensorLike& multiples, const NameOptions& options) {
  return apply_op("Tile", options.name, {input, multiples});
}

Output pad(const TensorLike& tensor, const TensorLike& paddings, const PadOptions& options) {
  std::string mode = options.mode;
  for (char& c : mode) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  if (mode == "REFLECT" || mode == "SYMMETRIC") {
    return apply_op("MirrorPad", options.name, {tensor, paddings}, {{"mode", mode}});
  }
  if (mode != "CONSTANT") throw ValueError("Unknown padding mode: " + options.mode);
  const auto* integer = std::get_if<int64_t>(&options.constant_values.value());
  const auto* number = std::get_if<double>(&options.constant_values.value());
  if ((integer && *integer == 0) || (number && *number == 0)) return apply_op("Pad", options.name, {tensor, paddings});
  return apply_op("PadV2", options.name, {tensor, paddings, options.constant_values});
}

Output reverse(const TensorLike& tensor, const TensorLike& axis, const NameOptions& options) {
  return apply_op("ReverseV2", options.name, {tensor, axis});
}
Output roll(const TensorLike& input, const TensorLike& shift, const TensorLike& axis, const NameOptions& options) {
  return apply_op("Roll", options.name, {input, shift, axis});
}
Output broadcast_to(const TensorLike& input, const TensorLike& shape, const NameOptions& options) {
  return apply_op("BroadcastTo", options.name, {input, client::shape_argument(shape)});
}
Output invert_permutation(const TensorLike& x, const NameOptions& options) {
  return apply_op("InvertPermutation", options.name, {x});
}
Output bitcast(const TensorLike& input, DType type, const NameOptions& options) {
  return apply_op("Bitcast", options.name, {input}, {{"type", type}});
}

Output slice(const TensorLike& input, const TensorLike& begin, const TensorLike& size, const NameOptions& options) {
  return apply_op("Slice", options.name, {input, begin, size});
}

Output strided_slice(const TensorLike& input, const TensorLike& begin, const TensorLike& end, const TensorLike& strides,
                     const StridedSliceOptions& options) {
  const TensorLike steps = strides.is_none() ? TensorLike(ones_like(begin)) : strides;
  return apply_op("StridedSlice", options.name, {input, begin, end, steps},
                  {{"begin_mask", options.begin_mask},
                   {"end_mask", options.end_mask},
                   {"ellipsis_mask", options.ellipsis_mask},
                   {"new_axis_mask", options.new_axis_mask},
                   {"shrink_axis_mask", options.shrink_axis_mask}});
}

}  // namespace reflow
