"""Features of boosted trees: the buckets of numbers, and whether categories are there."""

import collections

from reflow.feature_column import base_columns
from reflow.feature_column import dense_columns
from reflow.feature_column import feature_column
from reflow.ops import array_ops
from reflow.ops import boosted_trees_ops
from reflow.ops import math_ops


def _kind(column):
    """'bucketized', 'indicator' or 'dense'. ValueError: trees have no use for the column."""
    if isinstance(column, dense_columns.BucketizedColumn):
        return 'bucketized'
    if isinstance(column, dense_columns.IndicatorColumn):
        return 'indicator'
    if isinstance(column, base_columns._DenseColumn):
        return 'dense'
    if isinstance(column, base_columns._CategoricalColumn):
        raise ValueError('CategoricalColumn must be wrapped by IndicatorColumn, got: {}'.format(column))
    raise ValueError('Got unexpected feature column type'.format(column))


def _size(column):
    """How many features a column gives."""
    kind = _kind(column)
    if kind == 'bucketized':
        return 1
    if kind == 'indicator':
        return column.categorical_column._num_buckets
    shape = column._variable_shape.as_list()
    return shape[0] if shape else 1


def num_features(columns):
    """How many features the columns give."""
    return sum(_size(column) for column in columns)


def names_of_features(sorted_columns):
    """The column's name for each feature."""
    names = []
    for column in sorted_columns:
        name = column.categorical_column.name if _kind(column) == 'indicator' else column.name
        names.extend([name] * _size(column))
    return names


def float_columns(sorted_columns):
    """The columns of numbers that have no buckets yet. ValueError: a column is neither numbers nor categories."""
    return [column for column in sorted_columns if _is_float(column)]


def _is_float(column):
    if isinstance(column, (base_columns._CategoricalColumn, dense_columns.IndicatorColumn)):
        return False
    if not isinstance(column, base_columns._DenseColumn):
        raise ValueError('Encountered unexpected column {}'.format(column))
    return column.dtype.is_floating


def boundaries_of_columns(columns, boundaries):
    """{column's name: the boundaries of its features}, of a list for all."""
    result, first = {}, 0
    for column in columns:
        result[column.name] = boundaries[first:first + _size(column)]
        first += _size(column)
    return result


def grouped_by_buckets(sorted_columns, num_quantiles):
    """(numbers of buckets, the features that have so many): all bucketized columns have as many as the largest of them."""
    groups = collections.OrderedDict()
    bucketized, largest, first = [], 2, 0
    for column in sorted_columns:
        kind = _kind(column)
        ids = list(range(first, first + _size(column)))
        first += len(ids)
        if kind == 'bucketized':
            bucketized.extend(ids)
            largest = max(largest, len(column.boundaries) + 1)
        else:
            groups.setdefault(2 if kind == 'indicator' else num_quantiles, []).extend(ids)
    if bucketized:
        groups.setdefault(largest, []).extend(bucketized)
    return list(groups.keys()), list(groups.values())


def transform(features, columns):
    """{column: its tensor}"""
    return feature_column._transform_features(features, columns) if columns else {}


def transformed(features, sorted_columns, boundaries=None, already=None):
    """The features of the columns, [batch] each: buckets, or without `boundaries` ({column's name: those of its features}) numbers
    where columns have no buckets of their own.

    `already` has tensors of columns that need no transformation. ValueError: a column has more than one axis.
    """
    tensors = transform(features, [column for column in sorted_columns if column not in (already or {})])
    tensors.update(already or {})
    result = []
    for column in sorted_columns:
        kind, tensor = _kind(column), tensors[column]
        if kind == 'bucketized':
            tensor = array_ops.squeeze(tensor, axis=1)
            if len(tensor.shape) > 1:
                name = column.source_column.name
                raise ValueError('For now, only supports features equivalent to rank 1 but column `{}` got: {}'.format(
                    name, features[name].shape))
            result.append(tensor)
        elif kind == 'indicator':
            tensor = math_ops.to_int32(tensor)
            if len(tensor.shape) > 2:
                name = column.categorical_column.name
                raise ValueError('Rank of indicator column must be no more than 2, but column `{}` got: {}'.format(
                    name, features[name].shape))
            result.extend(array_ops.unstack(tensor, axis=1))
        else:
            if column._variable_shape.rank > 1:
                raise ValueError('For now, we only support Dense column with rank of 1, but column `{}` got: {}'.format(
                    column.name, column._variable_shape))
            numbers = array_ops.unstack(tensor, axis=1)
            if boundaries:
                numbers = boosted_trees_ops.boosted_trees_bucketize(numbers, boundaries[column.name])
            result.extend(numbers)
    return result


def split_categories(columns):
    """(the indicator columns, the others): tables of categories have to be looked up outside of conds."""
    return ([column for column in columns if _kind(column) == 'indicator'],
            [column for column in columns if _kind(column) != 'indicator'])
