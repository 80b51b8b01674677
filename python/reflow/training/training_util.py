"""The global step: the variable that counts the steps of training."""
import contextlib

from reflow import _core
from reflow.framework import dtypes, ops

GLOBAL_STEP_READ_KEY = 'global_step_read_op_cache'


def __getattr__(name):
    if name == 'write_graph':
        from reflow.framework import graph_io
        return graph_io.write_graph
    raise AttributeError('module %r has no attribute %r' % (__name__, name))


def global_step(sess, global_step_tensor):
    """The value of a global step in a session, an int."""
    from reflow.eager import context
    if context.executing_eagerly():
        return int(global_step_tensor.numpy())
    return int(sess.run(global_step_tensor))


def get_global_step(graph=None):
    """The variable of the graph's collection GLOBAL_STEP, or the tensor 'global_step:0', or None."""
    graph = graph or ops.get_default_graph()
    steps = graph.get_collection(ops.GraphKeys.GLOBAL_STEP)
    if len(steps) > 1:
        from reflow.platform import tf_logging
        tf_logging.error('Multiple tensors in global_step collection.')
        return None
    try:
        step = steps[0] if steps else graph.get_tensor_by_name('global_step:0')
    except KeyError:
        return None
    assert_global_step(step)
    return step


@contextlib.contextmanager
def _building_in(graph):
    """Builds in the graph, at its top; where operations run at once nothing is built."""
    if _core.executing_eagerly():
        yield
        return
    with graph.as_default() as graph, graph.name_scope(None):
        yield


def create_global_step(graph=None):
    """Makes the global step, an int64 variable. Raises ValueError if there is one."""
    from reflow.ops import init_ops, variable_scope, variables
    graph = graph or ops.get_default_graph()
    if get_global_step(graph) is not None:
        raise ValueError('"global_step" already exists.')
    with _building_in(graph):
        return variable_scope.get_variable(
            ops.GraphKeys.GLOBAL_STEP, shape=[], dtype=dtypes.int64, initializer=init_ops.zeros_initializer(),
            trainable=False, aggregation=variables.VariableAggregation.ONLY_FIRST_REPLICA,
            collections=[ops.GraphKeys.GLOBAL_VARIABLES, ops.GraphKeys.GLOBAL_STEP])


def get_or_create_global_step(graph=None):
    """The global step, made if there is none."""
    graph = graph or ops.get_default_graph()
    step = get_global_step(graph)
    return create_global_step(graph) if step is None else step


def assert_global_step(global_step_tensor):
    """Raises TypeError unless it is a scalar variable or tensor of integers."""
    from reflow.framework import tensor_like
    if not tensor_like.is_dense_tensor_like(global_step_tensor):
        raise TypeError('Existing "global_step" must be a Variable or Tensor: %s.' % global_step_tensor)
    if not global_step_tensor.dtype.base_dtype.is_integer:
        raise TypeError('Existing "global_step" does not have integer type: %s' % global_step_tensor.dtype)
    shape = global_step_tensor.get_shape()
    if shape.ndims != 0 and shape.is_fully_defined():
        raise TypeError('Existing "global_step" is not scalar: %s' % shape)


def _get_global_step_read(graph=None):
    reads = (graph or ops.get_default_graph()).get_collection(GLOBAL_STEP_READ_KEY)
    if len(reads) > 1:
        raise RuntimeError('There are multiple items in collection {}. There should be only one.'.format(
            GLOBAL_STEP_READ_KEY))
    return reads[0] if reads else None


def _get_or_create_global_step_read(graph=None):
    """The tensor that reads the global step, initialized or not, before a step raises it; None without global step."""
    graph = graph or ops.get_default_graph()
    read = _get_global_step_read(graph)
    if read is not None:
        return read
    step = get_global_step(graph)
    if step is None:
        return None
    from reflow.framework import tensor_like
    with graph.as_default() as graph, graph.name_scope(None), graph.name_scope(step.op.name + '/'):
        value = step if tensor_like.is_plain_tensor(step) else step.initialized_value()
        ops.add_to_collection(GLOBAL_STEP_READ_KEY, value + 0)
    return _get_global_step_read(graph)


def _increment_global_step(increment, graph=None):
    """The operation that raises the global step, after it was read."""
    from reflow.ops import state_ops
    graph = graph or ops.get_default_graph()
    step = get_global_step(graph)
    if step is None:
        raise ValueError('Global step tensor should be created by tf.train.get_or_create_global_step before calling '
                         'increment.')
    read = _get_or_create_global_step_read(graph)
    with graph.as_default() as graph, graph.name_scope(None), graph.name_scope(step.op.name + '/'):
        with ops.control_dependencies([read]):
            return state_ops.assign_add(step, increment)
