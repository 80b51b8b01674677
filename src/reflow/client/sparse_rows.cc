// Sparse tensors folded, merged, filled and multiplied.

#include <algorithm>

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
#include "reflow/client/sparse_ops.h"

namespace reflow {

using client::apply_op;
using client::convert;
using client::make_op;

namespace {

// `axis`, or all dimensions.
TensorLike reduction_axes(const SparseTensor& sp_input, const TensorLike& axis) {
  if (!axis.is_none()) return axis;
  const Shape& of_shape = sp_input.dense_shape.shape();
  if (of_shape.rank() == 1 && of_shape.dim(0) >= 0) {
    std::vector<int32_t> all(of_shape.dim(0));
    for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<int32_t>(i);
    return constant(all, int32);
  }
  return range(0, apply_op("Size", "Rank", {sp_input.dense_shape}));
}

graph::Node* reduction(const char* type, const SparseTensor& sp_input, const SparseReduceOptions& options) {
  const TensorLike axes = reduction_axes(sp_input, options.axis);
  return make_op(type, "", {sp_input.indices, sp_input.values, sp_input.dense_shape, axes},
                 {{"keep_dims", options.keepdims}});
}

SparseTensor from_outputs(graph::Node* node) { return SparseTensor(Output(node, 0), Output(node, 1), Output(node, 2)); }

}  // namespace

Output sparse_reduce_max(const SparseTensor& sp_input, const SparseReduceOptions& options) {
  return Output(reduction("SparseReduceMax", sp_input, options), 0);
}
SparseTensor sparse_reduce_max_sparse(const SparseTensor& sp_input, const SparseReduceOptions& options) {
  return from_outputs(reduction("SparseReduceMaxSparse", sp_input, options));
}
Output sparse_reduce_sum(const SparseTensor& sp_input, const SparseReduceOptions& options) {
  return Output(reduction("SparseReduceSum", sp_input, options), 0);
}
SparseTensor sparse_reduce_sum_sparse(const SparseTensor& sp_input, const SparseReduceOptions& options) {
  return from_outputs(reduction("SparseReduceSumSparse", sp_input, options));
}

Output sparse_to_indicator(const SparseTensor& sp_input, const TensorLike& vocab_size, const NameOptions& options) {
  const name_scope scope(options.name, "SparseToIndicator");
  const Output entries = shape(sp_input.indices)[0];
  const Output values = fill(expand_dims(entries, 0), true);
  const SparseTensor flags(sp_input.indices, values, sp_input.dense_shape);
  const SparseTensor merged = sparse_merge(sp_input, flags, vocab_size, {.name = scope.name()});
  // A row may have an id more than once.
  return sparse_tensor_to_dense(merged, {.default_value = false, .validate_indices = false, .name = scope.name()});
}

SparseTensor sparse_merge(const SparseTensor& sp_ids, const SparseTensor& sp_values, const TensorLike& vocab_size,
                          const SparseMergeOptions& options) {
  return sparse_merge(std::vector<SparseTensor>{sp_ids}, sp_values, TensorList{vocab_size}, options);
}

SparseTensor sparse_merge(const std::vector<SparseTensor>& sp_ids, const SparseTensor& sp_values,
                          const TensorList& vocab_size, const SparseMergeOptions& options) {
  if (sp_ids.size() != vocab_size.size() || sp_ids.empty()) {
    throw ValueError("sp_ids and vocab_size have to have equal lengths.");
  }
  const name_scope scope(options.name, "SparseMerge");
  TensorList columns;
  for (const SparseTensor& ids : sp_ids) columns.push_back(expand_dims(cast(ids.values, int64), 1));
  TensorList sizes;
  for (const TensorLike& each : vocab_size) sizes.push_back(cast(each, int64));
  // The ids stand in place of the last index.
  columns.insert(columns.begin(), sp_ids[0].indices[{Slice(), Slice({}, -1)}]);
  const Output indices = concat(columns, 1);
  const Output leading = sp_ids[0].dense_shape[{Slice({}, -1)}];
  const Output dense_shape = concat({leading, TensorLike(sizes)}, 0);
  const SparseTensor result(indices, sp_values.values, dense_shape);
  if (options.already_sorted) return result;
  const SparseTensor sorted = sparse_reorder(result);
  return SparseTensor(sorted.indices, sorted.values, dense_shape);
}

SparseTensor sparse_retain(const SparseTensor& sp_input, const TensorLike& to_retain) {
  const Output kept = convert(to_retain, DType::kInvalid, "");
  if (kept.shape().known_rank() && kept.shape().rank() != 1) {
    throw ValueError("Shape " + kept.shape().str() + " must have rank 1");
  }
  const Output places = reshape(where(kept), {-1});
  const Output indices = gather(sp_input.indices, places);
  const Output values = gather(sp_input.values, places);
  return SparseTensor(indices, values, identity(sp_input.dense_shape));
}

SparseTensor sparse_reset_shape(const SparseTensor& sp_input, const TensorLike& new_shape) {
  const Output indices = identity(sp_input.indices);
  const Output values = identity(sp_input.values);
  const Output old_shape = identity(sp_input.dense_shape);
  if (new_shape.is_none()) {
    const Output last = reduce_max(indices, 0);
    const Output zero = convert(0, int64, "");
    return SparseTensor(indices, values, maximum(zero, add(last, ones_like(old_shape))));
  }
  Output asked = cast(convert(new_shape, DType::kInvalid, ""), int64);
  const Tensor known = constant_value(asked);
  const Shape shape = sp_input.shape();
  if (known.valid() && shape.fully_defined()) {
    std::vector<int64_t> sizes(known.data<int64_t>(), known.data<int64_t>() + known.num_elements());
    const bool fits = static_cast<int>(sizes.size()) == shape.rank() &&
                      std::ranges::equal(shape, sizes, [](int64_t a, int64_t b) { return a <= b; });
    if (!fits) {
      throw ValueError(
          fmt::format("Requested new_shape should have dimension sizes >= sp_input.shape.  Found new_shape "
                      "([{}]), sp_input.shape ([{}]).",
                      fmt::join(shape, " "), fmt::join(sizes, " ")));
    }
    return SparseTensor(indices, values, sizes);
  }
  const Output old_rank = reflow::shape(old_shape);
  asked = with_dependencies({assert_equal(old_rank, reflow::shape(asked))}, asked);
  asked = with_dependencies({assert_less_equal(old_shape, asked)}, asked);
  return SparseTensor(indices, values, asked);
}

FilledRows sparse_fill_empty_rows(const SparseTensor& sp_input, const TensorLike& default_value,
                                  const NameOptions& options) {
  const name_scope scope(options.name, "SparseFillEmptyRows");
  const Output otherwise = convert(default_value, base_type(sp_input.dtype()), "");
  graph::Node* node =
      make_op("SparseFillEmptyRows", "", {sp_input.indices, sp_input.values, sp_input.dense_shape, otherwise});
  return {SparseTensor(Output(node, 0), Output(node, 1), sp_input.dense_shape), Output(node, 2)};
}

Output sparse_tensor_dense_matmul(const SparseTensor& sp_a, const TensorLike& b, const SparseMatmulAdjoints& options) {
  const name_scope scope(options.name, "SparseTensorDenseMatMul");
  const Output dense = convert(b, DType::kInvalid, "b");
  return apply_op("SparseTensorDenseMatMul", "", {sp_a.indices, sp_a.values, sp_a.dense_shape, dense},
                  {{"adjoint_a", options.adjoint_a}, {"adjoint_b", options.adjoint_b}});
}

SparseTensor sparse_softmax(const SparseTensor& sp_input, const NameOptions& options) {
  const name_scope scope(options.name, "SparseSoftmax");
  const Output values = apply_op("SparseSoftmax", "", {sp_input.indices, sp_input.values, sp_input.dense_shape});
  return SparseTensor(sp_input.indices, values, sp_input.dense_shape);
}

namespace {

SparseTensor of_two(const char* type, const SparseTensor& a, const SparseTensor& b, const NameOptions& options) {
  graph::Node* node;
  {
    const name_scope scope(options.name, type);
    node = make_op(type, scope.name(), {a.indices, a.values, a.dense_shape, b.indices, b.values, b.dense_shape});
  }
  return SparseTensor(Output(node, 0), Output(node, 1), a.dense_shape);
}

}  // namespace

SparseTensor sparse_maximum(const SparseTensor& sp_a, const SparseTensor& sp_b, const NameOptions& options) {
  return of_two("SparseSparseMaximum", sp_a, sp_b, options);
}
SparseTensor sparse_minimum(const SparseTensor& sp_a, const SparseTensor& sp_b, const NameOptions& options) {
  return of_two("SparseSparseMinimum", sp_a, sp_b, options);
}

IndexedSlices sparse_mask(const IndexedSlices& a, const TensorLike& mask_indices, const NameOptions& options) {
  const name_scope scope(options.name, "sparse_mask");
  const ListDiffResult others = setdiff1d(a.indices, mask_indices);
  const Output values = gather(a.values, others.idx, {.name = scope.name()});
  return {values, others.out, a.dense_shape};
}

Output serialize_sparse(const SparseTensor& sp_input, const SerializeSparseOptions& options) {
  return apply_op("SerializeSparse", options.name, {sp_input.indices, sp_input.values, sp_input.dense_shape},
                  {{"out_type", options.out_type}});
}
Output serialize_many_sparse(const SparseTensor& sp_input, const SerializeSparseOptions& options) {
  return apply_op("SerializeManySparse", options.name, {sp_input.indices, sp_input.values, sp_input.dense_shape},
                  {{"out_type", options.out_type}});
}

SparseTensor deserialize_many_sparse(const TensorLike& serialized_sparse, DType dtype,
                                     const DeserializeSparseOptions& options) {
  graph::Node* node = make_op("DeserializeManySparse", options.name, {serialized_sparse}, {{"dtype", dtype}});
  const int64_t rank = options.rank.value_or(-1);
  Output(node, 0).set_shape({-1, rank});
  Output(node, 2).set_shape({rank});
  return from_outputs(node);
}

Output edit_distance(const SparseTensor& hypothesis, const SparseTensor& truth, const EditDistanceOptions& options) {
  return apply_op(
      "EditDistance", options.name,
      {hypothesis.indices, hypothesis.values, hypothesis.dense_shape, truth.indices, truth.values, truth.dense_shape},
      {{"normalize", options.normalize}});
}

}  // namespace reflow

