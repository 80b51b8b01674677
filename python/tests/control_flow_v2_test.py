"""Conds and loops in functions: ops that call functions (If, While, Case), as TensorFlow 1.15 builds them, and their gradients."""

import json
import pathlib
import re

import numpy as np
import pytest
import reflow.tensorflow as tf
from reflow.eager import context
from reflow.ops import control_flow_util

RECORDED = pathlib.Path(__file__).parents[2] / 'tests/data/control_flow_v2.json'  # what lines_of gives of FUNCTIONS


@pytest.fixture(autouse=True)
def eagerly():
    with context.eager_mode():
        yield


def of_cond(x):
    y = x * 2.
    return tf.cond(tf.reduce_sum(x) > 0, lambda: y + x, lambda: tf.sin(x))


def of_structure(x):
    return tf.cond(tf.reduce_sum(x) > 0, lambda: {'a': (x, [x + 1.])}, lambda: {'a': (tf.cos(x), [x])}, name='my')


def of_while(x):
    w = x + 1.
    return tf.while_loop(lambda i, a: i < 5, lambda i, a: (i + 1, a * w), (tf.constant(0), x))


def of_maximum(x):
    return tf.while_loop(lambda a: tf.reduce_sum(a) < 5., lambda a: a * 2., [x], maximum_iterations=7, parallel_iterations=3,
                         name='lp')


def of_nested(x):
    def body(i, a):
        return i + 1, tf.cond(i > 2, lambda: a * x, lambda: a)
    return tf.while_loop(lambda i, a: i < 5, body, (0, x))


def of_effects(x):
    tf.cond(tf.reduce_sum(x) > 0, lambda: tf.print('hi'), tf.no_op)
    return x


def of_switch(x):
    return tf.switch_case(tf.cast(x, tf.int32), [lambda: x, lambda: x * 2.], default=lambda: -x)


def of_case(x):
    return tf.case([(x > 1., lambda: x), (x > 2., lambda: x * 2.)], default=lambda: x * 3.)


VECTOR, SCALAR = [tf.TensorSpec([3], tf.float32)], [tf.TensorSpec([], tf.float32)]
FUNCTIONS = {'cond': (of_cond, VECTOR), 'structure': (of_structure, VECTOR), 'while': (of_while, VECTOR),
             'maximum': (of_maximum, VECTOR), 'nested': (of_nested, VECTOR), 'effects': (of_effects, VECTOR),
             'switch': (of_switch, SCALAR), 'case': (of_case, SCALAR)}


def lines(graph_def):
    """The nodes of a graph and of its functions, without numbers that count functions."""
    def unnumbered(text):
        return re.sub(r'((?:true|false|cond|body|branch\d)_)\d+(?="|$)', r'\1N', text)

    def of_node(node):
        attrs = ['%s=%s' % (key, unnumbered(' '.join(str(node.attr[key]).split()))) for key in sorted(node.attr)
                 if key not in ('value', '_user_specified_name')]
        return ' '.join([node.op, node.name, str([str(each) for each in node.input])] + attrs)
    found = [of_node(node) for node in graph_def.node]
    for f in sorted(graph_def.library.function, key=lambda f: unnumbered(f.signature.name)):
        found.append('%s %s %s %s' % (unnumbered(f.signature.name), [str(arg.name) for arg in f.signature.input_arg],
                                      [(str(arg.name), str(f.ret[arg.name])) for arg in f.signature.output_arg],
                                      sorted(map(str, f.control_ret))))
        found += [of_node(node) for node in f.node_def]
    return found


def lines_of(fn, specs):
    """The graph of a function."""
    with tf.Graph().as_default():
        concrete = tf.function(fn, autograph=False).get_concrete_function(*specs)
    return lines(concrete.graph.as_graph_def())


@pytest.mark.parametrize('name', sorted(FUNCTIONS))
def test_graphs_are_those_of_tensorflow(name):
    assert lines_of(*FUNCTIONS[name]) == json.loads(RECORDED.read_text())[name]


def gradients(fn, x):
    """The value of a function of a tensor, its first and second derivatives by tapes; the same by tf.gradients within it."""
    f = tf.function(fn, autograph=False)
    x = tf.constant(x)
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = f(x)
        dy = inner.gradient(y, x)
    ddy = outer.gradient(dy, x)

    @tf.function(autograph=False)
    def inside(x):
        first = tf.gradients(fn(x), x)[0]
        return first, tf.gradients(first, x)[0]
    first, second = inside(x)
    np.testing.assert_allclose(first.numpy(), dy.numpy(), rtol=1e-5)
    np.testing.assert_allclose(second.numpy(), ddy.numpy(), rtol=1e-5)
    return [each.numpy() for each in (y, dy, ddy)]


