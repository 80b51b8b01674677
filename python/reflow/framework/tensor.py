"""The methods of tf.Tensor and tf.Operation. The classes themselves are C++ (`reflow._core`)."""

from reflow import _core
from reflow.framework import graph as graph_lib
from reflow.framework import operators

Tensor = _core.Tensor
Operation = _core.Operation


def _shape_text(tensor):
    shape = tensor.shape
    return '' if shape.ndims is None else ', shape=%s' % shape


class _TensorMethods:
    """One of the outputs of an operation: what a session computes."""

    def __init__(self, op, value_index, dtype):
        """Tensors are made with their operation."""
        raise TypeError('a tf.Tensor is made by the operation that it is an output of')

    __array_priority__ = 100
    _USE_EQUALITY = False  # whether == compares elements: enable_tensor_equality()
    OVERLOADABLE_OPERATORS = {
        '__add__', '__radd__', '__sub__', '__rsub__', '__mul__', '__rmul__', '__div__', '__rdiv__', '__truediv__',
        '__rtruediv__', '__floordiv__', '__rfloordiv__', '__mod__', '__rmod__', '__lt__', '__le__', '__gt__', '__ge__',
        '__ne__', '__eq__', '__and__', '__rand__', '__or__', '__ror__', '__xor__', '__rxor__', '__getitem__', '__pow__',
        '__rpow__', '__invert__', '__neg__', '__abs__', '__matmul__', '__rmatmul__'}

    @property
    def _op(self):
        return self.op

    @property
    def _dtype(self):
        return self.dtype

    @property
    def _value_index(self):
        return self.value_index

    def get_shape(self):
        """The static shape."""
        return self.shape

    def set_shape(self, shape):
        """Adds to what is known of the shape. ValueError: it contradicts that."""
        if shape is not None:
            self._set_shape(shape)

    @property
    def _shape(self):
        return self.shape

    def _shape_as_list(self):
        return None if self.shape.ndims is None else self.shape.as_list()

    def _shape_tuple(self):
        shape = self._shape_as_list()
        return None if shape is None else tuple(shape)

    def _rank(self):
        return self.shape.ndims

    def consumers(self):
        """The operations that read the tensor."""
        return self._consumers()

    def _as_tf_output(self):
        return self  # pywrap_tensorflow takes the tensor as it is

    def eval(self, feed_dict=None, session=None):
        """The value, computed in `session` or the default session."""
        return _eval_session(self.graph, session).run(self, feed_dict)

    def experimental_ref(self):
        """A hashable reference to the tensor."""
        from reflow.util import object_identity
        return object_identity.Reference(self)

    def _as_node_def_input(self):
        return '%s:%d' % (self.op.name, self.value_index) if self.value_index else self.op.name

    def __repr__(self):
        return "<tf.Tensor '%s' shape=%s dtype=%s>" % (self.name, self.shape, self.dtype.name)

    def __str__(self):
        device = ', device=%s' % self.device if self.device else ''
        return 'Tensor("%s"%s, dtype=%s%s)' % (self.name, _shape_text(self), self.dtype.name, device)

    def __hash__(self):
        return id(self) >> 4

    def __eq__(self, other):
        return self is other

    def __ne__(self, other):
        return self is not other

    def __copy__(self):
        return self

    def __iter__(self):
        raise _not_allowed('iterating over `tf.Tensor`')

    def __len__(self):
        raise TypeError('len is not well defined for symbolic Tensors. ({}) Please call `x.shape` rather than `len(x)` for '
                        'shape information.'.format(self.name))

    def __bool__(self):
        raise _not_allowed('using a `tf.Tensor` as a Python `bool`')

    def __nonzero__(self):
        return self.__bool__()

    def __array__(self, *unused_args, **unused_keywords):
        raise NotImplementedError('Cannot convert a symbolic Tensor ({}) to a numpy array.'.format(self.name))

    def __getitem__(self, slice_spec, var=None):
        from reflow.ops import slicing
        return slicing.part_of(self, slice_spec, var)

    __abs__ = operators.absolute
    __matmul__, __rmatmul__, __div__, __rdiv__ = operators.MATMUL + operators.DIV


def _not_allowed(task):
    """The error of a tensor of a graph that is used where Python needs its value."""
    from reflow.autograph.core import ag_ctx
    from reflow.framework import errors_impl
    return errors_impl.OperatorNotAllowedInGraphError('%s %s' % (task, ag_ctx.advice()))


