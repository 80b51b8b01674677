"""RaggedTensor: a tensor whose rows have different lengths."""

import numpy as np

from reflow.client import fetches
from reflow.eager import context
from reflow.framework import composite_tensor
from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import sparse_tensor
from reflow.framework import tensor_shape
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops.ragged import ragged_operators
from reflow.ops.ragged import segment_id_ops
from reflow.ops.ragged.ragged_tensor_spec import RaggedTensorSpec
from reflow.ops.ragged.ragged_tensor_value import RaggedTensorValue
from reflow.util.shown_attributes import shown


class RaggedTensor(composite_tensor.CompositeTensor, ragged_operators.Operators):
    """`values` (a tensor, or ragged too), of which row i has those from `row_splits[i]` to `row_splits[i + 1]`."""

    def __init__(self, values, row_splits, cached_row_lengths=None, cached_value_rowids=None, cached_nrows=None, internal=False):
        if not internal:
            raise ValueError('RaggedTensor constructor is private; please use one of the factory methods instead '
                             '(e.g., RaggedTensor.from_row_lengths())')
        from reflow.ops.ragged import ragged_dispatch
        ragged_dispatch.install()
        if not isinstance(row_splits, ops.Tensor):
            raise TypeError('Row-partitioning argument must be a Tensor, got %r' % row_splits)
        values = convert_to_tensor_or_ragged_tensor(values)
        if row_splits.dtype not in (dtypes.int32, dtypes.int64):
            raise ValueError('Row-partitioning argument must be int32 or int64')
        row_splits.shape.assert_has_rank(1)
        values.shape.with_rank_at_least(1)
        row_splits.set_shape([None])
        if isinstance(values, RaggedTensor) and values.row_splits.dtype != row_splits.dtype:
            raise ValueError('RaggedTensor.values.row_splits must have the same dtype as row_splits')
        self._values = values
        self._row_splits = row_splits
        self._cached_row_lengths = cached_row_lengths
        self._cached_value_rowids = cached_value_rowids
        self._cached_nrows = cached_nrows

    # How rows can be told.

    @classmethod
    def from_value_rowids(cls, values, value_rowids, nrows=None, name=None, validate=True):
        """value_rowids[i] is the row of value i; rows without values at the end are counted by `nrows`."""
        with ops.name_scope(name, 'RaggedFromValueRowIds', [values, value_rowids, nrows]):
            values, value_rowids = _with_partition(values, value_rowids, 'value_rowids')
            if nrows is None:
                last = array_ops.concat([constant_op.constant([-1], value_rowids.dtype), value_rowids], axis=0)[-1]
                nrows = last + 1
                static = tensor_util.constant_value(value_rowids)
                if static is not None:
                    nrows = constant_op.constant(static[-1] + 1 if static.size else 0, value_rowids.dtype, name='nrows')
            else:
                nrows = ops.convert_to_tensor(nrows, value_rowids.dtype, 'nrows')
                count = tensor_util.constant_value(nrows)
                if count is not None and count < 0:
                    raise ValueError('Expected nrows >= 0; got %d' % count)
                nrows.shape.assert_has_rank(0)
            if validate:
                message = 'Arguments to from_value_rowids do not form a valid RaggedTensor'
                value_rowids = control_flow_ops.with_dependencies([
                    check_ops.assert_equal(_nvals(values, value_rowids.dtype),
                                           array_ops.shape(value_rowids, out_type=value_rowids.dtype)[0],
                                           message=message),
                    check_ops.assert_non_negative(value_rowids[:1], message=message),
                    check_ops.assert_less(value_rowids, nrows, message=message),
                    check_ops.assert_non_negative(value_rowids[1:] - value_rowids[:-1], message=message)], value_rowids)
            row_lengths = math_ops.bincount(math_ops.cast(value_rowids, dtypes.int32), minlength=math_ops.cast(nrows, dtypes.int32),
                                            maxlength=math_ops.cast(nrows, dtypes.int32), dtype=value_rowids.dtype)
            if not row_lengths.shape.is_fully_defined():
                row_lengths.set_shape([tensor_util.constant_value(nrows)])
            splits = _splits_of_lengths(row_lengths)
            return cls(values, splits, row_lengths, value_rowids, nrows, internal=True)

    @classmethod
    def from_row_splits(cls, values, row_splits, name=None, validate=True):
        """Row i has the values from row_splits[i] to row_splits[i + 1]."""
        if isinstance(row_splits, (list, tuple)) and not row_splits:
            raise ValueError('row_splits tensor may not be empty.')
        with ops.name_scope(name, 'RaggedFromRowSplits', [values, row_splits]):
            values, row_splits = _with_partition(values, row_splits, 'row_splits')
            row_splits.shape.assert_has_rank(1)
            if validate:
                message = 'Arguments to from_row_splits do not form a valid RaggedTensor:'
                row_splits = control_flow_ops.with_dependencies([
                    check_ops.assert_equal(row_splits[0], array_ops.zeros([], row_splits.dtype), message=message + 'zero'),
                    check_ops.assert_non_negative(row_splits[1:] - row_splits[:-1], message=message + 'monotonic'),
                    check_ops.assert_equal(_nvals(values, row_splits.dtype), row_splits[-1], message=message)], row_splits)
            return cls(values, row_splits, internal=True)

    @classmethod
    def from_row_lengths(cls, values, row_lengths, name=None, validate=True):
        """Row i has the next row_lengths[i] values."""
        with ops.name_scope(name, 'RaggedFromRowLengths', [values, row_lengths]):
            values, row_lengths = _with_partition(values, row_lengths, 'row_lengths')
            row_lengths.shape.assert_has_rank(1)
            if validate:
                message = 'Arguments to from_row_lengths do not form a valid RaggedTensor'
                row_lengths = control_flow_ops.with_dependencies([
                    check_ops.assert_non_negative(row_lengths, message=message),
                    check_ops.assert_equal(math_ops.reduce_sum(row_lengths), _nvals(values, row_lengths.dtype),
                                           message=message)], row_lengths)
            return cls(values, _splits_of_lengths(row_lengths), row_lengths, internal=True)

    @classmethod
    def from_row_starts(cls, values, row_starts, name=None, validate=True):
        """Row i begins with value row_starts[i]."""
        with ops.name_scope(name, 'RaggedFromRowStarts', [values, row_starts]):
            values, row_starts = _with_partition(values, row_starts, 'row_starts')
            row_starts.shape.assert_has_rank(1)
            splits = array_ops.concat([row_starts, [_nvals(values, row_starts.dtype)]], axis=0)
            return cls.from_row_splits(values, splits, validate=validate)

    @classmethod
    def from_row_limits(cls, values, row_limits, name=None, validate=True):
        """Row i ends before value row_limits[i]."""
        with ops.name_scope(name, 'RaggedFromRowLimits', [values, row_limits]):
            values, row_limits = _with_partition(values, row_limits, 'row_limits')
            row_limits.shape.assert_has_rank(1)
            splits = array_ops.concat([array_ops.zeros([1], row_limits.dtype), row_limits], axis=0)
            return cls.from_row_splits(values, splits, validate=validate)

    @classmethod
    def from_nested_value_rowids(cls, flat_values, nested_value_rowids, nested_nrows=None, name=None, validate=True):
        """from_value_rowids level by level, from the inside outwards."""
        if isinstance(nested_value_rowids, ops.Tensor):
            raise TypeError('nested_value_rowids must be a list of Tensors')
        nested_nrows = [None] * len(nested_value_rowids) if nested_nrows is None else nested_nrows
        if len(nested_nrows) != len(nested_value_rowids):
            raise ValueError('nested_nrows must have the same length as nested_value_rowids')
        with ops.name_scope(name, 'RaggedFromNestedValueRowIds', [flat_values] + list(nested_value_rowids)):
            result = flat_values
            for rowids, nrows in reversed(list(zip(nested_value_rowids, nested_nrows))):
                result = cls.from_value_rowids(result, rowids, nrows, validate=validate)
            return result

    @classmethod
    def from_nested_row_splits(cls, flat_values, nested_row_splits, name=None, validate=True):
        """from_row_splits level by level, from the inside outwards."""
        return cls._nested(cls.from_row_splits, 'RaggedFromNestedRowSplits', flat_values, nested_row_splits, name, validate,
                           'nested_row_splits')

    @classmethod
    def from_nested_row_lengths(cls, flat_values, nested_row_lengths, name=None, validate=True):
        """from_row_lengths level by level, from the inside outwards."""
        return cls._nested(cls.from_row_lengths, 'RaggedFromNestedRowlengths', flat_values, nested_row_lengths, name, validate,
                           'nested_row_lengths')

    @classmethod
    def _nested(cls, factory, scope, flat_values, nested, name, validate, what):
        if isinstance(nested, ops.Tensor):
            raise TypeError('%s must be a list of Tensors' % what)
        with ops.name_scope(name, scope, [flat_values] + list(nested)):
            result = flat_values
            for partition in reversed(nested):
                result = factory(result, partition, validate=validate)
            return result

    # What it is made of.

    dtype = shown('_values.dtype', 'The type of the elements.')
    values = shown('_values', 'The rows, one behind the other.')
    row_splits = shown('_row_splits', 'Where each row begins, and the last one ends.')
    op = shown('flat_values.op', 'The operation that makes the flat values.')
    graph = shown('flat_values.graph', 'The graph of the tensors.')

    @property
    def shape(self):
        """The shape as far as it is known; None where rows have different lengths."""
        nrows = tensor_shape.dimension_value(self._row_splits.shape[0])
        nrows = None if nrows is None else nrows - 1
        return tensor_shape.TensorShape([nrows, None]).concatenate(self._values.shape[1:])

    def get_shape(self):
        """The shape as far as it is known."""
        return self.shape

    @property
    def flat_values(self):
        """The innermost values, a tensor."""
        values = self._values
        while isinstance(values, RaggedTensor):
            values = values.values
        return values

    @property
    def nested_row_splits(self):
        """The splits of all levels, from the outside inwards."""
        inner = self._values.nested_row_splits if isinstance(self._values, RaggedTensor) else ()
        return (self._row_splits,) + inner

    @property
    def ragged_rank(self):
        """How many dimensions have rows of different lengths."""
        return len(self.nested_row_splits)

    def value_rowids(self, name=None):
        """The row of each value."""
        if self._cached_value_rowids is not None:
            return self._cached_value_rowids
        with ops.name_scope(name, 'RaggedValueRowIds', [self]):
            return segment_id_ops.row_splits_to_segment_ids(self._row_splits)

    def nested_value_rowids(self, name=None):
        """value_rowids of all levels, from the outside inwards."""
        with ops.name_scope(name, 'RaggedNestedValueRowIds', [self]):
            return tuple(ragged.value_rowids() for ragged in self._levels())

    def nrows(self, out_type=None, name=None):
        """The number of rows."""
        out_type = self._row_splits.dtype if out_type is None else dtypes.as_dtype(out_type)
        if self._cached_nrows is not None:
            return math_ops.cast(self._cached_nrows, out_type)
        with ops.name_scope(name, 'RaggedNRows', [self]):
            return array_ops.shape(self._row_splits, out_type=out_type)[0] - 1

    def row_starts(self, name=None):
        """Where each row begins."""
        with ops.name_scope(name, 'RaggedRowStarts', [self]):
            return self._row_splits[:-1]

    def row_limits(self, name=None):
        """Where each row ends."""
        with ops.name_scope(name, 'RaggedRowLimits', [self]):
            return self._row_splits[1:]

    def row_lengths(self, axis=1, name=None):
        """The lengths of the rows in dimension `axis`."""
        if axis == 0:
            return self.nrows()
        if axis == 1 and self._cached_row_lengths is not None:
            return self._cached_row_lengths
        with ops.name_scope(name, 'RaggedRowLengths', [self]):
            if axis < 0:
                raise ValueError('axis may not be negative')
            if axis == 1:
                return self._row_splits[1:] - self._row_splits[:-1]
            if isinstance(self._values, RaggedTensor):
                return self.with_values(self._values.row_lengths(axis - 1))
            shape = array_ops.shape(self._values, out_type=self._row_splits.dtype)
            return self.with_values(array_ops.ones(shape[:axis - 1], self._row_splits.dtype) * shape[axis - 1])

    def nested_row_lengths(self, name=None):
        """row_lengths of all levels, from the outside inwards."""
        with ops.name_scope(name, 'RaggedNestedRowLengths', [self]):
            return tuple(ragged.row_lengths() for ragged in self._levels())

    def bounding_shape(self, axis=None, name=None, out_type=None):
        """The shape of the smallest tensor that has room for it."""
        out_type = self._row_splits.dtype if out_type is None else dtypes.as_dtype(out_type)
        with ops.name_scope(name, 'RaggedBoundingBox', [self, axis]):
            lengths = [math_ops.maximum(math_ops.reduce_max(length), 0) for length in self.nested_row_lengths()]
            inner = array_ops.shape(self.flat_values, out_type=self._row_splits.dtype)[1:]
            bounds = math_ops.cast(array_ops.concat([array_ops.stack([self.nrows()] + lengths), inner], axis=0), out_type)
            return bounds if axis is None else array_ops.gather(bounds, axis)

    def with_values(self, new_values):
        """The same rows of other values."""
        new_values = convert_to_tensor_or_ragged_tensor(new_values)
        new_values.shape.with_rank_at_least(1)
        self._values.shape[:1].assert_is_compatible_with(new_values.shape[:1])
        return RaggedTensor(new_values, self._row_splits, self._cached_row_lengths, self._cached_value_rowids,
                            self._cached_nrows, internal=True)

    def with_flat_values(self, new_values):
        """The same rows of other flat values."""
        if isinstance(self._values, RaggedTensor):
            return self.with_values(self._values.with_flat_values(new_values))
        return self.with_values(convert_to_tensor_or_ragged_tensor(new_values))

    def with_row_splits_dtype(self, dtype):
        """The same with splits of another type."""
        dtype = dtypes.as_dtype(dtype)
        if dtype not in (dtypes.int32, dtypes.int64):
            raise ValueError('dtype must be int32 or int64')
        values = self._values.with_row_splits_dtype(dtype) if isinstance(self._values, RaggedTensor) else self._values
        return RaggedTensor(values, math_ops.cast(self._row_splits, dtype), internal=True)

    # From and to other tensors.

    @classmethod
    def from_tensor(cls, tensor, lengths=None, padding=None, ragged_rank=1, name=None, row_splits_dtype=dtypes.int64):
        """The rows of a tensor, cut off at `lengths` or where only `padding` follows."""
        row_splits_dtype = dtypes.as_dtype(row_splits_dtype)
        if lengths is not None and padding is not None:
            raise ValueError('Specify lengths or padding, but not both')
        if not isinstance(ragged_rank, int):
            raise TypeError('ragged_rank expected int, got %r' % ragged_rank)
        if ragged_rank <= 0:
            raise ValueError('ragged_rank must be greater than 0; got %s' % ragged_rank)
        with ops.name_scope(name, 'RaggedFromTensor', [tensor, lengths, padding]):
            tensor = ops.convert_to_tensor(tensor, name='tensor')
            tensor.shape.with_rank_at_least(ragged_rank + 1)
            shape = array_ops.shape(tensor, out_type=row_splits_dtype)
            if ragged_rank > 1:
                if lengths is not None:
                    raise NotImplementedError('lengths of more than one level')
                flat = array_ops.reshape(tensor, array_ops.concat([[-1], shape[ragged_rank:]], axis=0))
                inner = cls.from_tensor(flat, padding=padding, row_splits_dtype=row_splits_dtype)
                for level in reversed(range(ragged_rank - 1)):
                    rows = math_ops.reduce_prod(shape[:level + 1])
                    splits = math_ops.range(rows + 1) * shape[level + 1]
                    inner = cls(inner, splits, internal=True)
                return inner
            ncols = shape[1]
            if padding is not None:
                padding = ops.convert_to_tensor(padding, name='padding', dtype=tensor.dtype)
                is_value = math_ops.not_equal(tensor, padding)
                if tensor.shape.ndims > 2:
                    is_value = math_ops.reduce_any(is_value, axis=list(range(2, tensor.shape.ndims)))
                columns = math_ops.range(1, ncols + 1)
                lengths = math_ops.reduce_max(math_ops.cast(is_value, row_splits_dtype) * array_ops.expand_dims(columns, 0), axis=1)
                lengths = math_ops.maximum(lengths, 0)
            if lengths is not None:
                lengths = _as_integers(lengths, 'lengths', row_splits_dtype)
                lengths.shape.assert_has_rank(1)
                lengths = math_ops.minimum(math_ops.maximum(lengths, 0), ncols)
                mask = array_ops.sequence_mask(lengths, ncols)
                return cls.from_row_lengths(array_ops.boolean_mask(tensor, mask), lengths, validate=False)
            values = array_ops.reshape(tensor, array_ops.concat([[shape[0] * ncols], shape[2:]], axis=0))
            values.set_shape(tensor_shape.TensorShape([None]).concatenate(tensor.shape[2:]))
            return cls(values, math_ops.range(shape[0] + 1) * ncols, internal=True)

    def _coordinates(self):
        """Where each flat value is, [values, ragged_rank + 1]: its row in each level, and its place there."""
        places = math_ops.range(_nvals(self.flat_values, self._row_splits.dtype))
        columns = []
        for ragged in reversed(list(self._levels())):
            rows = array_ops.gather(ragged.value_rowids(), places)
            columns.insert(0, places - array_ops.gather(ragged.row_starts(), rows))
            places = rows
        return array_ops.stack([places] + columns, axis=1)

    def to_tensor(self, default_value=None, name=None):
        """A tensor as large as the longest rows, filled up with `default_value`."""
        with ops.name_scope(name, 'RaggedToTensor', [self, default_value]):
            if default_value is None:
                default_value = array_ops.zeros((), self.dtype)
            default_value = ops.convert_to_tensor(default_value, dtype=self.dtype, name='default_value')
            if default_value.shape.ndims != 0:
                raise NotImplementedError('The default value of to_tensor has to be a scalar')
            shape = self.bounding_shape()
            result = array_ops.tensor_scatter_update(array_ops.fill(shape, default_value), self._coordinates(), self.flat_values)
            result.set_shape(tensor_shape.TensorShape(
                [tensor_shape.dimension_value(self.shape[0])] + [None] * self.ragged_rank).concatenate(self.flat_values.shape[1:]))
            return result

    @classmethod
    def from_sparse(cls, st_input, name=None, row_splits_dtype=dtypes.int64):
        """The rows of a sparse matrix whose values stand together at the left."""
        row_splits_dtype = dtypes.as_dtype(row_splits_dtype)
        if not sparse_tensor.is_sparse(st_input):
            raise TypeError('Expected SparseTensor, got %s' % type(st_input).__name__)
        with ops.name_scope(name, 'RaggedFromSparse', [st_input]):
            st_input = sparse_tensor.convert_to_tensor_or_sparse_tensor(st_input, name='st_input')
            if st_input.dense_shape.shape.ndims is None or tensor_shape.dimension_value(st_input.dense_shape.shape[0]) is None:
                raise ValueError('rank(st_input) must be 2')
            if tensor_shape.dimension_value(st_input.dense_shape.shape[0]) != 2:
                raise ValueError('rank(st_input) must be 2')
            rows, columns = st_input.indices[:, 0], st_input.indices[:, 1]
            new_row = math_ops.not_equal(rows[1:], rows[:-1])
            next_column = math_ops.cast(math_ops.logical_not(new_row), columns.dtype) * (columns[:-1] + 1)
            check = check_ops.assert_equal(
                columns, array_ops.concat([columns[:1] * 0, next_column], axis=0), message='SparseTensor is not right-ragged')
            with ops.control_dependencies([check]):
                segment_ids = math_ops.cast(array_ops.identity(rows), row_splits_dtype)
                return cls.from_value_rowids(st_input.values, segment_ids, math_ops.cast(st_input.dense_shape[0], row_splits_dtype),
                                             validate=False)

    def to_sparse(self, name=None):
        """The same as a SparseTensor."""
        with ops.name_scope(name, 'RaggedToSparse', [self]):
            if self.flat_values.shape.ndims != 1:
                raise NotImplementedError('to_sparse of values that are no scalars')
            return sparse_tensor.SparseTensor(
                math_ops.cast(self._coordinates(), dtypes.int64), self.flat_values, self.bounding_shape(out_type=dtypes.int64))

    def to_list(self):
        """The rows as nested lists, of eager tensors."""
        return self._eager_value().to_list()

    def _eager_value(self):
        value = np.asarray(self.flat_values.numpy())
        for splits in reversed(self.nested_row_splits):
            value = RaggedTensorValue(value, splits.numpy())
        return value

    def eval(self, feed_dict=None, session=None):
        """A RaggedTensorValue, computed by the session or the default session."""
        from reflow.framework import tensor
        return tensor._eval_session(self.graph, session).run(self, feed_dict)

    def _levels(self):
        ragged = self
        while isinstance(ragged, RaggedTensor):
            yield ragged
            ragged = ragged.values

    def consumers(self):
        """The operations that take one of the tensors."""
        return self._consumers()

    def __str__(self):
        if context.executing_eagerly():
            return '<tf.RaggedTensor %s>' % self.to_list()
        return 'tf.RaggedTensor(values=%s, row_splits=%s)' % (self._values, self._row_splits)

    __repr__ = __str__

    @property
    def _type_spec(self):
        return RaggedTensorSpec(self.shape, self.dtype, self.ragged_rank, self._row_splits.dtype)


