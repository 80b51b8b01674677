#include "reflow/client/ctc_labels.h"

#include "reflow/client/array_ops.h"
#include "reflow/client/ctc_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/functional_ops.h"
#include "reflow/client/indexing.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/selection_ops.h"
#include "reflow/client/size.h"

namespace reflow::nn {

using client::Size;

namespace {

Size dimension(const Output& tensor, int i) {
  const Shape& known = tensor.shape();
  const int64_t size = known.known_rank() && i < known.rank() ? known.dim(i) : -1;
  return size > 0 ? Size(size) : Size(shape(tensor)[i]);
}

}  // namespace

CollapsedLabels collapse_repeated(const TensorLike& labels_like, const TensorLike& length_like,
                                  const NameOptions& options) {
  const name_scope scope(options.name, "collapse_repeated_labels");
  const Output labels = convert_to_tensor(labels_like, {.name = "labels"});
  const Output seq_length = convert_to_tensor(length_like, {.name = "seq_length"});
  const Output first = ones_like(labels[{Slice(), Slice({}, 1)}], {.dtype = bool_});
  const Output later = labels[{Slice(), Slice(1, {})}];
  const Output changes = not_equal(later, labels[{Slice(), Slice({}, -1)}]);
  const Output begins = concat({first, changes}, 1);
  const Output within = sequence_mask(seq_length, {.maxlen = dimension(labels, 1).argument()});
  const Output kept = logical_and(begins, within);
  const Output lengths = reduce_sum(cast(kept, int32), 1);
  const Output longest = reduce_max(lengths);
  const Output places = sequence_mask(lengths, {.maxlen = longest});
  const std::vector<int> flat_shape{-1};
  const Output flat_labels = reshape(labels, flat_shape);
  const Output flat_kept = reshape(kept, flat_shape);
  const Output flat_places = reshape(places, flat_shape);
  const Output numbers = range(dimension(flat_places, 0).argument());
  const Output indices = expand_dims(boolean_mask(numbers, flat_places), 1);
  const Output updates = boolean_mask(flat_labels, flat_kept);
  const Output flat = scatter_nd(indices, updates, shape(flat_places));
  const Size batch = dimension(labels, 0);
  const Output collapsed = reshape(flat, {batch.argument(), longest});
  return {collapsed, cast(lengths, base_type(seq_length.dtype()))};
}

UniqueLabels ctc_unique_labels(const TensorLike& labels_like, const NameOptions& options) {
  const name_scope scope(options.name, "ctc_unique_labels");
  const Output labels = convert_to_tensor(labels_like, {.name = "labels"});
  const auto of_row = [](const std::vector<Output>& row) -> TensorList {
    const UniqueResult found = unique(row[0]);
    const Size all = dimension(found.idx, 0);
    const Size missing = all - dimension(found.y, 0);
    const Output padded = pad(found.y, TensorList{{0, missing.argument()}});
    return {cast(padded, int64), found.idx};
  };
  const std::vector<Output> result = map_fn(of_row, TensorList{labels}, {.dtype = {int64, int32}});
  return {result[0], result[1]};
}

Output ctc_loss_v2(const SparseTensor& given_labels, const TensorLike& logits_like, const TensorLike& logit_length,
                   int64_t blank_index, const CtcLossV2Options& options) {
  SparseTensor labels = given_labels;
  Output logits = convert_to_tensor(logits_like);
  const int64_t classes = logits.shape().rank() == 3 ? logits.shape().dim(2) : -1;
  if (classes < 0) throw ValueError("ctc_loss_v2 needs logits whose number of classes is known");
  if (blank_index < 0) blank_index += classes;
  if (blank_index < 0 || blank_index >= classes) {
    throw ValueError("blank_index " + std::to_string(blank_index) + " is no class");
  }
  if (blank_index != classes - 1) {  // the op takes the last class for that of blanks
    const Output before = logits[{Slice(), Slice(), Slice({}, blank_index)}];
    const Output behind = logits[{Slice(), Slice(), Slice(blank_index + 1, {})}];
    const Output blank = logits[{Slice(), Slice(), Slice(blank_index, blank_index + 1)}];
    logits = concat({before, behind, blank}, 2);
    const Output smaller = labels.values < blank_index;
    const Output values = where(smaller, labels.values, labels.values - 1);
    labels = SparseTensor(labels.indices, values, labels.dense_shape);
  }
  return ctc_loss(labels, logits, logit_length, {.time_major = options.logits_time_major});
}

Output ctc_loss_v2(const TensorLike& labels_like, const TensorLike& logits_like, const TensorLike& label_length,
                   const TensorLike& logit_length, int64_t blank_index, const CtcLossV2Options& options) {
  const name_scope scope(options.name, "ctc_loss_dense");
  const Output logits = convert_to_tensor(logits_like, {.name = "logits"});
  const Output labels = convert_to_tensor(labels_like, {.name = "labels"});
  const Output within = sequence_mask(label_length, {.maxlen = dimension(labels, 1).argument()});
  const Output indices = where(within);
  const Output values = cast(gather_nd(labels, indices), int32);
  const SparseTensor sparse(indices, values, shape(labels, {.out_type = int64}));
  return ctc_loss_v2(sparse, logits, logit_length, blank_index, options);
}

}  // namespace reflow::nn
