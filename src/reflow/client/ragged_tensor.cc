#include "reflow/client/ragged_tensor.h"

#include <fmt/format.h>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/check_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/python_text.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/selection_ops.h"

namespace reflow {

using client::convert;

namespace {

bool is_splits_type(DType type) { return type == DType::kInt32 || type == DType::kInt64; }

// Values, and what says where their rows are, with splits of one type at all levels.
struct Partitioned {
  TensorOrRagged values;
  Output partition;
};

Partitioned with_partition(const TensorOrRagged& given, const TensorLike& partition, const char* name) {
  TensorOrRagged values = given.converted("values");
  const DType preferred = values.is_ragged() ? values.ragged().row_splits().dtype() : DType::kInt64;
  Output rows = convert(partition, DType::kInvalid, name, preferred);
  if (!is_splits_type(rows.dtype())) throw ValueError(fmt::format("{} must have dtype int32 or int64", name));
  if (values.is_ragged() && preferred != rows.dtype()) {
    rows = cast(rows, DType::kInt64);
    values = values.ragged().with_row_splits_dtype(DType::kInt64);
  }
  if (rows.shape().known_rank() && rows.shape().rank() != 1) {
    throw ValueError(fmt::format("Shape {} must have rank 1", client::python_shape(rows.shape())));
  }
  return {values, rows};
}

RaggedTensor with_rows(const TensorOrRagged& values, const Output& splits) {
  if (!values.is_ragged()) return RaggedTensor(values.tensor(), {splits});
  std::vector<Output> all = values.ragged().nested_row_splits();
  all.insert(all.begin(), splits);
  return RaggedTensor(values.ragged().flat_values(), all);
}

Output number_of(const TensorOrRagged& values, DType type) {
  return values.is_ragged() ? values.ragged().nrows(type) : reflow::shape(values.tensor(), {.out_type = type})[0];
}

Output splits_of_lengths(const Output& lengths) {
  const Output zero = zeros({1}, {.dtype = lengths.dtype()});
  return concat({zero, cumsum(lengths)}, 0);
}

}  // namespace

RaggedTensor::RaggedTensor(Output flat_values, std::vector<Output> nested_row_splits)
    : flat_values_(flat_values), splits_(std::move(nested_row_splits)) {
  if (splits_.empty()) throw ValueError("A RaggedTensor needs row_splits.");
  for (const Output& splits : splits_) {
    if (!is_splits_type(splits.dtype())) throw ValueError("Row-partitioning argument must be int32 or int64");
    if (splits.dtype() != splits_[0].dtype()) {
      throw ValueError("RaggedTensor.values.row_splits must have the same dtype as row_splits");
    }
    if (splits.shape().known_rank() && splits.shape().rank() != 1) {
      throw ValueError(fmt::format("Shape {} must have rank 1", client::python_shape(splits.shape())));
    }
  }
  if (flat_values_.shape().known_rank() && flat_values_.shape().rank() < 1) {
    throw ValueError(fmt::format("Shape {} must have rank at least 1", client::python_shape(flat_values_.shape())));
  }
}

RaggedTensor RaggedTensor::from_value_rowids(const TensorOrRagged& given, const TensorLike& value_rowids,
                                             const RaggedRowIdsOptions& options) {
  const name_scope scope(options.name, "RaggedFromValueRowIds");
  auto [values, rowids] = with_partition(given, value_rowids, "value_rowids");
  const DType type = rowids.dtype();
  Output nrows;
  if (!options.nrows.is_none()) {
    nrows = convert(options.nrows, type, "nrows");
    const Tensor count = constant_value(nrows);
    if (count.valid() && count.num_elements() == 1) {
      const int64_t number = type == DType::kInt64 ? count.item<int64_t>() : count.item<int32_t>();
      if (number < 0) throw ValueError(fmt::format("Expected nrows >= 0; got {}", number));
    }
  } else {
    const Output before = constant({-1}, type);
    nrows = concat({before, rowids}, 0)[-1] + 1;
  }
  if (options.validate) {
    const char* const message = "Arguments to from_value_rowids do not form a valid RaggedTensor";
    const Output count = number_of(values, type);
    const std::vector<GraphElement> checks = {
        assert_equal(count, reflow::shape(rowids, {.out_type = type})[0], {.message = message}),
        assert_non_negative(rowids[Slice({}, 1)], {.message = message}),
        assert_less(rowids, nrows, {.message = message}),
        assert_non_negative(rowids[Slice(1, {})] - rowids[Slice({}, -1)], {.message = message})};
    rowids = with_dependencies(checks, rowids);
  }
  const Output rows32 = cast(rowids, DType::kInt32), size = cast(nrows, DType::kInt32);
  const Output lengths = bincount(rows32, {.minlength = size, .maxlength = size, .dtype = type});
  return with_rows(values, splits_of_lengths(lengths));
}

RaggedTensor RaggedTensor::from_row_splits(const TensorOrRagged& given, const TensorLike& row_splits,
                                           const RaggedOptions& options) {
  if (row_splits.list() && row_splits.list()->empty()) throw ValueError("row_splits tensor may not be empty.");
  const name_scope scope(options.name, "RaggedFromRowSplits");
  auto [values, splits] = with_partition(given, row_splits, "row_splits");
  if (options.validate) {
    const DType type = splits.dtype();
    const std::string message = "Arguments to from_row_splits do not form a valid RaggedTensor:";
    const Output first = splits[0];
    const std::vector<GraphElement> checks = {
        assert_equal(first, zeros(Shape{}, {.dtype = type}), {.message = message + "zero"}),
        assert_non_negative(splits[Slice(1, {})] - splits[Slice({}, -1)], {.message = message + "monotonic"}),
        assert_equal(number_of(values, type), splits[-1], {.message = message})};
    splits = with_dependencies(checks, splits);
  }
  return with_rows(values, splits);
}

RaggedTensor RaggedTensor::from_row_lengths(const TensorOrRagged& given, const TensorLike& row_lengths,
                                            const RaggedOptions& options) {
  const name_scope scope(options.name, "RaggedFromRowLengths");
  auto [values, lengths] = with_partition(given, row_lengths, "row_lengths");
  if (options.validate) {
    const char* const message = "Arguments to from_row_lengths do not form a valid RaggedTensor";
    const Operation sign = assert_non_negative(lengths, {.message = message});
    const Output sum = reduce_sum(lengths);
    lengths = with_dependencies(
        {sign, assert_equal(sum, number_of(values, lengths.dtype()), {.message = message})}, lengths);
  }
  return with_rows(values, splits_of_lengths(lengths));
}

RaggedTensor RaggedTensor::from_row_starts(const TensorOrRagged& given, const TensorLike& row_starts,
                                           const RaggedOptions& options) {
  const name_scope scope(options.name, "RaggedFromRowStarts");
  const auto [values, starts] = with_partition(given, row_starts, "row_starts");
  const Output end = expand_dims(number_of(values, starts.dtype()), 0);
  return from_row_splits(values, concat({starts, end}, 0), {.validate = options.validate});
}

RaggedTensor RaggedTensor::from_row_limits(const TensorOrRagged& given, const TensorLike& row_limits,
                                           const RaggedOptions& options) {
  const name_scope scope(options.name, "RaggedFromRowLimits");
  const auto [values, limits] = with_partition(given, row_limits, "row_limits");
  const Output zero = zeros({1}, {.dtype = limits.dtype()});
  return from_row_splits(values, concat({zero, limits}, 0), {.validate = options.validate});
}

namespace {

// `factory` level by level, from the inside outwards.
template <typename F>
RaggedTensor nested(const TensorOrRagged& flat_values, size_t levels, F&& factory) {
  if (levels == 0) throw ValueError("A RaggedTensor needs one level at least.");
  TensorOrRagged result = flat_values;
  for (size_t i = levels; i-- > 0;) result = factory(result, i);
  return result.ragged();
}

}  // namespace

RaggedTensor RaggedTensor::from_nested_value_rowids(const TensorOrRagged& flat_values, const TensorList& nested_value_rowids,
                                                    const std::optional<TensorList>& nested_nrows,
                                                    const RaggedOptions& options) {
  if (nested_nrows && nested_nrows->size() != nested_value_rowids.size()) {
    throw ValueError("nested_nrows must have the same length as nested_value_rowids");
  }
  const name_scope scope(options.name, "RaggedFromNestedValueRowIds");
  return nested(flat_values, nested_value_rowids.size(), [&](const TensorOrRagged& values, size_t i) {
    return from_value_rowids(values, nested_value_rowids[i],
                             {.nrows = nested_nrows ? (*nested_nrows)[i] : TensorLike(), .validate = options.validate});
  });
}

RaggedTensor RaggedTensor::from_nested_row_splits(const TensorOrRagged& flat_values, const TensorList& nested_row_splits,
                                                  const RaggedOptions& options) {
  const name_scope scope(options.name, "RaggedFromNestedRowSplits");
  return nested(flat_values, nested_row_splits.size(), [&](const TensorOrRagged& values, size_t i) {
    return from_row_splits(values, nested_row_splits[i], {.validate = options.validate});
  });
}

RaggedTensor RaggedTensor::from_nested_row_lengths(const TensorOrRagged& flat_values, const TensorList& nested_row_lengths,
                                                   const RaggedOptions& options) {
  const name_scope scope(options.name, "RaggedFromNestedRowlengths");
  return nested(flat_values, nested_row_lengths.size(), [&](const TensorOrRagged& values, size_t i) {
    return from_row_lengths(values, nested_row_lengths[i], {.validate = options.validate});
  });
}

RaggedTensor RaggedTensor::from_tensor(const TensorLike& given, const RaggedFromTensorOptions& options) {
  if (!options.lengths.is_none() && !options.padding.is_none()) {
    throw ValueError("Specify lengths or padding, but not both");
  }
  if (options.ragged_rank <= 0) {
    throw ValueError(fmt::format("ragged_rank must be greater than 0; got {}", options.ragged_rank));
  }
  const DType type = options.row_splits_dtype;
  const name_scope scope(options.name, "RaggedFromTensor");
  const Output tensor = convert(given, DType::kInvalid, "tensor");
  const int rank = tensor.shape().rank();
  if (rank >= 0 && rank <= options.ragged_rank) {
    throw ValueError(fmt::format("Shape {} must have rank at least {}", client::python_shape(tensor.shape()), options.ragged_rank + 1));
  }
  const Output sizes = reflow::shape(tensor, {.out_type = type});
  if (options.ragged_rank > 1) {
    if (!options.lengths.is_none()) throw NotImplementedError("RaggedTensor::from_tensor: lengths of more than one level");
    const Output minus_one = constant({-1}, type);
    const Output flat = reshape(tensor, concat({minus_one, sizes[Slice(options.ragged_rank, {})]}, 0));
    RaggedTensor inner = from_tensor(flat, {.padding = options.padding, .row_splits_dtype = type});
    for (int level = options.ragged_rank - 2; level >= 0; --level) {
      const Output rows = reduce_prod(sizes[Slice({}, level + 1)]);
      inner = with_rows(inner, range(rows + 1) * sizes[level + 1]);
    }
    return inner;
  }
  const Output columns = sizes[1];
  Output lengths;
  if (!options.padding.is_none()) {
    const Output padding = convert(options.padding, tensor.dtype(), "padding");
    Output is_value = not_equal(tensor, padding);
    if (rank > 2) {
      std::vector<int> axes;
      for (int i = 2; i < rank; ++i) axes.push_back(i);
      is_value = reduce_any(is_value, {.axis = axes});
    }
    const Output places = expand_dims(range(1, columns + 1), 0);
    lengths = maximum(reduce_max(cast(is_value, type) * places, 1), 0);
  } else if (!options.lengths.is_none()) {
    lengths = convert(options.lengths, type, "lengths");
  }
  if (lengths.valid()) {
    lengths = minimum(maximum(lengths, 0), columns);
    const Output mask = sequence_mask(lengths, {.maxlen = columns});
    return from_row_lengths(boolean_mask(tensor, mask), lengths, {.validate = false});
  }
  const Output count = expand_dims(sizes[0] * columns, 0);
  const Output values = reshape(tensor, concat({count, sizes[Slice(2, {})]}, 0));
  if (rank >= 2) {
    Shape known = Shape::unknown_of_rank(1);
    for (int i = 2; i < rank; ++i) known.add_dim(tensor.shape().dim(i));
    values.set_shape(known);
  }
  return RaggedTensor(values, {range(sizes[0] + 1) * columns});
}

RaggedTensor RaggedTensor::from_sparse(const SparseTensor& st_input, const RaggedFromSparseOptions& options) {
  const Shape& of_shape = st_input.dense_shape.shape();
  if (of_shape.rank() != 1 || of_shape.dim(0) != 2) throw ValueError("rank(st_input) must be 2");
  const DType type = options.row_splits_dtype;
  const name_scope scope(options.name, "RaggedFromSparse");
  const Output rows = st_input.indices[{Slice(), 0}], columns = st_input.indices[{Slice(), 1}];
  const Output new_row = not_equal(rows[Slice(1, {})], rows[Slice({}, -1)]);
  const Output next_column = cast(logical_not(new_row), columns.dtype()) * (columns[Slice({}, -1)] + 1);
  const Output zero = columns[Slice({}, 1)] * 0;
  const Operation check =
      assert_equal(columns, concat({zero, next_column}, 0), {.message = "SparseTensor is not right-ragged"});
  const control_dependencies after({check});
  const Output rowids = cast(identity(rows), type);
  return from_value_rowids(st_input.values, rowids, {.nrows = cast(st_input.dense_shape[0], type), .validate = false});
}

Shape RaggedTensor::shape() const {
  const Shape& first = splits_[0].shape();
  const int64_t splits = first.known_rank() ? first.dim(0) : -1;
  Shape shape{splits < 0 ? -1 : splits - 1};
  for (size_t i = 0; i < splits_.size(); ++i) shape.add_dim(-1);
  if (!flat_values_.shape().known_rank()) return Shape::unknown();
  for (int i = 1; i < flat_values_.shape().rank(); ++i) shape.add_dim(flat_values_.shape().dim(i));
  return shape;
}

TensorOrRagged RaggedTensor::values() const {
  if (splits_.size() == 1) return flat_values_;
  return RaggedTensor(flat_values_, {splits_.begin() + 1, splits_.end()});
}

Output RaggedTensor::value_rowids(const NameOptions& options) const {
  const name_scope scope(options.name, "RaggedValueRowIds");
  const Output limits = expand_dims(row_splits()[Slice(1, {})], 0);
  const Output places = expand_dims(range(row_splits()[-1]), 0);
  const Output rows = client::apply_op("UpperBound", "", {limits, places}, {{"out_type", row_splits().dtype()}});
  return squeeze(rows, {0});
}

std::vector<Output> RaggedTensor::nested_value_rowids(const NameOptions& options) const {
  const name_scope scope(options.name, "RaggedNestedValueRowIds");
  std::vector<Output> all;
  for (const Output& splits : splits_) all.push_back(RaggedTensor(flat_values_, {splits}).value_rowids());
  return all;
}

Output RaggedTensor::nrows(DType out_type, const NameOptions& options) const {
  const name_scope scope(options.name, "RaggedNRows");
  const DType type = out_type == DType::kInvalid ? row_splits().dtype() : out_type;
  return reflow::shape(row_splits(), {.out_type = type})[0] - 1;
}

Output RaggedTensor::row_starts(const NameOptions& options) const {
  const name_scope scope(options.name, "RaggedRowStarts");
  return row_splits()[Slice({}, -1)];
}

Output RaggedTensor::row_limits(const NameOptions& options) const {
  const name_scope scope(options.name, "RaggedRowLimits");
  return row_splits()[Slice(1, {})];
}

Output RaggedTensor::row_lengths(const NameOptions& options) const {
  const name_scope scope(options.name, "RaggedRowLengths");
  const Output limits = row_splits()[Slice(1, {})];
  return limits - row_splits()[Slice({}, -1)];
}

std::vector<Output> RaggedTensor::nested_row_lengths(const NameOptions& options) const {
  const name_scope scope(options.name, "RaggedNestedRowLengths");
  std::vector<Output> all;
  for (const Output& splits : splits_) all.push_back(RaggedTensor(flat_values_, {splits}).row_lengths());
  return all;
}

Output RaggedTensor::bounding_shape(DType out_type, const NameOptions& options) const {
  const name_scope scope(options.name, "RaggedBoundingBox");
  const DType type = row_splits().dtype();
  TensorList sizes = {nrows()};
  for (const Output& lengths : nested_row_lengths()) sizes.push_back(maximum(reduce_max(lengths), 0));
  const Output inner = reflow::shape(flat_values_, {.out_type = type})[Slice(1, {})];
  return cast(concat({stack(sizes), inner}, 0), out_type == DType::kInvalid ? type : out_type);
}

RaggedTensor RaggedTensor::with_values(const TensorOrRagged& new_values) const {
  const TensorOrRagged values = new_values.converted("values");
  return with_rows(values, row_splits());
}

RaggedTensor RaggedTensor::with_flat_values(const TensorOrRagged& new_values) const {
  TensorOrRagged result = new_values.converted("values");
  for (size_t i = splits_.size(); i-- > 0;) result = with_rows(result, splits_[i]);
  return result.ragged();
}

RaggedTensor RaggedTensor::with_row_splits_dtype(DType dtype) const {
  if (!is_splits_type(dtype)) throw ValueError("dtype must be int32 or int64");
  std::vector<Output> all;
  for (const Output& splits : splits_) all.push_back(cast(splits, dtype));
  return RaggedTensor(flat_values_, all);
}

Output RaggedTensor::to_tensor(const TensorLike& default_value, const NameOptions& options) const {
  const name_scope scope(options.name, "RaggedToTensor");
  const Output filler = default_value.is_none() ? zeros(Shape{}, {.dtype = base_type(dtype())})
                                                : convert(default_value, base_type(dtype()), "default_value");
  const Output any_shape = constant(-1, row_splits().dtype());
  const TensorList partitions(splits_.begin(), splits_.end());
  const std::vector<std::string> types(splits_.size(), "ROW_SPLITS");
  const Output result =
      client::apply_op("RaggedTensorToTensor", "", {any_shape, flat_values_, filler, TensorLike(std::vector<TensorLike>(partitions))},
                       {{"row_partition_types", types}});
  result.set_shape(shape());
  return result;
}

SparseTensor RaggedTensor::to_sparse(const NameOptions& options) const {
  const name_scope scope(options.name, "RaggedToSparse");
  graph::Node* node = client::make_op(
      "RaggedTensorToSparse", "", {TensorLike(std::vector<TensorLike>(splits_.begin(), splits_.end())), flat_values_});
  return SparseTensor(Output(node, 0), Output(node, 1), Output(node, 2));
}

Output TensorOrRagged::tensor() const {
  if (ragged_) throw TypeError("Expected a tensor, got a RaggedTensor");
  return convert_to_tensor(tensor_);
}

const RaggedTensor& TensorOrRagged::ragged() const {
  if (!ragged_) throw TypeError("Expected a RaggedTensor, got a tensor");
  return *ragged_;
}

TensorOrRagged TensorOrRagged::converted(const std::string& name, DType dtype) const {
  if (!ragged_) return convert(tensor_, dtype, name);
  if (dtype != DType::kInvalid && base_type(ragged_->dtype()) != dtype) {
    throw ValueError(fmt::format("Tensor conversion requested dtype {} for RaggedTensor with dtype {}", dtype_name(dtype),
                                 dtype_name(ragged_->dtype())));
  }
  return *this;
}

Shape TensorOrRagged::shape() const { return ragged_ ? ragged_->shape() : tensor().shape(); }
DType TensorOrRagged::dtype() const { return ragged_ ? ragged_->dtype() : tensor().dtype(); }

}  // namespace reflow
