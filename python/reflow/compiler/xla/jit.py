"""Scopes whose operations TensorFlow may compile with XLA. Here they are only marked, as there."""

import contextlib

from reflow import _core
from reflow.core.framework import attr_value_pb2
from reflow.framework import ops

_SCOPES = ('__xla_scope',)  # key of the collection that has the one _XlaScope of a graph


class _XlaScope:
    """How many scopes a graph has had, and how many are around."""

    def __init__(self, count, depth):
        self.count = count
        self.depth = depth


def experimental_jit_scope(*args, **kwds):
    """A scope (compile_ops=True, separate_compiled_gradients=False), whose operations are marked as such that may be compiled:
    all, none, or those whose NodeDef `compile_ops` approves."""
    return _jit_scope(*args, **kwds)


@contextlib.contextmanager
def _jit_scope(compile_ops=True, separate_compiled_gradients=False):
    if _core.executing_eagerly():
        raise RuntimeError('xla.experimental.jit_scope is not supported when eager execution is enabled. Try use it inside '
                           'tf.function.')
    wanted = attr_value_pb2.AttrValue(b=compile_ops) if not callable(compile_ops) else (
        lambda node_def: attr_value_pb2.AttrValue(b=compile_ops(node_def)))
    attributes = {'_XlaCompile': wanted,
                  '_XlaSeparateCompiledGradients': attr_value_pb2.AttrValue(b=bool(separate_compiled_gradients))}
    known = ops.get_collection_ref(_SCOPES)
    if not known:
        known.append(_XlaScope(0, 0))
    scope = known[0]
    if scope.depth == 0:
        attributes['_XlaScope'] = attr_value_pb2.AttrValue(s=b'jit_scope_%d' % scope.count)
        scope.count += 1
    scope.depth += 1
    with ops.get_default_graph()._attr_scope(attributes):
        yield
    scope.depth -= 1
