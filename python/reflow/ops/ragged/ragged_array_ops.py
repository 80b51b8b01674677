"""Selecting and rearranging the values of ragged tensors."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import math_ops
from reflow.ops import sort_ops
from reflow.ops.ragged import ragged_tensor
from reflow.ops.ragged import ragged_util
from reflow.ops.ragged import segment_id_ops

_RaggedTensor = ragged_tensor.RaggedTensor


def boolean_mask(data, mask, name=None):
    """The values of `data` where `mask` is true, in the rows in which they were."""
    with ops.name_scope(name, 'RaggedMask', [data, mask]):
        data = ragged_tensor.convert_to_tensor_or_ragged_tensor(data, name='data')
        mask = ragged_tensor.convert_to_tensor_or_ragged_tensor(mask, dtypes.bool, name='mask')
        splits_dtype, (data, mask) = ragged_util.match_row_splits_dtypes(data, mask)
        ndims = mask.shape.ndims
        if ndims is None:
            raise ValueError('mask.shape.ndims must be known statically.')
        if ndims == 0:
            raise ValueError('mask cannot be scalar.')
        if isinstance(mask, _RaggedTensor):
            if not isinstance(data, _RaggedTensor):
                data = _RaggedTensor.from_tensor(data, ragged_rank=mask.ragged_rank, row_splits_dtype=splits_dtype)
            checks = ragged_util.assert_splits_match([mask.nested_row_splits, data.nested_row_splits[:mask.ragged_rank]])
            with ops.control_dependencies(checks):
                return _mask_of_rows(data, mask, splits_dtype)
        if not isinstance(data, _RaggedTensor):
            return _mask_of_tensors(data, mask, splits_dtype)
        if ndims > 1:
            mask = _RaggedTensor.from_tensor(mask, ragged_rank=min(data.ragged_rank, ndims - 1), row_splits_dtype=splits_dtype)
            return boolean_mask(data, mask)
        lengths = array_ops.boolean_mask(data.row_lengths(), mask)
        of_values = array_ops.gather(mask, segment_id_ops.row_splits_to_segment_ids(data.row_splits))
        return _RaggedTensor.from_row_splits(boolean_mask(data.values, of_values), ragged_util.lengths_to_splits(lengths),
                                             validate=False)


def _mask_of_rows(data, mask, splits_dtype):
    """Both ragged, with the same rows as far as the mask is."""
    if isinstance(mask.values, _RaggedTensor) or mask.shape.ndims > 2:
        splits = mask.row_splits
    else:
        kept = math_ops.cast(mask.values, splits_dtype)
        rows = segment_id_ops.row_splits_to_segment_ids(mask.row_splits)
        splits = ragged_util.lengths_to_splits(math_ops.unsorted_segment_sum(kept, rows, mask.nrows(out_type=splits_dtype)))
    if isinstance(mask.values, _RaggedTensor):
        values = _mask_of_rows(data.values, mask.values, splits_dtype)
    else:
        values = boolean_mask(data.values, mask.values)
    return _RaggedTensor.from_row_splits(values, splits, validate=False)


def _mask_of_tensors(data, mask, splits_dtype):
    values, ndims = array_ops.boolean_mask(data, mask), mask.shape.ndims
    if ndims == 1:
        return values
    lengths = array_ops.reshape(math_ops.count_nonzero(mask, axis=-1, dtype=splits_dtype), [-1])
    values = _RaggedTensor.from_row_lengths(values, lengths, validate=False)
    shape = array_ops.shape(mask, out_type=splits_dtype)
    for dim in reversed(range(ndims - 2)):
        rows = math_ops.reduce_prod(shape[:dim + 1])
        values = _RaggedTensor.from_row_splits(values, math_ops.range(rows + 1) * shape[dim + 1], validate=False)
    return values


def expand_dims(input, axis, name=None):
    """`input` with a dimension of one more at `axis`."""
    with ops.name_scope(name, 'RaggedExpandDims', [input]):
        input = ragged_tensor.convert_to_tensor_or_ragged_tensor(input, name='input')
        if not isinstance(input, _RaggedTensor):
            return array_ops.expand_dims(input, axis)
        axis = ragged_util.get_positive_axis(axis, None if input.shape.ndims is None else input.shape.ndims + 1)
        values = input
        if axis == 0:
            splits = array_ops.stack([math_ops.cast(0, input.row_splits.dtype), input.nrows()])
        elif axis == 1:
            splits = math_ops.range(input.nrows() + 1)
        else:
            values, splits = expand_dims(input.values, axis - 1), input.row_splits
        return _RaggedTensor.from_row_splits(values, splits, validate=False)


def stack_dynamic_partitions(data, partitions, num_partitions, name=None):
    """A row for each partition, of the values of `data` that belong to it."""
    with ops.name_scope(name, 'SegmentStack', [data, partitions, num_partitions]):
        data = ragged_tensor.convert_to_tensor_or_ragged_tensor(data, name='data')
        splits_dtype = data.row_splits.dtype if isinstance(data, _RaggedTensor) else None
        partitions = ragged_tensor.convert_to_tensor_or_ragged_tensor(partitions, preferred_dtype=splits_dtype,
                                                                      name='partitions')
        num_partitions = ops.convert_to_tensor(num_partitions, name='num_partitions', preferred_dtype=partitions.dtype)
        if splits_dtype is not None:
            partitions = _cast(partitions, splits_dtype)
        num_partitions = math_ops.cast(num_partitions, partitions.dtype)
        ndims = partitions.shape.ndims
        if ndims is None:
            raise ValueError('partitions must have known rank.')
        num_partitions.shape.assert_has_rank(0)
        partitions.shape.assert_is_compatible_with(data.shape[:ndims])
        if ndims == 0:
            if isinstance(data, _RaggedTensor):
                from reflow.ops.ragged import ragged_concat_ops
                return _RaggedTensor.from_value_rowids(ragged_concat_ops.stack([data]), array_ops.stack([partitions]),
                                                       nrows=num_partitions, validate=False)
            return _RaggedTensor.from_value_rowids(array_ops.stack([data]), array_ops.stack([partitions]),
                                                   nrows=num_partitions, validate=False)
        if ndims == 1:
            return _stack_of_partitions(data, partitions, num_partitions)
        if not isinstance(data, _RaggedTensor):
            data = _RaggedTensor.from_tensor(data, row_splits_dtype=partitions.dtype, ragged_rank=1)
        if not isinstance(partitions, _RaggedTensor):
            partitions = _RaggedTensor.from_tensor(partitions, row_splits_dtype=partitions.dtype,
                                                   ragged_rank=max(data.ragged_rank, ndims - 1))
        check = check_ops.assert_equal(data.row_splits, partitions.row_splits,
                                       message='data and partitions have incompatible ragged shapes')
        with ops.control_dependencies([check]):
            return stack_dynamic_partitions(data.values, partitions.values, num_partitions)


def _cast(value, dtype):
    if isinstance(value, _RaggedTensor):
        return value.with_flat_values(math_ops.cast(value.flat_values, dtype))
    return math_ops.cast(value, dtype)


def _stack_of_partitions(data, partitions, num_partitions):
    order = sort_ops.argsort(partitions, stable=True)
    rows = array_ops.gather(partitions, order)
    values = gather(data, order)
    check = check_ops.assert_less(rows[-1:], num_partitions, message='partitions must be less than num_partitions')
    with ops.control_dependencies([check]):
        return _RaggedTensor.from_value_rowids(values, rows, nrows=num_partitions, validate=False)


def gather(params, indices):
    """Rows of `params`, which may be ragged, by a vector of their numbers."""
    if not isinstance(params, _RaggedTensor):
        return array_ops.gather(params, indices)
    from reflow.ops import gen_ragged_array_ops
    result = gen_ragged_array_ops.ragged_gather(
        params_dense_values=params.flat_values, params_nested_splits=params.nested_row_splits, indices=indices,
        OUTPUT_RAGGED_RANK=params.ragged_rank)
    return _RaggedTensor.from_nested_row_splits(result.output_dense_values, result.output_nested_splits, validate=False)
