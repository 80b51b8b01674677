"""What AutoGraph converts on request, Keras layers, and tf.autograph. Values and texts are TensorFlow 1.15.5's."""
import autograph_test
import pytest
import reflow.tensorflow as tf
from reflow.framework import errors

Feature = tf.autograph.experimental.Feature
run, plain, Counter = autograph_test.run, autograph_test.plain, autograph_test.Counter


def test_comparison_is_converted_on_request_only():
    def is_three(x):
        if x == 3:
            return 1
        return 0

    def chain(x):
        if 1 < x == 3 != 4:
            return 1
        return 0
    assert [run(is_three, 3), run(is_three, 4)] == [0, 0]
    assert [run(is_three, x, options=Feature.EQUALITY_OPERATORS) for x in (3, 4)] == [1, 0]
    assert [run(chain, x, options=Feature.EQUALITY_OPERATORS) for x in (3, 4)] == [1, 0]


def test_print_is_converted_on_request_only(capfd):
    def shown(x):
        print('x is', x)
        return x
    run(shown, 3)
    assert capfd.readouterr().out == 'x is Tensor("x:0", shape=(), dtype=int32)\n'
    run(shown, 3, options=(Feature.BUILTIN_FUNCTIONS,))
    assert capfd.readouterr().out == 'x is 3\n'


def test_assert_is_converted_on_request_only():
    def positive(x):
        assert x > 0, 'positive please'
        return x
    with pytest.raises(errors.OperatorNotAllowedInGraphError):
        run(positive, 3)
    assert run(positive, 3, options=Feature.ASSERT_STATEMENTS) == 3
    with pytest.raises(tf.errors.InvalidArgumentError, match=r'assertion failed: \[positive please\]'):
        run(positive, -3, options=Feature.ALL)


def test_lists_are_converted_on_request_only():
    def count(n):
        squares = []
        for i in tf.range(n):
            squares.append(i * i)
        return len(squares)
    assert run(count, 4, options=Feature.LISTS) == 4
    assert run(lambda x: len([x, x]), 4, options=Feature.LISTS) == 2


def test_calls_of_keras_layers():
    class Doubled(tf.keras.layers.Layer):
        def call(self, x):
            if tf.reduce_sum(x) > 0:
                return x * 2
            else:
                return x
    with tf.Graph().as_default(), tf.Session() as session:
        values = session.run([Doubled()(tf.constant(x)) for x in ([1., 2.], [-1., -2.])])
        assert plain(values) == [[2., 4.], [-1., -2.]]


def test_to_graph():
    def square(x):
        if x > 0:
            y = x * x
        else:
            y = -x
        return y
    converted = tf.autograph.to_graph(square)
    assert converted(3.) == 9.
    with tf.Graph().as_default(), tf.Session() as session:
        assert session.run(converted(tf.constant(-3.))) == 3.
        counter = tf.autograph.to_graph(Counter)()
        assert session.run(counter.step(tf.constant(5))) == 5
        assert session.run(tf.autograph.to_graph(Counter().step)(Counter(), tf.constant(6))) == 6
    code = tf.autograph.to_code(square)
    assert code.startswith('def tf__square(x):') and 'ag__.if_stmt(x > 0, ' in code
    with pytest.raises(NotImplementedError, match='cannot convert entity "3": object conversion is not yet supported.'):
        tf.autograph.to_graph(3)
