#include "reflow/client/selection_ops.h"

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/indexing.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/python_text.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/status_errors.h"
#include "reflow/client/variable.h"

namespace reflow {

using client::apply_op;
using client::convert;

Output gather(const TensorLike& params, const TensorLike& indices, const GatherOptions& options) {
  const auto* axis = std::get_if<int64_t>(&options.axis.value());
  const auto* state = std::get_if<std::shared_ptr<client::VariableState>>(&params.value());
  if (state && axis && *axis == 0 && Variable(*state).is_resource()) {
    return Variable(*state).sparse_read(indices, {options.name});
  }
  return apply_op("GatherV2", options.name, {params, indices, options.axis});
}

Output gather_nd(const TensorLike& params, const TensorLike& indices, const NameOptions& options) {
  return apply_op("GatherNd", options.name, {params, indices});
}

Output scatter_nd(const TensorLike& indices, const TensorLike& updates, const TensorLike& shape,
                  const NameOptions& options) {
  return apply_op("ScatterNd", options.name, {indices, updates, shape});
}

Output where(const TensorLike& condition, const TensorLike& x, const TensorLike& y, const NameOptions& options) {
  return apply_op("Select", options.name, {condition, x, y});
}

Output where(const TensorLike& condition, const NameOptions& options) {
  const name_scope scope(options.name, "Where");
  return apply_op("Where", scope.name(), {convert(condition, DType::kInvalid, "condition", DType::kBool)});
}

Output boolean_mask(const TensorLike& tensor, const TensorLike& mask, const BooleanMaskOptions& options) {
  const name_scope scope(options.name);
  const Output values = convert(tensor, DType::kInvalid, "tensor");
  const Output selected = convert(mask, DType::kInvalid, "mask");
  const Shape& mask_shape = selected.shape();
  const int mask_rank = mask_shape.rank(), axis = options.axis;
  if (mask_rank == 0) throw ValueError("mask cannot be scalar.");
  if (mask_rank < 0) {
    throw ValueError("Number of mask dimensions must be specified, even if some dimensions are None.  E.g. "
        "shape=[None] is ok, but shape=None is not.");
  }
  const Shape& shape_of_values = values.shape();
  if (shape_of_values.known_rank() && !shape_of_values.sub_shape(axis, axis + mask_rank).compatible_with(mask_shape)) {
    throw ValueError(fmt::format("Shapes {} and {} are incompatible",
                                 client::python_shape(shape_of_values.sub_shape(axis, axis + mask_rank)),
                                 client::python_shape(mask_shape)));
  }
  const Output leading_size = reduce_prod(shape(values)[Slice(axis, axis + mask_rank)], {0});
  const Output before = shape(values)[Slice({}, axis)];
  const Output after = shape(values)[Slice(axis + mask_rank, {})];
  const Output flat = reshape(values, concat(TensorList{before, {leading_size}, after}, 0));
  const Output flat_mask = reshape(selected, {-1});
  const Output indices = squeeze(where(flat_mask), {1});
  return gather(flat, indices, {.axis = axis});
}

Output one_hot(const TensorLike& indices, const TensorLike& depth, const OneHotOptions& options) {
  const name_scope scope(options.name, "one_hot");
  DType dtype = options.dtype;
  for (const TensorLike* value : {&options.on_value, &options.off_value}) {
    if (value->is_none()) continue;
    const DType own = value->output() ? base_type(value->output()->dtype())
                                      : base_type(convert(*value, DType::kInvalid, "").dtype());
    if (dtype != DType::kInvalid && own != dtype) {
      if (options.dtype != DType::kInvalid) {
        throw TypeError(fmt::format("dtype {} of {} does not match dtype parameter {}", client::python_dtype(own),
                                    value == &options.on_value ? "on_value" : "off_value", client::python_dtype(dtype)));
      }
      throw TypeError(fmt::format("dtype {} of on_value does not match dtype {} of off_value", client::python_dtype(dtype),
                                  client::python_dtype(own)));
    }
    dtype = own;
  }
  if (dtype == DType::kInvalid) dtype = DType::kFloat32;
  const TensorLike on = options.on_value.is_none() ? TensorLike(convert(1, dtype, "on_value")) : options.on_value;
  const TensorLike off = options.off_value.is_none() ? TensorLike(convert(0, dtype, "off_value")) : options.off_value;
  return apply_op("OneHot", scope.name(), {indices, depth, on, off}, {{"axis", options.axis}, {"T", dtype}});
}

Output sequence_mask(const TensorLike& lengths, const SequenceMaskOptions& options) {
  const name_scope scope(options.name, "SequenceMask");
  const Output lens = convert(lengths, DType::kInvalid, "");
  Output maxlen;
  if (options.maxlen.is_none()) {
    const Output longest = reduce_max(lens);
    maxlen = maximum(constant(0, {.dtype = base_type(longest.dtype())}), longest);
  } else {
    maxlen = convert(options.maxlen, DType::kInvalid, "");
  }
  const DType type = base_type(maxlen.dtype());
  const Output zero = constant(0, {.dtype = type}), one = constant(1, {.dtype = type});
  const Output row = range(zero, maxlen, one, {.name = "Range"});
  const Output matrix = apply_op("Cast", "", {expand_dims(lens, -1)}, {{"DstT", type}});
  const Output result = less(row, matrix);
  return options.dtype == DType::kBool ? result : cast(result, options.dtype);
}

Output dynamic_stitch(const TensorList& indices, const TensorList& data, const NameOptions& options) {
  return apply_op("DynamicStitch", options.name, {TensorLike(indices), TensorLike(data)});
}

std::vector<Output> dynamic_partition(const TensorLike& data, const TensorLike& partitions, int num_partitions,
                                      const NameOptions& options) {
  return client::all_outputs(
      client::make_op("DynamicPartition", options.name, {data, partitions}, {{"num_partitions", num_partitions}}));
}

UniqueResult unique(const TensorLike& x, DType out_idx, const NameOptions& options) {
  graph::Node* node = client::make_op("Unique", options.name, {x}, {{"out_idx", out_idx}});
  return {Output(node, 0), Output(node, 1)};
}

UniqueWithCountsResult unique_with_counts(const TensorLike& x, DType out_idx, const NameOptions& options) {
  graph::Node* node = client::make_op("UniqueWithCounts", options.name, {x}, {{"out_idx", out_idx}});
  return {Output(node, 0), Output(node, 1), Output(node, 2)};
}

ListDiffResult setdiff1d(const TensorLike& x, const TensorLike& y, DType index_dtype, const NameOptions& options) {
  graph::Node* node = client::make_op("ListDiff", options.name, {x, y}, {{"out_idx", index_dtype}});
  return {Output(node, 0), Output(node, 1)};
}

Output reverse_sequence(const TensorLike& input, const TensorLike& seq_lengths, const ReverseSequenceOptions& options) {
  return apply_op("ReverseSequence", options.name, {input, seq_lengths},
                  {{"seq_dim", options.seq_axis}, {"batch_dim", options.batch_axis}});
}

}  // namespace reflow
