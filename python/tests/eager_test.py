"""Eager execution beyond what it prints (printed/eager_*.py): what it keeps, how it mixes with graphs and threads."""
import copy
import gc
import pickle
import subprocess
import sys
import threading

import numpy as np
import pytest

_core = pytest.importorskip('reflow._core', reason='only a build has the engine')

import reflow.tensorflow as tf  # noqa: E402
from reflow.eager import context  # noqa: E402


@pytest.fixture
def eagerly():
    with context.eager_mode():
        yield


def run(code):
    return subprocess.run([sys.executable, '-c', 'import reflow.tensorflow as tf\n' + code], capture_output=True, text=True)


def test_what_nobody_keeps_is_gone(eagerly):
    v = tf.Variable([1., 2.])
    optimizer = tf.train.AdamOptimizer(0.1)

    def step():
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.nn.softmax(v * 2. + tf.constant([1., 2.])))
            loss += tf.while_loop(lambda i, x: i < 3, lambda i, x: (i + 1, x * 2.), [0, loss])[1]
            loss += tf.reduce_sum(tf.map_fn(lambda e: e * e, v))
            loss += tf.py_func(lambda a: a, [loss], tf.float32)
        optimizer.apply_gradients([(tape.gradient(loss, v), v)])
        return loss.numpy()

    step()
    gc.collect()
    before = _core.num_eager_nodes(), _core.num_eager_kernels()
    for _ in range(20):
        step()
    gc.collect()
    assert (_core.num_eager_nodes(), _core.num_eager_kernels()) == before


def test_errors_keep_nothing(eagerly):
    x = tf.constant([1., 2.])
    before = _core.num_eager_nodes()
    for _ in range(10):
        with pytest.raises(tf.errors.InvalidArgumentError):
            tf.add(x, [1., 2., 3.])
        with pytest.raises(TypeError):
            tf.constant(1.5, tf.int32)
    assert _core.num_eager_nodes() == before


def test_variables_end_with_their_objects(eagerly):
    before = _core.num_eager_nodes()
    for _ in range(5):
        v = tf.Variable(tf.ones([10]))
        v.assign_add(tf.ones([10]))
    del v
    gc.collect()
    assert _core.num_eager_nodes() == before


def test_a_tensor_outlives_its_tape_and_variable(eagerly):
    v = tf.Variable([1., 2.])
    with tf.GradientTape() as tape:
        y = v * v
    gradient = tape.gradient(y, v)
    del v, tape
    gc.collect()
    assert y.numpy().tolist() == [1., 4.] and gradient.numpy().tolist() == [2., 4.]


def test_a_loop_of_tensors_keeps_no_history(eagerly):
    x = tf.constant(0.)
    for _ in range(50):
        with tf.GradientTape() as tape:
            tape.watch(x)
            x = x + 1.
    del tape
    gc.collect()
    before = _core.num_eager_nodes()
    for _ in range(50):
        with tf.GradientTape() as tape:
            tape.watch(x)
            x = x + 1.
    del tape
    gc.collect()
    assert _core.num_eager_nodes() == before


def test_values_do_not_change_with_variables(eagerly):
    v = tf.Variable([1., 2.])
    before = v.value()
    v.assign_add([1., 1.])
    assert before.numpy().tolist() == [1., 2.]


def test_copies_and_pickles(eagerly):
    x = tf.constant([1., 2.])
    assert copy.copy(x) is x and copy.deepcopy([x])[0] is x
    assert pickle.loads(pickle.dumps(x)).numpy().tolist() == [1., 2.]
    v = tf.Variable([1., 2.])
    twin = copy.deepcopy(v)
    twin.assign([5., 6.])
    assert v.numpy().tolist() == [1., 2.]