def powers(x):
    return tf.while_loop(lambda i, a: i < 2, lambda i, a: (i + 1, a * x), (0, x))[1]


def chosen(x):
    return tf.cond(x > 1., lambda: x * x * x, lambda: tf.exp(x) * x)


def both(x):
    def body(i, a):
        return i + 1, tf.cond(i > 0, lambda: tf.exp(a) * x, lambda: a * a)
    return tf.while_loop(lambda i, a: i < 2, body, (0, x))[1]


def loops(x):
    def body(i, a):
        return i + 1, tf.while_loop(lambda j, b: j < 2, lambda j, b: (j + 1, b * x), (0, a))[1]
    return tf.while_loop(lambda i, a: i < 2, body, (0, x))[1]


def loop_of_choice(x):
    return tf.cond(x > 0., lambda: powers(x) * x, lambda: x)


def numbered(x):
    return tf.switch_case(tf.cast(x, tf.int32), [lambda: x, lambda: x * x * x, lambda: tf.exp(x)])


@pytest.mark.parametrize('fn, x, wanted', [
    (powers, 2., lambda x: (x ** 3, 3 * x ** 2, 6 * x)),
    (chosen, 2., lambda x: (x ** 3, 3 * x ** 2, 6 * x)),
    (chosen, .5, lambda x: (np.exp(x) * x, np.exp(x) * (x + 1), np.exp(x) * (x + 2))),
    (both, .5, lambda x: (np.exp(x * x) * x, np.exp(x * x) * (2 * x * x + 1), np.exp(x * x) * (4 * x ** 3 + 6 * x))),
    (loops, 1.5, lambda x: (x ** 5, 5 * x ** 4, 20 * x ** 3)),
    (loop_of_choice, 2., lambda x: (x ** 4, 4 * x ** 3, 12 * x ** 2)),
    (numbered, 1.5, lambda x: (x ** 3, 3 * x ** 2, 6 * x)),
    (numbered, 5., lambda x: (np.exp(x), np.exp(x), np.exp(x)))])
def test_first_and_second_derivatives(fn, x, wanted):
    np.testing.assert_allclose(gradients(fn, x), wanted(x), rtol=1e-5)


def test_loops_without_iterations_hand_gradients_on():
    x = tf.constant([1., 2.])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.function(lambda x: tf.while_loop(lambda a: False, lambda a: a * x, [x]), autograph=False)(x)
    assert tape.gradient(y, x).numpy().tolist() == [1, 1]


def test_arrays_in_loops_have_gradients():
    def rows(x):
        array = tf.TensorArray(tf.float32, 3).unstack(x)
        written = tf.TensorArray(tf.float32, 3)
        _, written = tf.while_loop(lambda i, w: i < 3, lambda i, w: (i + 1, w.write(i, array.read(i) ** 2)), (0, written))
        return written.stack()
    x = tf.constant([1., 2., 3.])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.function(rows, autograph=False)(x)
    assert y.numpy().tolist() == [1, 4, 9] and tape.gradient(y, x).numpy().tolist() == [2, 4, 6]


def test_variables_of_branches_and_loops_have_gradients():
    w, d, count = tf.Variable([1., 2.]), tf.Variable(np.float64(3.)), tf.Variable(0)

    @tf.function(autograph=False)
    def f(x):
        def body(i, a):
            count.assign_add(1)
            return i + 1, tf.cond(i > 1, lambda: a * w, lambda: a + tf.cast(d, tf.float32))
        return tf.while_loop(lambda i, a: i < 4, body, (0, x))[1]
    with tf.GradientTape() as tape:
        y = f(tf.constant([1., 1.]))
    dw, dd = tape.gradient(y, [w, d])
    assert y.numpy().tolist() == [7, 28] and count.numpy() == 4
    assert dw.numpy().tolist() == [14, 28] and dd.numpy() == 10


@pytest.mark.parametrize('number, wanted', [(0, [2, 2, 2]), (2, [0, 1, 1])])
def test_rows_of_variables_that_branches_read_have_gradients(number, wanted):
    table = tf.Variable(tf.ones([3, 1]))

    @tf.function(autograph=False)
    def f(i):
        return tf.cond(i > 0, lambda: tf.reduce_sum(tf.nn.embedding_lookup(table, [i, 1])),
                       lambda: tf.reduce_sum(table * 2.))
    with tf.GradientTape() as tape:
        y = f(tf.constant(number))
    gradient = tape.gradient(y, table)
    assert isinstance(gradient, tf.IndexedSlices)
    assert tf.convert_to_tensor(gradient).numpy().ravel().tolist() == wanted


