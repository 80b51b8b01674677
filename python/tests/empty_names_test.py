"""Names that are '' or bytes: the scope of '' is the top of the graph, and no operation is called so. From TensorFlow 1.15.5."""
import pytest

pytest.importorskip('reflow._core', reason='only a build has the engine')
import reflow.tensorflow as tf  # noqa: E402


@pytest.fixture(autouse=True)
def fresh():
    tf.reset_default_graph()


def x():
    return tf.constant([1., 2.])


# Operations whose name is the argument.
NAMED = {
    'add': lambda name: tf.add(x(), x(), name=name), 'constant': lambda name: tf.constant(1., name=name),
    'placeholder': lambda name: tf.placeholder(tf.float32, name=name), 'sum': lambda name: tf.reduce_sum(x(), name=name),
    'concat': lambda name: tf.concat([x(), x()], 0, name=name), 'relu': lambda name: tf.nn.relu(x(), name=name),
    'softmax': lambda name: tf.nn.softmax(x(), name=name), 'variable': lambda name: tf.Variable(1., name=name),
    'uniform': lambda name: tf.random_uniform([2], name=name), 'group': lambda name: tf.group(x().op, name=name),
    'no_op': lambda name: tf.no_op(name=name), 'identity': lambda name: tf.identity(x(), name=name),
    'py_func': lambda name: tf.py_func(lambda a: a, [x()], tf.float32, name=name),
    'argmax': lambda name: tf.argmax(x(), 0, name=name),
    'queue': lambda name: tf.FIFOQueue(3, [tf.float32], name=name), 'slice': lambda name: tf.slice(x(), [0], [1], name=name),
    'clip': lambda name: tf.clip_by_value(x(), 0., 1., name=name), 'range': lambda name: tf.range(3, name=name),
    'tensordot': lambda name: tf.tensordot(tf.ones([2, 2]), tf.ones([2, 2]), 1, name=name),
    'create_op': lambda name: tf.get_default_graph().create_op('NoOp', [], [], name=name),
    'assign': lambda name: tf.assign(tf.Variable(1.), 2., name=name), 'pow': lambda name: tf.pow(x(), x(), name=name),
    'convert': lambda name: tf.convert_to_tensor(1., name=name),
}
# Functions of several operations, which are at the top of the graph then: the name of their result.
COMPOSED = {
    'Squeeze:0': lambda name: tf.nn.moments(x(), [0], name=name)[0],
    'Merge:0': lambda name: tf.cond(tf.constant(True), lambda: tf.constant(1), lambda: tf.constant(2), name=name),
    'Exit:0': lambda name: tf.while_loop(lambda i: i < 3, lambda i: i + 1, [0], name=name),
    'mul_1:0': lambda name: tf.nn.dropout(x(), keep_prob=.5, name=name),
    'TensorArrayStack/TensorArrayGatherV3:0': lambda name: tf.map_fn(lambda a: a, x(), name=name),
}


def of_gradients(name):
    y = x()
    return tf.gradients(y * y, y, name=name)[0]


@pytest.mark.parametrize('name', ['', b''])
@pytest.mark.parametrize('function', NAMED)
def test_no_operation_has_an_empty_name(function, name):
    with pytest.raises(ValueError) as error:
        NAMED[function](name)
    assert str(error.value) == "'' is not a valid node name"


@pytest.mark.parametrize('name', ['', b''])
@pytest.mark.parametrize('result', COMPOSED)
def test_the_scope_of_an_empty_name_is_the_top(result, name):
    with tf.name_scope('outer'):
        assert COMPOSED[result](name).name == result


@pytest.mark.parametrize('result', COMPOSED)
def test_the_top_is_the_top_there_too(result):
    assert COMPOSED[result]('').name == result


def test_what_is_no_text_is_refused():
    graph = tf.get_default_graph()
    for make, error, text in (
            (lambda: graph.unique_name(3), AttributeError, "'int' object has no attribute 'lower'"),
            (lambda: graph.unique_name(None), AttributeError, "'NoneType' object has no attribute 'lower'"),
            (lambda: graph.create_op('NoOp', [], [], name=3), TypeError, "'int' object is not subscriptable"),
            (lambda: graph.create_op('NoOp', [], [], name=['x']), AttributeError, "'list' object has no attribute 'lower'"),
            (lambda: tf.keras.layers.Dense(2, name=3)(tf.ones([2, 3])), ValueError, 'name for name_scope must be a string.'),
            (lambda: tf.keras.layers.Dense(2, name=b'x')(tf.ones([2, 3])), ValueError, 'name for name_scope must be a string.'),
            (lambda: tf.summary.scalar(b'x', 1.), TypeError, 'cannot use a string pattern on a bytes-like object'),
            (lambda: tf.summary.scalar('', 1.), ValueError, "'' is not a valid node name"),
            (lambda: tf.metrics.mean(x(), name=b'x'), TypeError,
             'VariableScope: name_or_scope must be a string or VariableScope.')):
        with pytest.raises(error) as found:
            make()
        assert str(found.value) == text
    assert graph.unique_name(b'free') == b'free'


@pytest.mark.parametrize('function', [name for name in NAMED if name not in ('variable', 'queue')])
def test_names_are_bytes_as_well(function):
    made = NAMED[function](b'named')
    assert (made.name or '').split(':')[0].endswith('named')


def test_scopes_and_gradients_take_them_too():
    with tf.name_scope(b'scope') as scope:
        assert scope == 'scope/' and tf.no_op().name == 'scope/NoOp'
        with tf.name_scope('') as top:
            assert top == '' and tf.no_op().name == 'NoOp'
    assert of_gradients('').name == 'AddN:0' and of_gradients(b'g').name == 'g/AddN:0'
    with pytest.raises(ValueError) as error:
        of_gradients('a b')
    assert str(error.value) == "'a b' is not a valid scope name"
    assert tf.import_graph_def(tf.GraphDef(), name=b'x') is None


def test_none_is_the_name_of_the_operation():
    a = [x(), x()]
    assert [tensor.name for tensor in (tf.concat(a, 0, name=None), tf.range(3, name=None), tf.stack(a, name=None),
                                       tf.unstack(x(), name=None)[0], tf.split(x(), 2, name=None)[0])] == [
        'ConcatV2:0', 'Range:0', 'packed:0', 'Unpack:0', 'Split:0']


def test_where_operations_run_at_once_names_mean_nothing():
    import subprocess
    import sys
    code = ("import reflow.tensorflow as tf; tf.enable_eager_execution(); "
            "print(float(tf.add(1., 2., name='')), float(tf.reduce_mean([1., 3.], name='')), "
            "tf.nn.moments(tf.ones([2]), [0], name='')[0].shape)")
    assert subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, timeout=60).stdout == '3.0 2.0 ()\n'


def test_a_variable_of_a_shape_needs_a_name():
    with pytest.raises(ValueError, match="^'' is not a valid node name$"):
        tf.get_variable('', [2])


@pytest.mark.parametrize('make', [
    lambda: tf.summary.merge([tf.summary.scalar('a', 1.)], name=''),
    lambda: tf.train.ExponentialMovingAverage(.9, name='').apply([tf.Variable(1.)])])
def test_what_is_made_of_several_refuses_it_too(make):
    with pytest.raises(ValueError, match="^'' is not a valid node name$"):
        make()


def test_a_rates_empty_name_is_none():
    assert tf.train.exponential_decay(.1, tf.constant(1), 1, .1, name='').name == 'ExponentialDecay:0'