def test_the_same_in_each_thread():
    def work(results):
        with context.eager_mode():
            x = tf.constant(0.)
            for _ in range(200):
                x += 1.
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = x * x
            results.append(float(tape.gradient(y, x)))

    results = []
    threads = [threading.Thread(target=work, args=(results,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [400.] * 4


def test_modes_nest():
    assert not tf.executing_eagerly()
    with context.eager_mode():
        assert tf.executing_eagerly()
        with tf.Graph().as_default():
            assert not tf.executing_eagerly()
            with context.eager_mode():
                assert tf.constant(1).numpy() == 1
            assert tf.constant(1).op.type == 'Const'
        with context.graph_mode():
            assert not tf.executing_eagerly()
        assert tf.executing_eagerly()
    assert not tf.executing_eagerly()


def test_programs_start_with_it():
    done = run('tf.constant(1)\ntf.enable_eager_execution()')
    assert done.stderr.endswith('ValueError: tf.enable_eager_execution must be called at program startup.\n')
    done = run('tf.compat.v1.enable_eager_execution()\ntf.compat.v1.enable_eager_execution()\n'
               'print(tf.executing_eagerly())\ntf.compat.v1.disable_eager_execution()\nprint(tf.executing_eagerly())')
    assert done.stdout == 'True\nFalse\n', done.stderr


def test_arguments_of_enable_eager_execution():
    assert 'TypeError: config must be a tf.ConfigProto' in run('tf.enable_eager_execution(config=1)').stderr
    assert 'ValueError: device_policy must be one of' in run('tf.enable_eager_execution(device_policy=9)').stderr
    assert 'ValueError: execution_mode must be one of' in run('tf.enable_eager_execution(execution_mode=9)').stderr


def test_registered_gradients_see_the_operation(eagerly):
    x = tf.constant(3.)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.raw_ops.Snapshot(input=x)
    with pytest.raises(LookupError, match='gradient registry has no entry for: Snapshot'):
        tape.gradient(y, x)
    seen = []

    @tf.RegisterGradient('Snapshot')
    def gradient(op, dy):
        seen.append((op.type, [float(i) for i in op.inputs], [float(o) for o in op.outputs], op.get_attr('T')))
        return dy * 7.

    assert float(tape.gradient(y, x)) == 7.
    assert seen == [('Snapshot', [3.], [3.], tf.float32)]


def test_py_function_in_a_graph_has_gradients():
    def function(a, b):
        assert tf.executing_eagerly()
        return a * b if a > 0 else a + b

    with tf.Graph().as_default():
        x, y = tf.placeholder(tf.float32, []), tf.constant(3.)
        z = tf.py_function(function, [x, y], tf.float32)
        assert z.op.type == 'EagerPyFunc'
        gradients = tf.gradients(z, [x, y])
        with tf.Session() as sess:
            assert sess.run([z] + gradients, {x: 2.}) == [6., 3., 2.]
            assert sess.run([z] + gradients, {x: -2.}) == [1., 1., 1.]


def test_functions_are_traced(eagerly):
    calls = []

    @tf.function
    def square(x):
        """Squares."""
        calls.append(1)
        return x * x

    assert float(square(tf.constant(3.))) == 9. and float(square(tf.constant(4.))) == 16.
    assert square.__name__ == 'square' and square.__doc__ == 'Squares.' and len(calls) == 1
    assert isinstance(square(3), tf.Tensor)
    x = tf.constant(3.)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = square(x)
    assert float(tape.gradient(y, x)) == 6.

    class Model:
        factor = 2.

        @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
        def double(self, values):
            return self.factor * values

    assert Model().double([1., 2.]).numpy().tolist() == [2., 4.]
    with pytest.raises(ValueError, match='Python inputs incompatible with input_signature'):
        Model().double([[1.]])
    assert float(square.get_concrete_function(tf.TensorSpec([], tf.float32))(tf.constant(5.))) == 25.


def test_feeds_and_fetches_of_graphs_take_eager_values():
    with context.eager_mode():
        x = tf.constant([1., 2.])
        with tf.Graph().as_default():
            p = tf.placeholder(tf.float32, [2])
            with tf.Session() as sess:
                assert sess.run(p * 2., {p: x.numpy()}).tolist() == [2., 4.]


def test_graphs_refuse_eager_variables(eagerly):
    v, x = tf.Variable(1.), tf.constant(1.)
    with tf.Graph().as_default():
        tf.constant(1.)
        with tf.Session() as sess:
            for use in (lambda: sess.run(v), lambda: sess.run(x), lambda: v + 1., lambda: sess.run(tf.constant(1.), {v: 2.}),
                        lambda: tf.control_dependencies([v]).__enter__(), lambda: tf.gradients(tf.constant(1.), v)):
                with pytest.raises((RuntimeError, TypeError, ValueError, AttributeError)):
                    use()


def test_large_work_lets_other_threads_run(eagerly):
    big = tf.ones([400, 400])
    done = []
    thread = threading.Thread(target=lambda: done.append(1))
    thread.start()
    for _ in range(20):
        big = tf.matmul(big, big) / 400.
    thread.join()
    assert done and np.allclose(big.numpy(), 1.)


def test_tests_run_in_both_modes():
    modes = []

    class Case(tf.test.TestCase):
        @tf.contrib.eager.run_test_in_graph_and_eager_modes
        def test_it(self):
            modes.append(tf.executing_eagerly())
            self.assertAllClose(self.evaluate(tf.constant([1., 2.]) * 2.), [2., 4.])

    Case('test_it').debug()
    assert modes == [False, True]
