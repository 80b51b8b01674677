"""Graphs, operations and tensors, and the functions that work on the default graph (tensorflow.python.framework.ops)."""

import contextlib
import itertools
import threading

from reflow import _core
from reflow.framework import eager_tensor
from reflow.framework import errors_impl
from reflow.framework import gradient_registry
from reflow.framework import graph as _graph
from reflow.framework import scopes
from reflow.framework import tensor as _tensor
from reflow.framework.conversion import convert_n_to_tensor
from reflow.framework.conversion import convert_n_to_tensor_or_indexed_slices
from reflow.framework.conversion import convert_registered
from reflow.framework.conversion import convert_to_tensor
from reflow.framework.conversion import convert_to_tensor_or_indexed_slices
from reflow.framework.conversion import convert_to_tensor_v2
from reflow.framework.conversion import has_conversion_function
from reflow.framework.conversion import internal_convert_n_to_tensor
from reflow.framework.conversion import internal_convert_to_tensor
from reflow.framework.conversion import internal_convert_to_tensor_or_indexed_slices
from reflow.framework.conversion import register_tensor_conversion_function
from reflow.framework.scopes import NullContext as NullContextmanager
from reflow.framework.scopes import name_scope
from reflow.framework.scopes import name_scope_v2
from reflow.framework.tensor_equality import disable_tensor_equality
from reflow.framework.tensor_equality import enable_tensor_equality
from reflow.util import compat

Graph = _graph.Graph
Operation = _tensor.Operation
Tensor = _tensor.Tensor
EagerTensor = eager_tensor.EagerTensor
numpy_text = eager_tensor.numpy_text

_gradient_registry = gradient_registry.GradientRegistry()
_get_graph_from_inputs = scopes.graph_of_inputs


def __getattr__(name):
    """IndexedSlices live in a module of their own, which only those import who use them."""
    if name in ('IndexedSlices', 'IndexedSlicesValue'):
        from reflow.framework import indexed_slices
        return getattr(indexed_slices, name)
    raise AttributeError("module 'tensorflow.python.framework.ops' has no attribute '%s'" % name)


_uids = itertools.count()


def uid():
    """A number that no other call has given."""
    return next(_uids)


class GraphKeys:
    """Names of the collections that the library itself uses."""

    GLOBAL_VARIABLES = 'variables'
    LOCAL_VARIABLES = 'local_variables'
    METRIC_VARIABLES = 'metric_variables'
    MODEL_VARIABLES = 'model_variables'
    TRAINABLE_VARIABLES = 'trainable_variables'
    SUMMARIES = 'summaries'
    QUEUE_RUNNERS = 'queue_runners'
    TABLE_INITIALIZERS = 'table_initializer'
    ASSET_FILEPATHS = 'asset_filepaths'
    MOVING_AVERAGE_VARIABLES = 'moving_average_variables'
    REGULARIZATION_LOSSES = 'regularization_losses'
    CONCATENATED_VARIABLES = 'concatenated_variables'
    SAVERS = 'savers'
    WEIGHTS = 'weights'
    BIASES = 'biases'
    ACTIVATIONS = 'activations'
    UPDATE_OPS = 'update_ops'
    LOSSES = 'losses'
    SAVEABLE_OBJECTS = 'saveable_objects'
    RESOURCES = 'resources'
    LOCAL_RESOURCES = 'local_resources'
    TRAINABLE_RESOURCE_VARIABLES = 'trainable_resource_variables'
    INIT_OP = 'init_op'
    LOCAL_INIT_OP = 'local_init_op'
    READY_OP = 'ready_op'
    READY_FOR_LOCAL_INIT_OP = 'ready_for_local_init_op'
    SUMMARY_OP = 'summary_op'
    GLOBAL_STEP = 'global_step'
    EVAL_STEP = 'eval_step'
    TRAIN_OP = 'train_op'
    COND_CONTEXT = 'cond_context'
    WHILE_CONTEXT = 'while_context'
    _SUMMARY_COLLECTION = '_SUMMARY_V2'
    _VARIABLE_COLLECTIONS = [GLOBAL_VARIABLES, LOCAL_VARIABLES, METRIC_VARIABLES, MODEL_VARIABLES,
                             TRAINABLE_VARIABLES, MOVING_AVERAGE_VARIABLES, CONCATENATED_VARIABLES,
                             TRAINABLE_RESOURCE_VARIABLES]
    _STREAMING_MODEL_PORTS = 'streaming_model_ports'

    class _Deprecated:
        def __init__(self, name):
            self._name = name

        def __get__(self, instance, owner):
            return getattr(owner, self._name)

    VARIABLES = _Deprecated('GLOBAL_VARIABLES')


def get_default_graph():
    """The graph that functions build in, or would, where operations run at once."""
    return _core.get_built_graph() if _core.executing_eagerly() else _core.get_default_graph()


