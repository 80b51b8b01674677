"""Inner names of TensorFlow 1.15 that libraries call, and what they give there."""
import pytest

pytest.importorskip('reflow._core', reason='only a build has the engine')
import reflow.tensorflow as tf  # noqa: E402
from reflow.framework import function  # noqa: E402
from reflow.ops import variable_scope  # noqa: E402


@pytest.fixture(autouse=True)
def fresh():
    tf.reset_default_graph()


def test_functions_of_a_graph():
    @function.Defun(tf.float32)
    def double(x):
        return x * 2

    graph = tf.get_default_graph()
    name = double(tf.constant(1.)).op.type
    assert graph._get_function(name) is double and graph._is_function(name) and list(graph._functions) == [name]
    assert graph._get_function('other') is None and not graph._is_function('other')
    assert not graph.building_function


def test_parts_of_inputs_are_lists():
    a, b = tf.constant(1.), tf.constant(2.)
    inputs = tf.add(a, b).op.inputs
    assert inputs[1:] + [a] == [b, a] and inputs[:] == [a, b] == list(inputs) and inputs[-1] is b and len(inputs) == 2


def test_functions_of_variables():
    v = tf.get_variable('v', initializer=[3.])

    @function.Defun(tf.float32, v.dtype)
    def add(x, y):
        return x + y

    total = add(tf.constant([1.]), v)
    assert add.declared_input_types == (tf.float32, v.dtype)
    assert [arg.type for arg in add.definition.signature.input_arg] == [tf.float32.as_datatype_enum] * 2
    with tf.Session() as sess:
        sess.run(v.initializer)
        assert sess.run(total) == 4


def test_gradients_of_functions_of_one_name():
    for factor in 2., 3.:
        @function.Defun(tf.float32, func_name='of_one_name', python_grad_func=lambda op, dy: dy * factor)
        def same(x):
            return x + 0.

        with tf.Graph().as_default(), tf.Session() as sess:
            x = tf.constant(1.)
            assert sess.run(tf.gradients(same(x), x)) == [factor]


def test_contexts_of_control_flow():
    assert tf.constant(1.).op._control_flow_context is None and tf.get_default_graph()._control_flow_context is None
    inner = []

    def body(i):
        inner.append(i + 1)
        assert tf.get_default_graph()._control_flow_context == inner[0].op._control_flow_context
        return inner[0]

    tf.while_loop(lambda i: i < 3, body, [0])
    context = inner[0].op._control_flow_context
    assert context.name == 'while/while_context' and context == inner[0].op._get_control_flow_context()


def test_shadows_of_an_average():
    v, w = tf.Variable(1.), tf.Variable(2.)
    average = tf.train.ExponentialMovingAverage(.9)
    assert average._averages == {}
    average.apply([v])
    average.apply([w])
    assert list(average._averages) == [v, w] and average._averages[w] is average.average(w)


def original_names(*args, **kwargs):
    with variable_scope._pure_variable_scope(*args, **kwargs) as scope:
        return scope.name, scope.original_name_scope, tf.constant(1.).name.split(':')[0]


def test_name_scopes_of_pure_variable_scopes():
    with tf.variable_scope('a') as a:
        pass
    with tf.name_scope('n'):
        assert original_names('p') == ('p', 'p', 'n/Const')
        assert original_names('p', old_name_scope='other') == ('p', 'other', 'n/Const_1')
        assert original_names(a) == original_names(a, old_name_scope='other/')[:2] + ('n/Const_2',) == ('a', 'a/', 'n/Const_2')
    assert original_names('') == ('', '', 'Const')
    with variable_scope._pure_variable_scope('outer'):
        assert original_names('in')[:2] == ('outer/in', 'in')
