"""The contexts of cond and while_loop, and how MetaGraphDefs keep them."""
from reflow import _core
from reflow.framework import graph as graph_lib
from reflow.framework import ops, protos

CondContext, WhileContext = _core.CondContext, _core.WhileContext


class _ContextMethods:
    def to_proto(self, export_scope=None):
        """The CondContextDef or WhileContextDef, names without the scope; None: it is not below the scope."""
        serialized = self._serialize(export_scope or '')
        return None if serialized is None else protos.message(self._MESSAGE).FromString(serialized)

    def GetControlPivot(self):
        """The tensor that tells that what is made here is to be run."""
        return self.pivot

    def GetWhileContext(self):
        """The innermost loop that this is part of; None: there is none."""
        context = self
        while context is not None and not context.IsWhileContext():
            context = context.outer_context
        return context

    def IsWhileContext(self):
        """Whether this is a loop."""
        return isinstance(self, WhileContext)

    def IsCondContext(self):
        """Whether this is a branch of a cond."""
        return isinstance(self, CondContext)

    def IsXLAContext(self):
        """Whether this is compiled as a whole, which nothing is."""
        return False

    def __str__(self):
        return self.name


def _cond_context_from_proto(context_def, import_scope=None):
    """The context of a branch whose nodes are in the default graph."""
    return _core.parse_cond_context(context_def.SerializeToString(), import_scope or '')


def _while_context_from_proto(context_def, import_scope=None):
    """The context of a loop whose nodes are in the default graph."""
    return _core.parse_while_context(context_def.SerializeToString(), import_scope or '')


for _cls, _message, _from_proto, _key in (
        (CondContext, 'tensorflow.CondContextDef', _cond_context_from_proto, ops.GraphKeys.COND_CONTEXT),
        (WhileContext, 'tensorflow.WhileContextDef', _while_context_from_proto, ops.GraphKeys.WHILE_CONTEXT)):
    graph_lib.attach(_ContextMethods, _cls)
    _cls.__module__ = 'tensorflow.python.ops.control_flow_ops'
    _cls._MESSAGE = _message
    _cls.from_proto = staticmethod(_from_proto)
    ops.register_proto_function(_key, proto_type=_message, to_proto=_cls.to_proto, from_proto=_from_proto)
