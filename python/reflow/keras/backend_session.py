"""Keras' session, the learning phase, variables and their values, and functions over graphs."""

import collections
import contextlib
import weakref

import numpy as np

from reflow import _core
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import sparse_tensor
from reflow.framework import tensor_util
from reflow.keras.backend_config import floatx
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import resource_variable_ops
from reflow.ops import state_ops
from reflow.ops import variables as variables_module
from reflow.util import nest

_session = None
_learning_phases = weakref.WeakKeyDictionary()  # graph -> a placeholder, or 0 or 1 where a program has set it
_tracked = weakref.WeakKeyDictionary()  # graph -> variables that get_session initialises
_uids = weakref.WeakKeyDictionary()  # graph -> {prefix: number}
_eager_learning_phase = {}
_symbolic = {}
_manual_initialization = False


def get_graph():
    """The graph that layers are built in."""
    return ops.get_default_graph()


def symbolic_graph():
    """With eager execution the graph that only holds the inputs and outputs of layers."""
    if 'graph' not in _symbolic:
        _symbolic['graph'] = ops.Graph()
    return _symbolic['graph']


def get_uid(prefix=''):
    """A number that no other caller with this prefix gets in the graph."""
    counts = _uids.setdefault(get_graph(), collections.defaultdict(int))
    counts[prefix] += 1
    return counts[prefix]


def reset_uids():
    """Begins to count anew."""
    from reflow.keras.engine import layer_names
    _uids.clear()
    layer_names.forget_names()


def clear_session():
    """Forgets the session and the graph: later layers are named as the first ones were."""
    global _session
    if not _core.executing_eagerly():
        ops.reset_default_graph()
    _symbolic.clear()
    reset_uids()
    if _session is not None:
        _session.close()
    _session = None
    _learning_phases.clear()
    _eager_learning_phase.clear()
    _tracked.clear()
    if not _core.executing_eagerly():
        _make_learning_phase(get_graph())


def manual_variable_initialization(value):
    """Whether programs initialise variables themselves."""
    global _manual_initialization
    _manual_initialization = value


def get_session(op_input_list=()):
    """The session that Keras runs its functions in: the default one, or one of its own. It initialises variables."""
    global _session
    session = ops.get_default_session()
    if session is None:
        from reflow.client.session import Session
        if _session is None or _session.graph is not get_graph() or _session._closed:
            _session = Session()
        session = _session
    if not _manual_initialization:
        with session.graph.as_default():
            _initialize_variables(session)
    return session


def set_session(session):
    """Makes `session` the one that Keras uses."""
    global _session
    _session = session


def track_variable(variable):
    """Lets get_session initialise the variable."""
    if not _core.executing_eagerly() and not getattr(variable, '_is_eager', False):
        _tracked.setdefault(variable.graph, []).append(variable)


def unique_variables(values):
    """The variables, each once."""
    return list({id(value): value for value in values}.values())


def _initialize_variables(session):
    tracked = _tracked.get(session.graph, [])
    candidates = [each for each in unique_variables(tracked) if not getattr(each, '_keras_initialized', False)]
    if not candidates:
        return
    flags = session.run([variables_module.is_variable_initialized(each) for each in candidates])
    for each in candidates:
        each._keras_initialized = True
    uninitialized = [each for each, is_there in zip(candidates, flags) if not is_there]
    if uninitialized:
        session.run(variables_module.variables_initializer(uninitialized))


def _make_learning_phase(graph):
    with graph.as_default(), ops.control_dependencies(None), ops.name_scope(''):
        _learning_phases[graph] = array_ops.placeholder_with_default(False, shape=(), name='keras_learning_phase')


def learning_phase():
    """Whether layers train: a tensor that functions feed, or 0 or 1 where a program has set it."""
    if _core.executing_eagerly():
        return _eager_learning_phase.get('value', 0)
    graph = get_graph()
    if graph not in _learning_phases:
        with ops.init_scope():
            _make_learning_phase(graph)
    return _learning_phases[graph]


def symbolic_learning_phase():
    """The learning phase of the graph."""
    return learning_phase()


def learning_phase_is_set():
    """Whether a program has set the learning phase."""
    if _core.executing_eagerly():
        return 'value' in _eager_learning_phase
    return isinstance(_learning_phases.get(get_graph()), int)


def set_learning_phase(value):
    """Sets the learning phase: 1 to train, 0 not to."""
    if value not in {0, 1}:
        raise ValueError('Expected learning phase to be 0 or 1.')
    if _core.executing_eagerly():
        _eager_learning_phase['value'] = int(value)
    else:
        _learning_phases[get_graph()] = int(value)


@contextlib.contextmanager
def learning_phase_scope(value):
    """Sets the learning phase within the context."""
    if value not in {0, 1}:
        raise ValueError('Expected learning phase to be 0 or 1.')
    place, key = (_eager_learning_phase, 'value') if _core.executing_eagerly() else (_learning_phases, get_graph())
    previous = place.get(key)
    place[key] = int(value)
    try:
        yield value
    finally:
        if previous is None:
            place.pop(key, None)
        else:
            place[key] = previous


