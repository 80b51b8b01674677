#include "reflow/client/math_ops.h"

#include <algorithm>
#include <limits>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/selection_ops.h"
#include "reflow/client/status_errors.h"

namespace reflow {

using client::apply_op;
using client::convert;

Output matmul(const TensorLike& a, const TensorLike& b, const MatmulOptions& options) {
  if (options.transpose_a && options.adjoint_a) throw ValueError("Only one of transpose_a and adjoint_a can be True.");
  if (options.transpose_b && options.adjoint_b) throw ValueError("Only one of transpose_b and adjoint_b can be True.");
  const name_scope scope(options.name, "MatMul");
  Output x = convert(a, DType::kInvalid, "a"), y = convert(b, DType::kInvalid, "b");
  const auto may_be_batch = [](const Output& t) { return !t.shape().known_rank() || t.shape().rank() > 2; };
  if (may_be_batch(x) || may_be_batch(y)) {
    if (options.transpose_a) x = conj(x);
    if (options.transpose_b) y = conj(y);
    return apply_op("BatchMatMulV2", scope.name(), {x, y},
                    {{"adj_x", options.transpose_a || options.adjoint_a},
                     {"adj_y", options.transpose_b || options.adjoint_b}});
  }
  if (options.adjoint_a) x = conj(x);
  if (options.adjoint_b) y = conj(y);
  return apply_op("MatMul", scope.name(), {x, y},
                  {{"transpose_a", options.transpose_a || options.adjoint_a},
                   {"transpose_b", options.transpose_b || options.adjoint_b}});
}

namespace {
constexpr const char* kNeedsTensors =
    "inputs must be a list of at least one Tensor/IndexedSlices with the same dtype and shape";
}

Output add_n(const TensorList& inputs, const NameOptions& options) {
  if (inputs.empty()) throw ValueError(kNeedsTensors);
  TensorList tensors;
  for (const TensorLike& input : inputs) tensors.push_back(convert(input, DType::kInvalid, ""));
  if (tensors.size() == 1) return options.name.empty() ? *tensors[0].output() : identity(tensors[0], options);
  return apply_op("AddN", options.name, {TensorLike(tensors)});
}

Output accumulate_n(const TensorList& inputs, const NameOptions& options) {
  if (inputs.empty()) throw ValueError(kNeedsTensors);
  TensorList tensors;
  Shape shape = Shape::unknown();
  for (const TensorLike& input : inputs) {
    const Output tensor = convert(input, DType::kInvalid, "");
    if (tensor.shape().fully_defined()) shape = tensor.shape();
    tensors.push_back(tensor);
  }
  if (tensors.size() == 1 && options.name.empty()) return *tensors[0].output();
  return apply_op("AccumulateNV2", options.name, {TensorLike(tensors)}, {{"shape", shape}});
}

Output range(const TensorLike& start, const TensorLike& limit, const TensorLike& delta, const RangeOptions& options) {
  const name_scope scope(options.name, "Range");
  Output parts[3] = {convert(start, options.dtype, "start"), convert(limit, options.dtype, "limit"),
                     convert(delta, options.dtype, "delta")};
  if (options.dtype == DType::kInvalid) {
    static constexpr DType kOrder[] = {DType::kInt32, DType::kInt64, DType::kFloat32, DType::kFloat64};
    const auto place = [](const Output& o) { return std::ranges::find(kOrder, base_type(o.dtype())); };
    const auto widest = std::max({place(parts[0]), place(parts[1]), place(parts[2])});
    if (widest == std::end(kOrder)) throw TypeError("range takes int32, int64, float32 and float64 only");
    for (Output& part : parts) part = cast(part, *widest);
  }
  return apply_op("Range", scope.name(), {parts[0], parts[1], parts[2]});
}

Output range(const TensorLike& start, const TensorLike& limit, const RangeOptions& options) {
  return range(start, limit, 1, options);
}
Output range(const TensorLike& limit, const RangeOptions& options) { return range(0, limit, 1, options); }

Output linspace(const TensorLike& start, const TensorLike& stop, const TensorLike& num, const NameOptions& options) {
  return apply_op("LinSpace", options.name, {start, stop, num});
}

namespace {

Output cumulate(const char* op, const TensorLike& x, const CumulateOptions& options) {
  const name_scope scope(options.name, op);
  const Output value = convert(x, DType::kInvalid, "x");
  return apply_op(op, scope.name(), {value, options.axis},
                  {{"exclusive", options.exclusive}, {"reverse", options.reverse}});
}

}  // namespace

Output cumsum(const TensorLike& x, const CumulateOptions& options) { return cumulate("Cumsum", x, options); }
Output cumprod(const TensorLike& x, const CumulateOptions& options) { return cumulate("Cumprod", x, options); }

Output segment_sum(const TensorLike& data, const TensorLike& segment_ids, const NameOptions& options) {
  return apply_op("SegmentSum", options.name, {data, segment_ids});
}

Output unsorted_segment_sum(const TensorLike& data, const TensorLike& segment_ids, const TensorLike& num_segments,
                            const NameOptions& options) {
  return apply_op("UnsortedSegmentSum", options.name, {data, segment_ids, num_segments});
}

Output trace(const TensorLike& x, const NameOptions& options) {
  const name_scope scope(options.name, "Trace");
  const Output diagonal = apply_op("MatrixDiagPart", "diag_part", {convert(x, DType::kInvalid, "x")});
  return reduce_sum(diagonal, {-1}, {.name = scope.name()});
}

Output bincount(const TensorLike& arr, const BincountOptions& options) {
  const name_scope scope(options.name.empty() ? "bincount" : options.name);
  const Output numbers = convert(arr, DType::kInt32, "arr");
  const Output is_nonempty = reduce_prod(shape(numbers)) > 0;
  const Output factor = cast(is_nonempty, int32);
  Output length = factor * (reduce_max(numbers) + 1);
  if (!options.minlength.is_none()) length = maximum(convert(options.minlength, DType::kInt32, "minlength"), length);
  if (!options.maxlength.is_none()) length = minimum(convert(options.maxlength, DType::kInt32, "maxlength"), length);
  if (!options.weights.is_none()) {
    return apply_op("UnsortedSegmentSum", "", {convert(options.weights, DType::kInvalid, "weights"), numbers, length});
  }
  const Output no_weights = constant(Tensor(options.dtype, Shape{0}));
  return apply_op("Bincount", "", {numbers, length, no_weights});
}

}  // namespace reflow