def test_random_numbers_of_branches_are_those_of_their_gradients():
    x = tf.ones([40])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.function(lambda x: tf.cond(x[0] > 0, lambda: tf.nn.dropout(x, rate=.5), lambda: x), autograph=False)(x)
    assert tape.gradient(y, x).numpy().tolist() == y.numpy().tolist() and 0 < np.count_nonzero(y) < 40


def test_side_effects_run_in_their_order(capfd):
    count = tf.Variable(0)

    @tf.function(autograph=False)
    def f(n):
        def body(i):
            with tf.control_dependencies([tf.print('iteration', i)]):
                return i + 1

        def large():
            count.assign(100)
            tf.print('large', count)
            return tf.while_loop(lambda i: i < n, body, [0])
        result = tf.cond(n > 1, large, lambda: 5 * n)
        tf.print('end', count)
        return result
    assert f(tf.constant(2)).numpy() == 2 and f(tf.constant(1)).numpy() == 5
    assert capfd.readouterr().err.splitlines() == ['large 100', 'iteration 0', 'iteration 1', 'end 100', 'end 100']


def test_control_dependencies_lead_out_of_branches():
    count = tf.Variable(0)

    @tf.function(autograph=False)
    def f(x):
        change = count.assign_add(1)

        def branch():
            with tf.control_dependencies([change]):
                return x + 1.
        return tf.cond(x > 0, branch, lambda: x)
    assert f(tf.constant(1.)).numpy() == 2 and count.numpy() == 1


def test_gradients_of_what_is_outside_of_a_branch():
    @tf.function(autograph=False)
    def f(x):
        assert control_flow_util.EnableControlFlowV2(tf.get_default_graph())
        y = x * x
        return tf.cond(x > 0, lambda: tf.gradients(y, x)[0], lambda: x)
    assert f(tf.constant(3.)).numpy() == 6


def test_branches_with_results_of_other_types_or_structures_are_errors():
    def built(true_fn, false_fn):
        tf.function(lambda x: tf.cond(x > 0, true_fn, false_fn), autograph=False).get_concrete_function(*SCALAR)
    text = 'true_fn and false_fn arguments to tf.cond must have the same number, type, and overall structure of return values.'
    with pytest.raises(TypeError, match=text):
        built(lambda: tf.constant(1.), lambda: tf.constant(1))
    with pytest.raises(TypeError, match=text):
        built(lambda: (tf.constant(1.), tf.constant(2.)), lambda: tf.constant(1.))
    with pytest.raises(ValueError, match='enters the loop with shape'):
        tf.function(lambda x: tf.while_loop(lambda a: True, lambda a: tf.stack([a, a]), [x]),
                    autograph=False).get_concrete_function(*SCALAR)
    leaked = []
    with pytest.raises(ValueError, match=r'Tensor add:0 in true_fn is accessed from false_fn\.'):
        built(lambda: leaked.append(tf.constant(1.) + 1.) or leaked[0], lambda: leaked[0])


def test_graphs_build_functions_when_asked_to():
    tf.compat.v1.enable_control_flow_v2()
    try:
        assert tf.compat.v1.control_flow_v2_enabled() and control_flow_util.ENABLE_CONTROL_FLOW_V2
        with tf.Graph().as_default() as graph:
            x = tf.compat.v1.placeholder(tf.float32, [])
            y = tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, tf.cond(x > 0, lambda: a * x, lambda: a)), (0, x))[1]
            dy = tf.gradients(y, x)[0]
            assert [node.op for node in graph.as_graph_def().node if node.op in ('While', 'Switch', 'Merge')] == ['While', 'While']
            with tf.compat.v1.Session() as session:
                assert session.run([y, dy], {x: 2.}) == [16, 32]
    finally:
        tf.compat.v1.disable_control_flow_v2()
    assert not control_flow_util.EnableControlFlowV2(tf.Graph())
    with tf.Graph().as_default() as graph:
        tf.cond(tf.compat.v1.placeholder(tf.bool, []), lambda: 1, lambda: 2)
        assert {'Switch', 'Merge'} <= {node.op for node in graph.as_graph_def().node}


def test_functions_of_datasets_have_them_too():
    with tf.Graph().as_default() as graph:
        tf.data.Dataset.range(3).map(lambda i: tf.cond(i > 1, lambda: i, lambda: -i))
        functions = graph.as_graph_def().library.function
    assert 'StatelessIf' in {node.op for f in functions for node in f.node_def}