def reset_default_graph():
    """Gives the thread a new, empty default graph."""
    _core.reset_default_graph()


def has_default_graph():
    """Whether a graph was made the default one."""
    return True


def device(device_name_or_function):
    """Places new operations on a device, within the context."""
    if _core.executing_eagerly():
        from reflow.eager import context
        return context.device(device_name_or_function)
    return get_default_graph().device(device_name_or_function)


def device_v2(device_name):
    """A context in which what is made goes to a device of that name."""
    if callable(device_name):
        raise RuntimeError('tf.device does not support functions.')
    return device(device_name)


def container(container_name):
    """Keeps the state of new operations in a resource container, within the context."""
    return _core.get_default_graph().container(container_name)


def control_dependencies(control_inputs):
    """Has new operations run after `control_inputs`, within the context; None forgets those of outer contexts."""
    if _core.executing_eagerly():
        return NullContextmanager()
    return get_default_graph().control_dependencies(control_inputs)


def colocate_with(op, ignore_existing=False):
    """Places new operations where `op` is, within the context."""
    if _core.executing_eagerly():
        return NullContextmanager()
    if isinstance(op, _core.Variable) and not op._is_eager:
        op = getattr(op, '_handle', op)  # that of a changed variable, too
    if op is not None and not isinstance(op, Operation):
        op = convert_to_tensor_or_indexed_slices(op).op if not hasattr(op, 'op') else op.op
    return get_default_graph().colocate_with(op, ignore_existing)


_colocate_with = colocate_with


def init_scope():
    """Lifts operations out of control flow and functions: what is made in the context depends on nothing."""
    return _outside() if scopes.num_traces and _core.graph_around() is not None else control_dependencies(None)


@contextlib.contextmanager
def _outside():
    """Out of the functions that are being traced, and out of control flow there; the name scope remains."""
    graph = _core.graph_around()
    scope = get_name_scope()
    with graph.as_default(), init_scope(), name_scope(scope + '/') if scope else contextlib.nullcontext():
        yield


def add_to_collection(name, value):
    """Puts `value` into a collection of the default graph."""
    get_default_graph().add_to_collection(name, value)


def add_to_collections(names, value):
    """Puts `value` into collections of the default graph."""
    get_default_graph().add_to_collections(names, value)


def get_collection_ref(key):
    """The list itself of a collection of the default graph."""
    return get_default_graph().get_collection_ref(key)


def get_collection(key, scope=None):
    """The items of a collection of the default graph."""
    return get_default_graph().get_collection(key, scope)


def get_all_collection_keys():
    """The names of the collections of the default graph."""
    return get_default_graph().get_all_collection_keys()


_default_sessions = threading.local()


def _sessions_of_thread():
    try:
        return _default_sessions.stack
    except AttributeError:
        _default_sessions.stack = []
        return _default_sessions.stack


def get_default_session():
    """The session of `eval` and `run` in this thread; None: there is none."""
    stack = _sessions_of_thread()
    return stack[-1] if stack else None


class _DefaultSession:
    """`with default_session(session):`."""

    def __init__(self, session):
        self._session = session

    def __enter__(self):
        _sessions_of_thread().append(self._session)
        return self._session

    def __exit__(self, *unused_exception):
        stack = _sessions_of_thread()
        if stack and stack[-1] is self._session:
            stack.pop()
        elif self._session in stack:
            stack.remove(self._session)


def default_session(session):
    """Makes `session` the default one, within the context."""
    return _DefaultSession(session)


def set_random_seed(seed):
    """Sets the seed of the default graph's random operations that have none of their own."""
    from reflow.framework import random_seed
    random_seed.set_random_seed(seed)


class RegisterGradient:
    """Decorator of a function (op, *grads) that gives the gradients of the inputs of operations of type `op_type`."""

    def __init__(self, op_type):
        if not isinstance(op_type, str):
            raise TypeError('op_type must be a string')
        self._op_type = op_type

    def __call__(self, f):
        _gradient_registry.register(f, self._op_type)
        return f


def NotDifferentiable(op_type):
    """Says that operations of type `op_type` have no gradient."""
    if not isinstance(op_type, str):
        raise TypeError('op_type must be a string')
    _core.not_differentiable(op_type)


NoGradient = NotDifferentiable


def get_gradient_function(op):
    """The gradient function of the operation; None: it has no inputs, or no gradient. LookupError: nothing says."""
    if not op.inputs:
        return None
    try:
        op_type = op.get_attr('_gradient_op_type').decode()
    except ValueError:
        op_type = op.type
    return _gradient_registry.lookup(op_type)


def executing_eagerly_outside_functions():
    """Whether programs run operations at once where no function is being built."""
    return _core.executing_eagerly()


def enable_eager_execution(config=None, device_policy=None, execution_mode=None):
    """Has operations run at once from now on."""
    from reflow.eager import context
    context.enable_eager_execution(config, device_policy, execution_mode)


