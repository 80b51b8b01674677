"""Rows of large tables, which may be kept in several parts."""

from reflow import _core
from reflow.framework import ops
from reflow.framework import sparse_tensor
from reflow.platform import tf_logging


def embedding_lookup(params, ids, partition_strategy='mod', name=None, validate_indices=True, max_norm=None):
    """The rows `ids` of `params`: a tensor, a variable, or a list of the parts."""
    if params is None:
        raise ValueError('params must be specified')
    return _core.embedding_lookup(_parts(params), ids, partition_strategy, name, max_norm)


def embedding_lookup_v2(params, ids, max_norm=None, name=None):
    """The rows `ids` of `params`."""
    return embedding_lookup(params, ids, 'div', name, max_norm=max_norm)


def _parts(params):
    """`params`; of a list of one part, that: parts of lists are found by row, those of a table by element."""
    if isinstance(params, tuple):
        return [params]
    if isinstance(params, list) and len(params) == 1 and not isinstance(params[0], (list, tuple)):
        return params[0]
    return params


def embedding_lookup_sparse(params, sp_ids, sp_weights, partition_strategy='mod', name=None, combiner=None,
                            max_norm=None):
    """For each row of `sp_ids` the rows of `params` that it names put together, each times its weight."""
    if params is None:
        raise ValueError('params must be specified')
    if combiner is None:
        tf_logging.warn('The default value of combiner will change from "mean" to "sqrtn" after 2016/11/01.')
        combiner = 'mean'
    if combiner not in ('mean', 'sqrtn', 'sum'):
        raise ValueError("combiner must be one of 'mean', 'sqrtn' or 'sum'")
    if not isinstance(sp_ids, sparse_tensor.SparseTensor):
        raise TypeError('sp_ids must be SparseTensor')
    if sp_weights is not None:
        if not isinstance(sp_weights, sparse_tensor.SparseTensor):
            raise TypeError('sp_weights must be either None or SparseTensor')
        for part in ('values', 'indices', 'dense_shape'):
            getattr(sp_ids, part).shape.assert_is_compatible_with(getattr(sp_weights, part).shape)
    return _core.embedding_lookup_sparse(_parts(params), sp_ids, sp_weights, partition_strategy, name, combiner, max_norm)


def embedding_lookup_sparse_v2(params, sp_ids, sp_weights, combiner=None, max_norm=None, name=None):
    """For each row of `sp_ids` the rows of `params` that it names put together, each times its weight."""
    return embedding_lookup_sparse(params, sp_ids, sp_weights, 'div', name, combiner, max_norm)


def safe_embedding_lookup_sparse_v2(embedding_weights, sparse_ids, sparse_weights=None, combiner='mean', default_id=None,
                                    max_norm=None, name=None):
    """embedding_lookup_sparse without invalid ids and weights; rows without ids are zeros, or that of `default_id`."""
    return safe_embedding_lookup_sparse(embedding_weights, sparse_ids, sparse_weights=sparse_weights, combiner=combiner,
                                        default_id=default_id, name=name, partition_strategy='div', max_norm=max_norm)