def is_ragged(value):
    """Whether `value` is a RaggedTensor or a RaggedTensorValue."""
    return isinstance(value, (RaggedTensor, RaggedTensorValue))


def convert_to_tensor_or_ragged_tensor(value, dtype=None, preferred_dtype=None, name=None):
    """`value` as RaggedTensor if it is one or a RaggedTensorValue; otherwise as a tensor."""
    if isinstance(value, RaggedTensor):
        if dtype and not dtypes.as_dtype(dtype).is_compatible_with(value.dtype):
            raise ValueError('Tensor conversion requested dtype %s for RaggedTensor with dtype %s: %r' % (
                dtypes.as_dtype(dtype).name, value.dtype.name, value))
        return value
    if isinstance(value, RaggedTensorValue):
        with ops.name_scope(name, 'ConvertToTensorOrRaggedTensor', []):
            flat_values = ops.convert_to_tensor(value.flat_values, dtype=dtype, preferred_dtype=preferred_dtype, name='flat_values')
            return RaggedTensor.from_nested_row_splits(flat_values, value.nested_row_splits, validate=False)
    return ops.convert_to_tensor(value, dtype=dtype, preferred_dtype=preferred_dtype, name=name)


def _with_partition(values, partition, name):
    """Both as tensors, the splits of all levels of one type."""
    values = convert_to_tensor_or_ragged_tensor(values, name='values')
    preferred = values.row_splits.dtype if isinstance(values, RaggedTensor) else dtypes.int64
    partition = ops.convert_to_tensor(partition, preferred_dtype=preferred, name=name)
    if partition.dtype not in (dtypes.int32, dtypes.int64):
        raise ValueError('%s must have dtype int32 or int64' % name)
    if isinstance(values, RaggedTensor) and values.row_splits.dtype != partition.dtype:
        if not isinstance(partition, ops.Tensor):
            raise ValueError('The splits of all levels must have one type')
        partition = math_ops.cast(partition, dtypes.int64)
        values = values.with_row_splits_dtype(dtypes.int64)
    return values, partition