def _session_of(graph, session, verb, noun, function, colon, quote):
    """`session`, or the default one. ValueError: there is none, or it is one of another graph."""
    given = 'given' if session is not None else 'default'
    if session is None:
        from reflow.framework import ops
        session = ops.get_default_session()
    if session is None:
        raise ValueError('Cannot %s %s using `%s()`: No default session is registered. Use `with sess.as_default()%s` or pass '
                         'an explicit session to `%s(session=sess)`' % (verb, noun, function, colon, function))
    if session.graph is not graph:
        advice = '' if given == 'given' else ' Pass an explicit session to %s%s(session=sess)%s.' % (quote, function, quote)
        raise ValueError("Cannot use the %s session to %s %s: the %s's graph is different from the session's graph.%s" % (
            given, verb, noun, noun, advice))
    return session


def _eval_session(graph, session):
    return _session_of(graph, session, 'evaluate', 'tensor', 'eval', colon='', quote='`')


def _run_session(graph, session):
    return _session_of(graph, session, 'execute', 'operation', 'run', colon=':', quote='')


class InputList(tuple):
    """What goes into an operation; parts of it are lists, which programs put together with others."""

    __slots__ = ()

    def __getitem__(self, index):
        found = super().__getitem__(index)
        return list(found) if isinstance(index, slice) else found


class _OperationMethods:
    """A node of a graph: computes tensors from tensors."""

    def __init__(self, node_def, g, inputs=None, output_types=None, control_inputs=None, input_types=None,
                 original_op=None, op_def=None):
        """Operations are made by their graph."""
        raise TypeError('a tf.Operation is made by Graph.create_op and the functions of tensorflow')

    def values(self):
        """The outputs, as a tuple."""
        return tuple(self.outputs)

    @property
    def node_def(self):
        """The NodeDef of the operation."""
        from reflow.framework import protos
        return protos.message('tensorflow.NodeDef').FromString(self._node_def())

    @property
    def op_def(self):
        """The OpDef of its type."""
        from reflow.framework import protos
        return protos.message('tensorflow.OpDef').FromString(self._op_def())

    @property
    def traceback(self):
        """Where it was made: (file, line, function, text of the line) of each call, the outermost first."""
        import linecache
        return [(file, line, function, linecache.getline(file, line).strip())
                for file, line, function in self._traceback()]

    @property
    def traceback_with_start_lines(self):
        """The same with the first line of each function behind, which is None: it is not known."""
        return [(*call, None) for call in self.traceback]

    def get_attr(self, name):
        """The value of the attribute `name`. ValueError: there is none."""
        attr = self._attr(name)
        if attr is None:
            raise ValueError("No attr named '%s' in %s" % (name, str(self.node_def)))
        kind, value = attr
        if kind in ('shape', 'tensor', 'func') or kind.startswith('list(') and kind[5:-1] in ('shape', 'tensor', 'func'):
            from reflow.framework import protos
            message = protos.message('tensorflow.AttrValue').FromString(self._attr_proto(name))
            return list(getattr(message.list, kind[5:-1])) if kind.startswith('list(') else getattr(message, kind)
        return value

    def _set_attr(self, attr_name, attr_value):
        self._set_attr_proto(attr_name, attr_value.SerializeToString())

    def colocation_groups(self):
        """What the operation is placed with."""
        return [group.encode() for group in self._colocation_groups()]

    @property
    def _control_inputs(self):
        return self.control_inputs

    def _add_control_inputs(self, ops):
        for op in ops:
            self._add_control_input(op)

    @property
    def _outputs(self):
        return self.outputs

    @property
    def _inputs(self):
        return self.inputs

    @property
    def _original_op(self):
        return None

    @property
    def _output_types(self):
        return [output.dtype.as_datatype_enum for output in self.outputs]

    @property
    def _input_types(self):
        return [tensor.dtype.base_dtype for tensor in self.inputs]

    def _get_control_flow_context(self):
        return graph_lib.with_methods(_core.context_of(self))

    @property
    def _control_flow_context(self):
        return self._get_control_flow_context()

    def run(self, feed_dict=None, session=None):
        """Runs the operation in `session` or the default session."""
        _run_session(self.graph, session).run(self, feed_dict)

    def __repr__(self):
        return "<tf.Operation '%s' type=%s>" % (self.name, self.type)

    def __str__(self):
        return str(self.node_def)

    def __copy__(self):
        return self


graph_lib.attach(_TensorMethods, Tensor)
graph_lib.attach(_OperationMethods, Operation)
Tensor.__module__ = Operation.__module__ = 'tensorflow.python.framework.ops'