def safe_embedding_lookup_sparse(embedding_weights, sparse_ids, sparse_weights=None, combiner='mean', default_id=None,
                                 name=None, partition_strategy='div', max_norm=None):
    """embedding_lookup_sparse without invalid ids and weights; rows without ids are zeros, or that of `default_id`.

    `sparse_ids` of [d0, ..., dn] gives [d0, ..., dn-1] and the dimensions of a row. ValueError: there are no embeddings.
    """
    from reflow.ops import array_ops
    from reflow.ops import sparse_ops
    tables = _tables(embedding_weights, None if sparse_weights is None else sparse_weights.dtype)
    with ops.name_scope(name, 'embedding_lookup', tables + [sparse_ids, sparse_weights]) as scope:
        shape, rank = sparse_ids.dense_shape, _rank(sparse_ids)
        ids, weights = _as_matrices(sparse_ids, sparse_weights, rank)
        ids, weights = _with_valid_ids(ids, weights)
        if combiner != 'sum':
            ids, weights = _with_positive_weights(ids, weights)
        ids, are_empty = sparse_ops.sparse_fill_empty_rows(ids, default_id or 0)
        if weights is not None:
            weights, _ = sparse_ops.sparse_fill_empty_rows(weights, 1.0)
        has_default = default_id is not None
        rows = embedding_lookup_sparse(tables, ids, weights, partition_strategy, scope if has_default else None, combiner,
                                       max_norm)
        if not has_default:
            column = array_ops.reshape(are_empty, [-1, 1])
            are_empty = array_ops.tile(column, array_ops.stack([1, array_ops.shape(rows)[1]]))
            rows = array_ops.where(are_empty, array_ops.zeros_like(rows), rows, name=scope)
        return _in_shape_of_ids(rows, shape, rank)


def _tables(embedding_weights, dtype):
    """The parts of a table, a list of variables and tensors."""
    if hasattr(embedding_weights, '_get_variable_list'):  # in parts
        embedding_weights = list(embedding_weights)
    elif embedding_weights is not None and not isinstance(embedding_weights, list):
        embedding_weights = [embedding_weights]
    if not embedding_weights:
        raise ValueError('Missing embedding_weights %s.' % embedding_weights)
    return [each if isinstance(each, _core.Variable) else ops.convert_to_tensor(each, dtype=dtype)
            for each in embedding_weights]


def _rank(sparse_ids):
    """A number; a tensor, where it isn't known."""
    from reflow.framework import tensor_shape
    from reflow.ops import array_ops
    known = tensor_shape.dimension_value(sparse_ids.dense_shape.get_shape()[0])
    return array_ops.size(sparse_ids.dense_shape) if known is None else known


def _as_matrices(ids, weights, rank):
    """Both with all dimensions but the last as one."""
    from reflow.ops import array_ops
    from reflow.ops import math_ops
    from reflow.ops import sparse_ops
    num_rows = math_ops.reduce_prod(array_ops.slice(ids.dense_shape, [0], [rank - 1]))
    ids = sparse_ops.sparse_reshape(ids, [num_rows, array_ops.gather(ids.dense_shape, rank - 1)])
    if weights is not None:
        weights = sparse_tensor.SparseTensor(ids.indices, weights.values, ids.dense_shape)
    return ids, weights


def _in_shape_of_ids(rows, shape, rank):
    """[rows of the ids' last dimension, ...] as [the ids' other dimensions, ...]."""
    from reflow.framework import tensor_shape
    from reflow.ops import array_ops
    from reflow.ops import math_ops
    outer = array_ops.slice(math_ops.cast(shape, 'int32'), [0], [rank - 1])
    inner = array_ops.slice(array_ops.shape(rows), [1], [-1])
    result = array_ops.reshape(rows, array_ops.concat([outer, inner], 0))
    known = tensor_shape.unknown_shape(None if isinstance(rank, ops.Tensor) else rank - 1)
    result.set_shape(known.concatenate(rows.get_shape()[1:]))
    return result


def _with_valid_ids(ids, weights):
    """Both without negative ids."""
    from reflow.ops import array_ops
    from reflow.ops import math_ops
    are_valid = math_ops.greater_equal(ids.values, 0)
    if weights is not None:
        are_valid = math_ops.logical_and(are_valid, array_ops.ones_like(weights.values, dtype='bool'))
    return _retained(ids, weights, are_valid)


def _with_positive_weights(ids, weights):
    from reflow.ops import math_ops
    return (ids, None) if weights is None else _retained(ids, weights, math_ops.greater(weights.values, 0))


def _retained(ids, weights, which):
    from reflow.ops import sparse_ops
    ids = sparse_ops.sparse_retain(ids, which)
    return ids, None if weights is None else sparse_ops.sparse_retain(weights, which)
