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
    if isinstance(params, (list, tuple)) and len(params) == 1:
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
        sp_ids.values.get_shape().assert_is_compatible_with(sp_weights.values.get_shape())
        sp_ids.indices.get_shape().assert_is_compatible_with(sp_weights.indices.get_shape())
        sp_ids.dense_shape.get_shape().assert_is_compatible_with(sp_weights.dense_shape.get_shape())
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
    """embedding_lookup_sparse without invalid ids and weights; rows without ids are zeros, or that of `default_id`."""
    from reflow.framework import tensor_shape
    from reflow.ops import array_ops
    from reflow.ops import math_ops
    from reflow.ops import sparse_ops
    if embedding_weights is None:
        raise ValueError('Missing embedding_weights %s.' % embedding_weights)
    if hasattr(embedding_weights, '_get_variable_list'):
        embedding_weights = list(embedding_weights)
    if not isinstance(embedding_weights, list):
        embedding_weights = [embedding_weights]
    if len(embedding_weights) < 1:
        raise ValueError('Missing embedding_weights %s.' % embedding_weights)
    dtype = sparse_weights.dtype if sparse_weights is not None else None
    embedding_weights = [w if isinstance(w, _core.Variable) else ops.convert_to_tensor(w, dtype=dtype)
                         for w in embedding_weights]
    with ops.name_scope(name, 'embedding_lookup', embedding_weights + [sparse_ids, sparse_weights]) as scope:
        original_shape = sparse_ids.dense_shape
        original_rank_dim = tensor_shape.dimension_value(sparse_ids.dense_shape.get_shape()[0])
        original_rank = array_ops.size(original_shape) if original_rank_dim is None else original_rank_dim
        sparse_ids = sparse_ops.sparse_reshape(sparse_ids, [
            math_ops.reduce_prod(array_ops.slice(original_shape, [0], [original_rank - 1])),
            array_ops.gather(original_shape, original_rank - 1)])
        if sparse_weights is not None:
            sparse_weights = sparse_tensor.SparseTensor(sparse_ids.indices, sparse_weights.values,
                                                        sparse_ids.dense_shape)
        sparse_ids, sparse_weights = _prune_invalid_ids(sparse_ids, sparse_weights)
        if combiner != 'sum':
            sparse_ids, sparse_weights = _prune_invalid_weights(sparse_ids, sparse_weights)
        sparse_ids, is_row_empty = sparse_ops.sparse_fill_empty_rows(sparse_ids, default_id or 0)
        if sparse_weights is not None:
            sparse_weights, _ = sparse_ops.sparse_fill_empty_rows(sparse_weights, 1.0)
        result = embedding_lookup_sparse(embedding_weights, sparse_ids, sparse_weights, combiner=combiner,
                                         partition_strategy=partition_strategy,
                                         name=None if default_id is None else scope, max_norm=max_norm)
        if default_id is None:
            is_row_empty = array_ops.tile(array_ops.reshape(is_row_empty, [-1, 1]),
                                          array_ops.stack([1, array_ops.shape(result)[1]]))
            result = array_ops.where(is_row_empty, array_ops.zeros_like(result), result, name=scope)
        final_result = array_ops.reshape(result, array_ops.concat([
            array_ops.slice(math_ops.cast(original_shape, 'int32'), [0], [original_rank - 1]),
            array_ops.slice(array_ops.shape(result), [1], [-1])], 0))
        final_result.set_shape(tensor_shape.unknown_shape(
            (tensor_shape.Dimension(original_rank_dim) - 1).value).concatenate(result.get_shape()[1:]))
        return final_result


def _prune_invalid_ids(sparse_ids, sparse_weights):
    from reflow.ops import array_ops
    from reflow.ops import math_ops
    from reflow.ops import sparse_ops
    is_id_valid = math_ops.greater_equal(sparse_ids.values, 0)
    if sparse_weights is not None:
        is_id_valid = math_ops.logical_and(is_id_valid, array_ops.ones_like(sparse_weights.values, dtype='bool'))
    sparse_ids = sparse_ops.sparse_retain(sparse_ids, is_id_valid)
    if sparse_weights is not None:
        sparse_weights = sparse_ops.sparse_retain(sparse_weights, is_id_valid)
    return sparse_ids, sparse_weights


def _prune_invalid_weights(sparse_ids, sparse_weights):
    from reflow.ops import math_ops
    from reflow.ops import sparse_ops
    if sparse_weights is not None:
        is_weights_valid = math_ops.greater(sparse_weights.values, 0)
        sparse_ids = sparse_ops.sparse_retain(sparse_ids, is_weights_valid)
        sparse_weights = sparse_ops.sparse_retain(sparse_weights, is_weights_valid)
    return sparse_ids, sparse_weights
