#include "reflow/layers/labels.h"

#include "reflow/client/array_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/older_names.h"
#include "reflow/client/operators.h"
#include "reflow/client/python_text.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/selection_ops.h"
#include "reflow/client/sparse_ops.h"

namespace reflow::metrics {

using sets::SetLike;

namespace {

// `shape` with 1 in place of the sizes of `axes`.
Output reduced_shape(const Output& shape, const Output& axes) {
  const Output sizes = cast(shape, int32);
  const Output count = size(sizes);
  const Output shifted = axes + count;
  const Output places = shifted % count;
  const Output places_shape = reflow::shape(places);
  const Output all = range(count);
  return dynamic_stitch({all, places}, {sizes, fill(places_shape, 1)});
}

std::vector<Output> parts(const SparseTensor& tensor) { return {tensor.indices, tensor.values, tensor.dense_shape}; }
SparseTensor joined(const std::vector<Output>& parts) { return SparseTensor(parts[0], parts[1], parts[2]); }

}  // namespace

SetLike converted(const SetLike& labels) { return labels.sparse() ? labels : SetLike(convert_to_tensor(labels.dense())); }

SparseTensor only_class(const SetLike& given, int64_t class_id) {
  const SetLike ids = converted(given);
  if (ids.sparse()) return sparse_retain(*ids.sparse(), equal(ids.sparse()->values, class_id));
  const Output shape = reflow::shape(ids.dense(), {.out_type = int64});
  const Output last = size(shape) - 1;
  const Output one_each = reduced_shape(shape, reshape(last, {1}));
  const Output wanted = fill(one_each, cast(class_id, int64));
  const SparseTensor found = sets::set_intersection(wanted, ids);
  return SparseTensor(found.indices, found.values, shape);
}

SetLike expand_labels(const SetLike& given, const Output& predictions) {
  const name_scope scope(nullptr, "expand_labels");
  const SetLike labels = converted(given);
  if (const SparseTensor* sparse = labels.sparse()) {
    const Output predictions_rank = rank(predictions);
    const Output one_more = size(sparse->dense_shape) + 1;
    const auto expand = [&] {
      const Output shape = concat({sparse->dense_shape, {1}}, 0);
      return parts(sparse_reshape(*sparse, shape, {scope.name()}));
    };
    return joined(cond(equal(predictions_rank, one_more), expand, [&] { return parts(*sparse); }));
  }
  const Output& dense = *labels.dense().output();
  const int labels_rank = dense.shape().rank(), predictions_rank = predictions.shape().rank();
  if (labels_rank >= 0 && predictions_rank >= 0) {
    if (predictions_rank == labels_rank) return dense;
    if (predictions_rank == labels_rank + 1) return expand_dims(dense, -1, {scope.name()});
    throw ValueError("Unexpected labels shape " + client::python_shape(dense.shape()) + " for predictions shape " +
                     client::python_shape(predictions.shape()) + ".");
  }
  const Output rank_of_predictions = rank(predictions);
  const Output one_more = rank(dense) + 1;
  return cond(equal(rank_of_predictions, one_more), [&] { return expand_dims(dense, -1, {scope.name()}); },
              [&] { return dense; });
}

SetLike in_range(const SetLike& labels, const Output& num_classes) {
  const auto cleaned = [&](const TensorLike& values) {
    const Output outside = greater_equal(values, num_classes);
    const Output none = -1 * ones_like(values);
    return where_v2(outside, none, values);
  };
  if (const SparseTensor* sparse = labels.sparse()) {
    const Output largest = reduce_max(sparse->values);
    return joined(cond(
        greater_equal(largest, num_classes),
        [&] { return std::vector<Output>{sparse->indices, cleaned(sparse->values), sparse->dense_shape}; },
        [&] { return parts(*sparse); }));
  }
  const Output largest = reduce_max(labels.dense());
  return cond(greater_equal(largest, num_classes), [&] { return cleaned(labels.dense()); },
              [&] { return labels.dense(); });
}

SetLike repeat_rows(const SetLike& given, int64_t multiple, const std::string& name) {
  const name_scope scope(name);
  const SetLike labels = converted(given);
  if (const SparseTensor* sparse = labels.sparse()) {
    const Output outer_count = size(sparse->dense_shape) + -1;
    const Output outer = reshape(outer_count, {1});
    const Output front = slice(sparse->dense_shape, {0}, outer);
    const Output back = slice(sparse->dense_shape, outer, {-1});
    const Output shape = concat({front, {1}, back}, 0, {"expanded_shape"});
    const SparseTensor expanded = sparse_reshape(*sparse, shape, {"expand"});
    if (multiple == 1) return expanded;
    return sparse_concat(-2, std::vector<SparseTensor>(static_cast<size_t>(multiple), expanded), {scope.name()});
  }
  const Output expanded = expand_dims(labels.dense(), -2, {"expand"});
  if (multiple == 1) return expanded;
  const Output ones = ones_like(shape(labels.dense()));
  const Output front = ones[Slice({}, -1)], back = ones[Slice(-1, {})];
  const Output multiples = concat({front, {multiple}, back}, 0, {"multiples"});
  return tile(expanded, multiples, {scope.name()});
}

Output number_of_relevant(const SetLike& given, int64_t k) {
  const name_scope scope(nullptr, "num_relevant");
  const SetLike labels = converted(given);
  if (labels.sparse()) return minimum(sets::set_size(*labels.sparse()), k, {scope.name()});
  const Output there = greater_equal(labels.dense(), 0);
  const Output ones = ones_like(labels.dense());
  const Output each = where_v2(there, ones, zeros_like(labels.dense()));
  return minimum(reduce_sum(each, -1), k, {scope.name()});
}

}  // namespace reflow::metrics
