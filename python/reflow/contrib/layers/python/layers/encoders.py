"""Embeddings of sequences."""

from reflow.contrib.framework.python.ops import variables
from reflow.contrib.framework.python.ops.arg_scope import add_arg_scope
from reflow.contrib.layers.python.ops import sparse_ops
from reflow.framework import sparse_tensor
from reflow.ops import array_ops
from reflow.ops import embedding_ops
from reflow.ops import math_ops
from reflow.ops import variable_scope

__all__ = ['bow_encoder', 'embed_sequence']


def bow_encoder(ids, vocab_size, embed_dim, sparse_lookup=True, initializer=None, regularizer=None, trainable=True,
                scope=None, reuse=None):
    """The mean of the embeddings of each row of `ids`."""
    if not vocab_size or not embed_dim:
        raise ValueError('Must specify vocab size and embedding dimension')
    with variable_scope.variable_scope(scope, 'bow_encoder', [ids], reuse=reuse):
        embeddings = variables.model_variable('embeddings', shape=[vocab_size, embed_dim], initializer=initializer,
                                              regularizer=regularizer, trainable=trainable)
        if sparse_lookup:
            if not isinstance(ids, sparse_tensor.SparseTensor):
                ids = sparse_ops.dense_to_sparse_tensor(ids)
            return embedding_ops.safe_embedding_lookup_sparse([embeddings], ids, combiner='mean', default_id=0)
        if isinstance(ids, sparse_tensor.SparseTensor):
            raise TypeError('ids are expected to be dense Tensor, got: %s', ids)
        return math_ops.reduce_mean(embedding_ops.embedding_lookup(embeddings, ids), axis=1)


@add_arg_scope
def embed_sequence(ids, vocab_size=None, embed_dim=None, unique=False, initializer=None, regularizer=None, trainable=True,
                   scope=None, reuse=None):
    """The embeddings of `ids`, [batch, length]: [batch, length, embed_dim]."""
    if not (reuse or (vocab_size and embed_dim)):
        raise ValueError('Must specify vocab size and embedding dimension when not reusing. Got vocab_size=%s and '
                         'embed_dim=%s' % (vocab_size, embed_dim))
    with variable_scope.variable_scope(scope, 'EmbedSequence', [ids], reuse=reuse):
        shape = None if reuse and vocab_size is None or embed_dim is None else [vocab_size, embed_dim]
        embeddings = variables.model_variable('embeddings', shape=shape, initializer=initializer, regularizer=regularizer,
                                              trainable=trainable)
        if not unique:
            return embedding_ops.embedding_lookup(embeddings, ids)
        shape = array_ops.shape(ids)
        flat, index = array_ops.unique(array_ops.reshape(ids, array_ops.reshape(math_ops.reduce_prod(shape, keepdims=True),
                                                                                [-1])))
        rows = array_ops.gather(embedding_ops.embedding_lookup(embeddings, flat), index)
        result = array_ops.reshape(rows, array_ops.concat([shape, array_ops.shape(embeddings)[1:]], 0))
        result.set_shape(ids.get_shape().concatenate(embeddings.get_shape()[1:]))
        return result
