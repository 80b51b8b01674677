"""Rows of large tables."""

from reflow import _core


def embedding_lookup(params, ids, partition_strategy='mod', name=None, validate_indices=True, max_norm=None):
    """The rows `ids` of `params`."""
    if isinstance(params, (list, tuple)) and len(params) == 1:
        params = params[0]
    if isinstance(params, (list, tuple)):
        raise NotImplementedError('tf.nn.embedding_lookup of Reflow takes no list of tables yet')
    return _core.embedding_lookup(params, ids, name, max_norm)