eager_learning_phase_scope = learning_phase_scope


def int_shape(x):
    """The shape as a tuple of numbers and Nones; None: not even the rank is known."""
    if hasattr(x, '_keras_shape_override'):
        return x._keras_shape_override
    try:
        shape = x.shape
        return tuple(shape.as_list()) if not isinstance(shape, tuple) else shape
    except ValueError:
        return None


def is_sparse(tensor):
    """Whether it is a SparseTensor."""
    return isinstance(tensor, sparse_tensor.SparseTensor)


def is_keras_tensor(x):
    """Whether a layer of Keras has made the tensor."""
    if not isinstance(x, (ops.Tensor, variables_module.Variable, sparse_tensor.SparseTensor)):
        raise ValueError('Unexpectedly found an instance of type `' + str(type(x)) + '`. Expected a symbolic tensor '
                         'instance.')
    return hasattr(x, '_keras_history')


def is_placeholder(x):
    """Whether the tensor has to be fed."""
    return x.op.type == 'Placeholder'


def placeholder(shape=None, ndim=None, dtype=None, sparse=False, name=None, ragged=False):
    """A tensor that is fed."""
    if ragged:
        raise NotImplementedError('Placeholders of ragged tensors are not there yet')
    if _core.executing_eagerly():
        with symbolic_graph().as_default():
            return placeholder(shape=shape, ndim=ndim, dtype=dtype, sparse=sparse, name=name)
    dtype = dtype or floatx()
    if not shape and ndim:
        shape = tuple(None for _ in range(ndim))
    if sparse:
        return array_ops.sparse_placeholder(dtype, shape=shape, name=name)
    return array_ops.placeholder(dtype, shape=shape, name=name)


def variable(value, dtype=None, name=None, constraint=None):
    """A variable with an initial value."""
    dtype = dtype or floatx()
    if hasattr(value, 'tocoo'):
        coo = value.tocoo()
        indices = np.concatenate((np.expand_dims(coo.row, 1), np.expand_dims(coo.col, 1)), 1)
        return sparse_tensor.SparseTensor(indices=indices, values=coo.data, dense_shape=coo.shape)
    made = resource_variable_ops.ResourceVariable(value, dtype=dtypes.as_dtype(dtype), name=name, constraint=constraint)
    track_variable(made)
    return made


def constant(value, dtype=None, shape=None, name=None):
    """A constant tensor."""
    from reflow.framework import constant_op
    return constant_op.constant(value, dtype=dtype or floatx(), shape=shape, name=name)


def to_dense(tensor):
    """`tensor`, a dense one of a SparseTensor."""
    if not is_sparse(tensor):
        return tensor
    from reflow.ops import sparse_ops
    return sparse_ops.sparse_tensor_to_dense(tensor)


def eval(x):  # noqa: A001: Keras' name
    """The value of a tensor or variable."""
    return get_value(to_dense(x))


def get_value(x):
    """The value of a variable, as an array."""
    if not tensor_util.is_tensor(x):
        return x
    if hasattr(x, 'numpy') and (_core.executing_eagerly() or getattr(x, '_is_eager', False)):
        from reflow.eager import context
        with context.eager_mode():  # a graph may be built of what has eager variables
            return x.numpy()
    with x.graph.as_default():
        return x.eval(session=get_session((x,)))


def batch_get_value(tensors):
    """The values of variables."""
    if _core.executing_eagerly():
        return [each.numpy() for each in tensors]
    return get_session(tensors).run(tensors) if tensors else []


def set_value(x, value):
    """Gives a variable a value."""
    batch_set_value([(x, value)])


def batch_set_value(tuples):
    """Gives variables values: pairs of variable and array."""
    if _core.executing_eagerly():
        for variable_, value in tuples:
            variable_.assign(np.asarray(value, dtype=variable_.dtype.base_dtype.as_numpy_dtype))
        return
    if not tuples:
        return
    with tuples[0][0].graph.as_default():
        assignments, feeds = [], {}
        for variable_, value in tuples:
            value = np.asarray(value, dtype=variable_.dtype.base_dtype.as_numpy_dtype)
            if not hasattr(variable_, '_assign_placeholder'):
                variable_._assign_placeholder = array_ops.placeholder(
                    variable_.dtype.base_dtype, shape=[None] * value.ndim)
                variable_._assign_op = variable_.assign(variable_._assign_placeholder)
            assignments.append(variable_._assign_op)
            feeds[variable_._assign_placeholder] = value
        get_session().run(assignments, feed_dict=feeds)


def update(x, new_x):
    """The operation that gives a variable the value of a tensor."""
    return state_ops.assign(x, new_x)


def update_add(x, increment):
    """The operation that adds a tensor to a variable."""
    return state_ops.assign_add(x, increment)


def update_sub(x, decrement):
    """The operation that subtracts a tensor from a variable."""
    return state_ops.assign_sub(x, decrement)


def operation_of(update):
    """The operation that updates: of the new value of a resource variable the one that assigned it."""
    op = getattr(update, 'op', update)
    if getattr(op, 'type', None) == 'ReadVariableOp':
        for before in op.control_inputs:
            if before.type in ('AssignVariableOp', 'AssignAddVariableOp', 'AssignSubVariableOp') and (
                    before.inputs[0] is op.inputs[0]):
                return before
    return op


