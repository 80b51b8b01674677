"""tf.switch_case: a Case op whose branches are functions, as TensorFlow 1.15 makes it."""
import pytest

import reflow.tensorflow as tf


@pytest.fixture
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def placeholders():
    return tf.placeholder(tf.int32, [], name='i'), tf.placeholder(tf.float32, [2], name='x')


def test_one_op_with_the_names_of_tensorflow(graph):
    i, x = placeholders()
    result = tf.switch_case(i, [lambda: x + 1., lambda: x * 2., lambda: tf.exp(x)])
    assert result.name == 'switch_case/indexed_case/Identity:0' and result.shape == [2]
    nodes = [(node.name, node.op, list(node.input)) for node in graph.as_graph_def().node]
    assert nodes[2:] == [('switch_case/indexed_case', 'Case', ['i', 'x']),
                         ('switch_case/indexed_case/Identity', 'Identity', ['switch_case/indexed_case'])]


def test_values_and_gradients_are_those_of_the_branch(graph):
    i, x = placeholders()
    result = tf.switch_case(i, [lambda: x + 1., lambda: x * 3., lambda: x * x])
    gradient, = tf.gradients(result, x)
    with tf.Session() as sess:
        for index, value, slope in ((0, [2, 3], [1, 1]), (1, [3, 6], [3, 3]), (2, [1, 4], [2, 4]), (7, [1, 4], [2, 4]), (-1, [1, 4], [2, 4])):
            got = sess.run([result, gradient], {i: index, x: [1, 2]})
            assert [part.tolist() for part in got] == [value, slope]


def test_structures_and_a_default(graph):
    i, x = placeholders()
    result = tf.switch_case(i, {0: lambda: (x, tf.constant(1)), 1: lambda: (x * 3., tf.constant(2))},
                            default=lambda: (-x, tf.constant(0)))
    assert isinstance(result, tuple)
    with tf.Session() as sess:
        for index, want in ((0, ([1, 2], 1)), (1, ([3, 6], 2)), (5, ([-1, -2], 0))):
            values, number = sess.run(result, {i: index, x: [1, 2]})
            assert (values.tolist(), number) == want


def test_branches_that_are_operations(graph):
    i, _ = placeholders()
    v = tf.get_variable('v', initializer=1., use_resource=True)
    switched = tf.switch_case(i, [lambda: v.assign_add(1.).op, lambda: v.assign_sub(1.).op])
    with tf.Session() as sess:
        sess.run(v.initializer)
        sess.run(switched, {i: 0})
        assert sess.run(v) == 2
        sess.run(switched, {i: 1})
        sess.run(switched, {i: 1})
        assert sess.run(v) == 0


def test_results_that_differ_are_errors(graph):
    i, x = placeholders()
    with pytest.raises(TypeError, match=r'branches\[0\] and branches\[1\] arguments to tf.switch_case must have the same number, '
                                        'type, and overall structure of return values.'):
        tf.switch_case(i, [lambda: x, lambda: tf.constant(1)])