def eager_run(main=None, argv=None):
    """tf.app.run with operations that run at once."""
    from reflow.platform import app
    enable_eager_execution()
    app.run(main, argv)


def disable_eager_execution():
    """Has operations be added to graphs from now on."""
    from reflow.eager import context
    context.disable_eager_execution()


def get_name_scope():
    """The name scope that is open in the default graph, without a slash at its end; '' outside of all."""
    if _core.executing_eagerly():
        return _core.eager_graph()._name_scope()
    return get_default_graph().get_name_scope()


def inside_function():
    """Whether the body of a function is being built."""
    return not _core.executing_eagerly() and get_default_graph().building_function


def dismantle_graph(graph):
    """Frees what the graph holds; Python's collector does so anyway."""


def strip_name_scope(name, export_scope):
    """`name` without the scope in front of it."""
    if not export_scope:
        return name
    if export_scope[-1] == '/':
        export_scope = export_scope[:-1]
    import re
    try:
        return re.sub(r'([\^]|loc:@|^)' + export_scope + r'[\/]+(.*)', r'\1\2', compat.as_str(name), count=1)
    except TypeError:
        return name


def prepend_name_scope(name, import_scope):
    """`name` with the scope in front of it."""
    if not import_scope:
        return name
    if import_scope[-1] == '/':
        import_scope = import_scope[:-1]
    import re
    try:
        return re.sub(r'([\^]|loc:@|^)(.*)', r'\1' + import_scope + r'/\2', compat.as_str(name), count=1)
    except TypeError:
        return name


def name_from_scope_name(name):
    """The name of an operation that stands for a name scope."""
    return name[:-1] if name and name[-1] == '/' else name


def op_scope(values, name, default_name=None):
    """Deprecated: name_scope with other arguments."""
    return name_scope(name, default_name=default_name, values=values)


def make_op_error(message, code, node_name):
    """The exception of tf.errors for an error of the engine; `node_name` is the node that it names, or empty."""
    try:
        cls = errors_impl.exception_type_from_error_code(code)
    except KeyError:
        return errors_impl.OpError(None, None, message, code)
    return cls(None, None, message)


_proto_functions = {}  # collection -> (proto type, to_proto, from_proto)

# The modules that register functions of the library's own collections. They are loaded when these are asked for.
_PROTO_MODULES = {
    GraphKeys.SAVERS: 'reflow.training.saver',
    GraphKeys.QUEUE_RUNNERS: 'reflow.training.queue_runner_impl',
    GraphKeys.COND_CONTEXT: 'reflow.ops.control_flow_contexts',
    GraphKeys.WHILE_CONTEXT: 'reflow.ops.control_flow_contexts',
    **{key: 'reflow.ops.variables' for key in [*GraphKeys._VARIABLE_COLLECTIONS, GraphKeys.GLOBAL_STEP]},
}


def register_proto_function(collection_name, proto_type=None, to_proto=None, from_proto=None):
    """Says how the items of a collection are written into a MetaGraphDef and read from it."""
    if to_proto and not callable(to_proto):
        raise TypeError('to_proto must be callable.')
    if from_proto and not callable(from_proto):
        raise TypeError('from_proto must be callable.')
    _proto_functions[collection_name] = (proto_type, to_proto, from_proto)


def _proto_function(collection_name):
    if collection_name not in _proto_functions and collection_name in _PROTO_MODULES:
        import importlib
        importlib.import_module(_PROTO_MODULES[collection_name])
    return _proto_functions.get(collection_name, (None, None, None))


def get_collection_proto_type(collection_name):
    """The message that items of the collection are written as, which may be registered by its name."""
    proto_type = _proto_function(collection_name)[0]
    if isinstance(proto_type, str):
        from reflow.framework import protos
        return protos.message(proto_type)
    return proto_type


def get_to_proto_function(collection_name):
    """The function that makes a message of an item of the collection."""
    return _proto_function(collection_name)[1]


def get_from_proto_function(collection_name):
    """The function that makes an item of the collection of a message."""
    return _proto_function(collection_name)[2]


_dense_tensor_likes = (Tensor, _core.Variable)


def is_dense_tensor_like(t):
    """Whether `t` is a tensor, a variable, or of a class that is registered to stand for one."""
    return isinstance(t, _dense_tensor_likes)


def register_dense_tensor_like_type(tensor_type):
    """Has objects of a class pass for tensors. TypeError: the class has no properties `name` and `dtype`."""
    global _dense_tensor_likes
    for name in ('name', 'dtype'):
        if not isinstance(getattr(tensor_type, name, None), property):
            raise TypeError('Type %s does not define a `%s` property' % (tensor_type.__name__, name))
    _dense_tensor_likes += (tensor_type,)


def as_graph_element(value):
    """The tensor or operation that `value` stands for; None: it stands for none."""
    convert = getattr(value, '_as_graph_element', None)
    return convert() if convert is not None else None


_as_graph_element = as_graph_element
