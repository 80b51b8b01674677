"""Embeddings of sparse ids, and of ids that occur more than once."""

from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import embedding_ops
from reflow.ops import math_ops
from reflow.platform import tf_logging

__all__ = ['safe_embedding_lookup_sparse', 'embedding_lookup_unique']


def safe_embedding_lookup_sparse(embedding_weights, sparse_ids, sparse_weights=None, combiner=None, default_id=None,
                                 name=None, partition_strategy='div', max_norm=None):
    """tf.nn.safe_embedding_lookup_sparse: invalid ids are left out, and rows without ids are the default's or zeros."""
    if combiner is None:
        tf_logging.warn('The default value of combiner will change from "mean" to "sqrtn" after 2016/11/01.')
        combiner = 'mean'
    return embedding_ops.safe_embedding_lookup_sparse(
        embedding_weights, sparse_ids, sparse_weights, combiner=combiner, default_id=default_id, name=name,
        partition_strategy=partition_strategy, max_norm=max_norm)


def embedding_lookup_unique(params, ids, partition_strategy='mod', name=None):
    """embedding_lookup that looks each id up once."""
    with ops.name_scope(name, 'EmbeddingLookupUnique', [params, ids]):
        ids = ops.convert_to_tensor(ids)
        shape = array_ops.shape(ids)
        flat = array_ops.reshape(ids, math_ops.reduce_prod(shape, keepdims=True))
        unique_ids, places = array_ops.unique(flat)
        unique_embeddings = embedding_ops.embedding_lookup(params, unique_ids, partition_strategy)
        embeddings = array_ops.gather(unique_embeddings, places)
        all_sizes = array_ops.concat([shape, array_ops.shape(unique_embeddings)[1:]], 0)
        embeddings = array_ops.reshape(embeddings, all_sizes)
        embeddings.set_shape(ids.get_shape().concatenate(unique_embeddings.get_shape()[1:]))
        return embeddings