namespace reflow::sparse {

using client::convert;
using client::make_op;

SparseTensor from_dense(const TensorLike& tensor, const NameOptions& options) {
  const name_scope scope(options.name, "dense_to_sparse");
  const Output dense = convert(tensor, DType::kInvalid, "");
  const Output zero = convert(is_numeric_tensor(dense) ? TensorLike(0) : TensorLike(""), base_type(dense.dtype()), "");
  const Output indices = where(not_equal(dense, zero));
  const Output values = gather_nd(dense, indices);
  return SparseTensor(indices, values, shape(dense, {.out_type = int64}));
}

SparseTensor expand_dims(const SparseTensor& sp_input, const ExpandDimsOptions& options) {
  const int64_t rank = sp_input.dense_shape.shape().dim(0);
  if (rank < 0) throw ValueError("sparse::expand_dims needs a SparseTensor of known rank");
  const name_scope scope(options.name, "expand_dims");
  Output axis = convert(options.axis, DType::kInvalid, "axis");
  const Output from_front = axis >= 0;
  const Output sum = axis + rank;
  axis = client::apply_op("SelectV2", "", {from_front, axis, sum + 1});
  const Output count = shape(sp_input.indices)[0];
  const Output column = zeros(TensorLike{count, 1}, {.dtype = int64});
  const Output before = slice(sp_input.indices, {0, 0}, {-1, axis});
  const Output behind = slice(sp_input.indices, {0, axis}, {-1, -1});
  const Output indices = concat({before, column, behind}, 1);
  const Output sizes_before = slice(sp_input.dense_shape, {0}, TensorLike{axis});
  const Output sizes_behind = slice(sp_input.dense_shape, TensorLike{axis}, {-1});
  const Output one = convert({1}, int64, "new_shape");
  return SparseTensor(indices, sp_input.values, concat({sizes_before, one, sizes_behind}, 0));
}

SparseTensor eye(const TensorLike& num_rows, const SparseEyeOptions& options) {
  const name_scope scope(options.name, "eye");
  const auto size_of = [](const TensorLike& value, const char* name) {
    return value.output() ? *value.output() : convert(value, int64, name);
  };
  const Output rows = size_of(num_rows, "num_rows");
  const Output columns = options.num_columns.is_none() ? rows : size_of(options.num_columns, "num_columns");
  const Output length = minimum(rows, columns);
  const Output numbers = range(length, {.dtype = int64});
  const Output indices = stack({numbers, numbers}, {.axis = 1});
  const Output values = ones(length, {.dtype = options.dtype});
  return SparseTensor(indices, values, {rows, columns});
}

namespace {

// Strings as they are, numbers as int64.
Output feature_values(const Output& values, bool* all_strings) {
  if (base_type(values.dtype()) == string) return values;
  *all_strings = false;
  return cast(values, int64);
}

SparseTensor crossed(const std::vector<Feature>& inputs, bool hashed, const CrossHashedOptions& options) {
  TensorList indices, values, shapes, dense;
  bool all_strings = true;
  for (const Feature& input : inputs) {
    if (const auto* sparse = std::get_if<SparseTensor>(&input)) {
      indices.push_back(sparse->indices);
      values.push_back(feature_values(sparse->values, &all_strings));
      shapes.push_back(sparse->dense_shape);
    }
  }
  for (const Feature& input : inputs) {
    if (const auto* each = std::get_if<Output>(&input)) dense.push_back(feature_values(*each, &all_strings));
  }
  graph::Node* node = make_op("SparseCross", options.name,
                              {TensorLike(indices), TensorLike(values), TensorLike(shapes), TensorLike(dense)},
                              {{"hashed_output", hashed},
                               {"num_buckets", options.num_buckets},
                               {"hash_key", options.hash_key},
                               {"out_type", hashed ? int64 : string},
                               {"internal_type", all_strings ? string : int64}});
  return SparseTensor(Output(node, 0), Output(node, 1), Output(node, 2));
}

}  // namespace

SparseTensor cross(const std::vector<Feature>& inputs, const NameOptions& options) {
  return crossed(inputs, false, {.name = options.name});
}
SparseTensor cross_hashed(const std::vector<Feature>& inputs, const CrossHashedOptions& options) {
  return crossed(inputs, true, options);
}

}  // namespace reflow::sparse