def gradients(loss, variables):
    """The gradients of a loss."""
    from reflow.ops import gradients_impl
    return gradients_impl.current()(loss, variables, colocate_gradients_with_ops=True)


class GraphExecutionFunction:
    """Runs outputs and updates of a graph for values of inputs."""

    def __init__(self, inputs, outputs, updates=None, name=None, **session_kwargs):
        updates = updates or []
        if not isinstance(updates, (list, tuple)):
            raise TypeError('`updates` in a Keras backend function should be a list or tuple.')
        self._structure = outputs
        self.inputs = nest.flatten(inputs)
        self.outputs = [_as_fetch(each) for each in nest.flatten(outputs)]
        with ops.control_dependencies([each for each in self.outputs if not is_sparse(each)][:1]):
            operations = [state_ops.assign(*each) if isinstance(each, tuple) else each for each in updates]
            self.updates_op = control_flow_ops.group(*[operation_of(each) for each in operations])
        self.name = name
        self.fetches = [_as_fetch(each) for each in session_kwargs.pop('fetches', None) or []]
        self.fetch_callbacks = {}
        self.feed_dict = session_kwargs.pop('feed_dict', None) or {}
        self.run_options = session_kwargs.pop('options', None)
        self.run_metadata = session_kwargs.pop('run_metadata', None)
        self._callable = None

    def __call__(self, inputs):
        session = get_session(inputs)
        feeds = [(tensor, value) for tensor, value in zip(self.inputs, nest.flatten(inputs)) if value is not None]
        fetches = self.outputs + [self.updates_op] + self.fetches
        if self.run_options is None and self.run_metadata is None and not self.feed_dict and not any(
                is_sparse(tensor) or tensor_util.is_tensor(value) for tensor, value in feeds):
            results = self._run_callable(session, fetches, feeds)
        else:
            feed_dict = dict(self.feed_dict)
            feed_dict.update((tensor, _fed(session, tensor, value)) for tensor, value in feeds)
            results = session.run(fetches, feed_dict=feed_dict, options=self.run_options,
                                  run_metadata=self.run_metadata)
        for fetch, value in zip(self.fetches, results[len(self.outputs) + 1:]):
            callback = next((function for key, function in self.fetch_callbacks.items() if key is fetch), None)
            if callback:
                callback(value)
        return nest.pack_sequence_as(self._structure, results[:len(self.outputs)])

    def _run_callable(self, session, fetches, feeds):
        key = (session, tuple(map(id, fetches)), tuple(id(tensor) for tensor, _ in feeds))
        if self._callable is None or self._callable[0] != key:
            self._callable = key, session.make_callable(fetches, feed_list=[tensor for tensor, _ in feeds])
        return self._callable[1](*[_fed(session, tensor, value) for tensor, value in feeds])


def _as_fetch(value):
    return ops.convert_to_tensor(value) if isinstance(value, variables_module.Variable) else value


def _fed(session, tensor, value):
    if hasattr(value, 'tocoo'):
        coo = value.tocoo()
        indices = np.concatenate((np.expand_dims(coo.row, 1), np.expand_dims(coo.col, 1)), 1)
        return sparse_tensor.SparseTensorValue(indices, coo.data, coo.shape)
    if tensor_util.is_tensor(value):
        return session.run(value)
    if is_sparse(tensor):
        return value
    return np.asarray(value, dtype=tensor.dtype.base_dtype.as_numpy_dtype)


def function(inputs, outputs, updates=None, name=None, **kwargs):
    """A function of arrays, from `inputs` to the values of `outputs`, that also runs `updates`."""
    if _core.executing_eagerly():
        if kwargs:
            raise ValueError('Session keyword arguments are not support during eager execution. You passed: %s' % (kwargs,))
        if updates:
            raise NotImplementedError('keras.backend.function has no updates with eager execution')
        from reflow.keras.engine import eager_symbols
        return eager_symbols.SymbolicFunction(inputs, outputs)
    for key in kwargs:
        if key not in ('fetches', 'feed_dict', 'options', 'run_metadata'):
            raise ValueError('Invalid argument "%s" passed to K.function with TensorFlow backend' % key)
    return GraphExecutionFunction(inputs, outputs, updates=updates, name=name, **kwargs)


def dtype(x):
    """The type of a tensor, as a string."""
    return x.dtype.base_dtype.name


def cast_to_floatx(x):
    """An array or tensor of Keras' type of floats."""
    if isinstance(x, (ops.Tensor, variables_module.Variable, sparse_tensor.SparseTensor)):
        from reflow.ops import math_ops
        return math_ops.cast(x, dtype=floatx())
    return np.asarray(x, dtype=floatx())


def _to_tensor(x, dtype):
    return ops.convert_to_tensor(x, dtype=dtype)


_constant_to_tensor = _to_tensor


def _get_available_gpus():
    """The names of the devices that are GPUs."""
    return [device.name for device in get_session().list_devices() if device.device_type == 'GPU']
