#include "reflow/client/sparse_ops.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/check_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/selection_ops.h"

namespace reflow {

using client::apply_op;
using client::convert;
using client::make_op;

namespace {

SparseTensor from_outputs(graph::Node* node) { return SparseTensor(Output(node, 0), Output(node, 1), Output(node, 2)); }

std::vector<int64_t> sizes_of(const Shape& shape) { return std::vector<int64_t>(shape.begin(), shape.end()); }

// Whether TensorFlow's Python looks through this op, and those before it, for a value that is known.
bool is_looked_through(const Output& tensor, int depth = 0) {
  static constexpr std::string_view kByShape[] = {"Const", "Shape", "Size", "Rank"};
  static constexpr std::string_view kByInputs[] = {"Range", "Cast", "Concat", "ConcatV2", "Pack", "Fill", "Equal", "NotEqual"};
  const std::string type = tensor.op().type();
  if (std::ranges::find(kByShape, type) != std::end(kByShape)) return true;
  if (depth > 50 || std::ranges::find(kByInputs, type) == std::end(kByInputs)) return false;
  return std::ranges::all_of(tensor.op().inputs(), [&](const Output& x) { return is_looked_through(x, depth + 1); });
}

// The numbers of a vector that is known while the graph is built.
std::optional<std::vector<int64_t>> known_numbers(const Output& vector) {
  const Tensor value = is_looked_through(vector) ? constant_value(vector) : Tensor();
  if (!value.valid()) return std::nullopt;
  std::vector<int64_t> numbers;
  for (int64_t i = 0; i < value.num_elements(); ++i) {
    numbers.push_back(value.dtype() == DType::kInt64 ? value.data<int64_t>()[i] : value.data<int32_t>()[i]);
  }
  return numbers;
}

}  // namespace

SparseTensor sparse_placeholder(DType dtype, const std::optional<Shape>& shape, const NameOptions& options) {
  const auto part = [&](const char* suffix) { return NameOptions{options.name.empty() ? "" : options.name + suffix}; };
  // A shape that isn't known as a whole is fed, like everything else.
  const int64_t rank = shape && shape->known_rank() ? shape->rank() : -1;
  const Output dense_shape = shape && shape->fully_defined()
                                 ? constant(sizes_of(*shape), {.dtype = int64, .name = part("/shape").name})
                                 : placeholder(int64, Shape{rank}, part("/shape"));
  const Output values = placeholder(dtype, Shape{-1}, part("/values"));
  const Output indices = placeholder(int64, Shape{-1, rank}, part("/indices"));
  return SparseTensor(indices, values, dense_shape);
}

SparseTensor sparse_concat(int axis, const std::vector<SparseTensor>& sp_inputs, const SparseConcatOptions& options) {
  if (sp_inputs.empty()) throw ValueError("sparse_concat needs at least one input");
  if (sp_inputs.size() == 1) return sp_inputs[0];
  std::vector<Output> shapes;
  TensorList indices, values;
  for (const SparseTensor& input : sp_inputs) {
    indices.push_back(input.indices);
    values.push_back(input.values);
    shapes.push_back(input.dense_shape);
  }
  if (options.expand_nonconcat_dims) {
    TensorList rows;
    for (const Output& dims : shapes) rows.push_back(reshape(dims, {1, -1}));
    const Output largest = reduce_max(concat(rows, 0), 0);
    for (Output& dims : shapes) {
      const TensorLike before = largest[{Slice({}, axis)}];
      const TensorLike own = axis == -1 ? dims[{Slice(-1, {})}] : dims[{Slice(axis, axis + 1)}];
      const TensorLike behind = axis == -1 ? TensorLike(TensorList{}) : largest[{Slice(axis + 1, {})}];
      dims = concat({before, own, behind}, 0);
    }
  }
  graph::Node* node =
      make_op("SparseConcat", options.name, {TensorLike(indices), TensorLike(values), TensorLike(TensorList(shapes))},
              {{"concat_dim", axis}});
  Output dense_shape(node, 2);
  std::optional<std::vector<int64_t>> whole;
  for (const Output& dims : shapes) {
    const auto numbers = known_numbers(dims);
    if (!numbers) return from_outputs(node);
    const size_t along = axis < 0 ? axis + numbers->size() : axis;
    if (along >= numbers->size()) return from_outputs(node);
    if (!whole)
      whole = numbers;
    else
      (*whole)[along] += (*numbers)[along];
  }
  return SparseTensor(Output(node, 0), Output(node, 1), convert(*whole, int64, ""));
}

namespace {

DType real_type(DType type) {
  type = base_type(type);
  return type == DType::kComplex64 ? DType::kFloat32 : type == DType::kComplex128 ? DType::kFloat64 : type;
}

// Both shapes broadcast, where it is known and possible.
std::optional<std::vector<int64_t>> broadcast_sizes(const Shape& a, const Shape& b) {
  if (!a.fully_defined() || !b.fully_defined()) return std::nullopt;
  std::vector<int64_t> sizes;
  for (int i = 0; i < std::max(a.rank(), b.rank()); ++i) {
    const int64_t x = i < a.rank() ? a.dim(a.rank() - 1 - i) : 1, y = i < b.rank() ? b.dim(b.rank() - 1 - i) : 1;
    sizes.insert(sizes.begin(), x == 1 ? y : x);
  }
  return sizes;
}

}  // namespace

SparseTensor sparse_add(const SparseTensor& a, const SparseTensor& b, const TensorLike& threshold) {
  const Output limit = convert(threshold, real_type(a.dtype()), "threshold");
  graph::Node* node =
      make_op("SparseAdd", "", {a.indices, a.values, a.dense_shape, b.indices, b.values, b.dense_shape, limit});
  if (!a.shape().compatible_with(b.shape())) {
    throw ValueError(fmt::format("Shapes {} and {} are incompatible", a.shape().str(), b.shape().str()));
  }
  if (const auto sizes = broadcast_sizes(a.shape(), b.shape())) {
    return SparseTensor(Output(node, 0), Output(node, 1), TensorLike(Shape(*sizes)));
  }
  return from_outputs(node);
}

Output sparse_add(const SparseTensor& a, const Output& b) {
  return apply_op("SparseTensorDenseAdd", "", {a.indices, a.values, a.dense_shape, b});
}

Output sparse_add(const Output& a, const SparseTensor& b) { return sparse_add(b, a); }

namespace {

// Of a tensor whose shape is `known`.
SparseTensor reordered(const SparseTensor& sp_input, const std::string& name, const Shape& known) {
  graph::Node* node = make_op("SparseReorder", name, {sp_input.indices, sp_input.values, sp_input.dense_shape});
  const TensorLike dense_shape = known.fully_defined() ? TensorLike(known) : TensorLike(identity(sp_input.dense_shape));
  return SparseTensor(Output(node, 0), Output(node, 1), dense_shape);
}

}  // namespace

SparseTensor sparse_reorder(const SparseTensor& sp_input, const NameOptions& options) {
  return reordered(sp_input, options.name, sp_input.shape());
}

namespace {

// The sizes that a reshape to `shape` gives; nullopt: they aren't known. ValueError: the shapes don't fit.
std::optional<std::vector<int64_t>> reshaped(const Shape& old_shape, const Output& shape) {
  auto sizes = known_numbers(shape);
  if (!sizes || !old_shape.fully_defined()) return std::nullopt;
  const std::vector<int64_t> asked = *sizes;
  if (std::ranges::count(asked, -1) > 1) {
    throw ValueError(fmt::format("At most one dimension can be inferred (-1). Found: [{}]", fmt::join(asked, " ")));
  }
  int64_t others = 1;
  for (const int64_t size : asked) others *= size == -1 ? 1 : size;
  const int64_t number = old_shape.num_elements();
  int64_t product = 1;
  for (int64_t& size : *sizes) {
    if (size == -1) size = others == 0 ? 0 : number / others;
    product *= size;
  }
  if (product != number) {
    throw ValueError(fmt::format("Cannot reshape a tensor with {} elements to shape [{}] ({} elements).", number,
                                 fmt::join(asked, ", "), product));
  }
  return sizes;
}

}  // namespace

SparseTensor sparse_reshape(const SparseTensor& sp_input, const TensorLike& shape_like, const NameOptions& options) {
  const Output shape = cast(shape_like, int64);
  const name_scope scope(options.name, "SparseReshape");
  graph::Node* node = make_op("SparseReshape", scope.name(), {sp_input.indices, sp_input.dense_shape, shape});
  TensorLike dense_shape = Output(node, 1);
  if (const auto sizes = reshaped(sp_input.shape(), shape)) dense_shape = constant(*sizes, int64);
  return SparseTensor(Output(node, 0), identity(sp_input.values), dense_shape);
}

std::vector<SparseTensor> sparse_split(const SparseTensor& sp_input, int64_t num_split, const TensorLike& axis,
                                       const NameOptions& options) {
  graph::Node* node =
      make_op("SparseSplit", options.name, {axis, sp_input.indices, sp_input.values, sp_input.dense_shape},
              {{"num_split", num_split}});
  std::vector<SparseTensor> parts;
  const int count = static_cast<int>(num_split);
  for (int i = 0; i < count; ++i) {
    parts.emplace_back(Output(node, i), Output(node, count + i), Output(node, 2 * count + i));
  }
  return parts;
}

SparseTensor sparse_slice(const SparseTensor& sp_input, const TensorLike& start, const TensorLike& size,
                          const NameOptions& options) {
  const Output from = convert(start, int64, ""), length = convert(size, int64, "");
  const name_scope scope(options.name, "SparseSlice");
  return from_outputs(
      make_op("SparseSlice", scope.name(), {sp_input.indices, sp_input.values, sp_input.dense_shape, from, length}));
}

SparseTensor sparse_transpose(const SparseTensor& sp_input, const SparseTransposeOptions& options) {
  const name_scope scope(options.name, "SparseTranspose");
  TensorLike perm = options.perm;
  if (perm.is_none()) {
    const Output rank = apply_op("Size", "Rank", {sp_input.dense_shape});
    const Output last = rank - 1;
    perm = last - range(0, rank, 1);
  }
  const Output columns = transpose(sp_input.indices);
  const Output indices = transpose(gather(columns, perm));
  const Shape shape = sp_input.shape();
  std::optional<std::vector<int64_t>> order;
  if (!options.perm.is_none()) order = known_numbers(convert(perm, DType::kInvalid, ""));
  if (order && shape.fully_defined()) {
    std::vector<int64_t> sizes;
    for (const int64_t i : *order) sizes.push_back(shape.dim(static_cast<int>(i)));
    return sparse_reorder(SparseTensor(indices, sp_input.values, TensorLike(Shape(sizes))));
  }
  // TensorFlow doesn't look for the sizes behind what computes `perm` or gathers them.
  return reordered(SparseTensor(indices, sp_input.values, gather(sp_input.dense_shape, perm)), "", Shape::unknown());
}

Output sparse_to_dense(const TensorLike& sparse_indices, const TensorLike& output_shape,
                       const TensorLike& sparse_values, const SparseToDenseOptions& options) {
  return apply_op("SparseToDense", options.name, {sparse_indices, output_shape, sparse_values, options.default_value},
                  {{"validate_indices", options.validate_indices}});
}

Output sparse_tensor_to_dense(const SparseTensor& sp_input, const SparseTensorToDenseOptions& options) {
  TensorLike otherwise = options.default_value;
  if (otherwise.is_none()) otherwise = zeros(Shape{}, {.dtype = base_type(sp_input.dtype())});
  return sparse_to_dense(
      sp_input.indices, sp_input.dense_shape, sp_input.values,
      {.default_value = otherwise, .validate_indices = options.validate_indices, .name = options.name});
}

Output sparse_matmul(const TensorLike& a, const TensorLike& b, const SparseMatmulOptions& options) {
  return apply_op("SparseMatMul", options.name, {a, b},
                  {{"transpose_a", options.transpose_a},
                   {"transpose_b", options.transpose_b},
                   {"a_is_sparse", options.a_is_sparse},
                   {"b_is_sparse", options.b_is_sparse}});
}

}  // namespace reflow