def _splits_of_lengths(row_lengths):
    return array_ops.concat([array_ops.zeros([1], row_lengths.dtype), math_ops.cumsum(row_lengths)], axis=0)


def _as_integers(value, name, dtype):
    """`value` as a tensor of an integer type, cast to `dtype`. TypeError: it has no integers."""
    tensor = ops.convert_to_tensor(value, name=name, preferred_dtype=dtype)
    if not tensor.dtype.is_integer:
        raise TypeError('%s must be an integer tensor; dtype=%s' % (name, tensor.dtype))
    return math_ops.cast(tensor, dtype)


def _nvals(values, out_type):
    if isinstance(values, RaggedTensor):
        return values.nrows(out_type=out_type)
    return array_ops.shape(values, out_type=out_type)[0]


def _fetch(ragged):
    def contract(values):
        result = values[0]
        for splits in reversed(values[1:]):
            result = RaggedTensorValue(result, splits)
        return result
    return [ragged.flat_values] + list(ragged.nested_row_splits), contract


def _feed(ragged, value):
    if not is_ragged(value):
        raise TypeError('The value of a RaggedTensor has to be a RaggedTensorValue, got %r' % (value,))
    return zip([ragged.flat_values] + list(ragged.nested_row_splits), [value.flat_values] + list(value.nested_row_splits))


fetches.register_session_run_conversion_functions(
    RaggedTensor, _fetch, _feed, lambda ragged: [ragged.flat_values] + list(ragged.nested_row_splits))
