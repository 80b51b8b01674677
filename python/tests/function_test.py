"""tf.function in graphs and in eager execution: traces, captures, side effects, gradients. Values are TensorFlow 1.15.5's."""
import subprocess
import sys
import textwrap

import numpy as np
import pytest
import reflow.tensorflow as tf
from reflow.eager import context


@pytest.fixture
def session():
    with tf.Graph().as_default(), tf.Session() as sess:
        yield sess


def library(name):
    return next(each for each in tf.get_default_graph().as_graph_def().library.function if each.signature.name == name)


def test_traces_once_for_each_type_and_shape(session):
    traced = []

    @tf.function
    def scaled(x, y=2.):
        traced.append(x.shape.as_list())
        return x * y

    results = [scaled(tf.constant(1.)), scaled(tf.constant([1., 2.])), scaled(tf.constant(4.)), scaled(tf.constant(4.), y=2.)]
    assert traced == [[], [2]]
    assert [result.op.type for result in results] == ['PartitionedCall'] * 4
    assert results[0].op.get_attr('f').name == results[2].op.get_attr('f').name != results[1].op.get_attr('f').name
    assert [np.ravel(value).tolist() for value in session.run(results)] == [[2.], [2., 4.], [8.], [8.]]


def test_captures_tensors_and_variables(session):
    v = tf.get_variable('v', [], initializer=tf.constant_initializer(3.), use_resource=True)
    c = tf.constant(2., name='c')

    @tf.function
    def f(x):
        return {'a': x * c, 'b': [v * x, None]}

    result = f(tf.constant(5.))
    assert result['b'][1] is None
    call = result['a'].op
    assert call.type == 'StatefulPartitionedCall' and [each.name for each in call.inputs] == ['Const:0', 'c:0', 'v:0']
    body = library(call.get_attr('f').name)
    assert [each.name for each in body.signature.input_arg][:2] == ['x', 'mul_c']
    session.run(tf.global_variables_initializer())
    assert session.run([result['a'], result['b'][0]]) == [10., 15.]


def test_side_effects_happen_in_order(session):
    v = tf.get_variable('v', [], initializer=tf.constant_initializer(1.), use_resource=True)

    @tf.function(autograph=False)
    def f(grows):
        def grown():
            with tf.control_dependencies([v.assign_add(1.)]):
                return tf.constant(1)
        tf.cond(grows, grown, lambda: tf.constant(0))
        v.assign(v * 10.)
        return v.read_value()

    grown, kept = f(tf.constant(True)), f(tf.constant(False))
    session.run(tf.global_variables_initializer())
    assert [session.run(grown), session.run(kept)] == [20., 200.]


def test_without_results_is_an_operation(session):
    v = tf.get_variable('v', [], initializer=tf.constant_initializer(1.), use_resource=True)

    @tf.function
    def f(x):
        v.assign(x)

    call = f(5.)
    assert isinstance(call, tf.Operation)
    session.run(tf.global_variables_initializer())
    session.run(call)
    assert session.run(v) == 5.


def test_gradients_use_what_the_call_has_computed(session):
    x = tf.constant([1., 2., 3., 4.])

    @tf.function(autograph=False)
    def dropped(x):
        return tf.nn.dropout(x * 2., 0.5, seed=3)

    y = dropped(x)
    dx, = tf.gradients(y, x)
    assert y.op.get_attr('f').name.startswith('__forward_dropped_')
    assert dx.op.name == 'gradients/StatefulPartitionedCall_grad/PartitionedCall'
    assert dx.op.get_attr('f').name.startswith('__inference___backward_dropped_')
    for _ in range(3):
        value, gradient = session.run([y, dx])
        assert value.tolist() == (gradient * [1., 2., 3., 4.]).tolist()


@pytest.mark.parametrize('function,wanted', [
    (lambda x: tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * x), [0, tf.ones_like(x)])[1], [3., 12., 27.]),
    (lambda x: tf.cond(tf.reduce_sum(x) > 3., lambda: x * x, lambda: x), [2., 4., 6.]),
    (lambda x: tf.gather(x, [0, 2, 2]), [1., 0., 2.]),
    (lambda x: tf.function(lambda x: x ** 3, autograph=False)(x) + x, [4., 13., 28.])], ids=['loop', 'cond', 'rows', 'nested'])
def test_gradients_of_control_flow(session, function, wanted):
    x = tf.constant([1., 2., 3.])
    gradient, = tf.gradients(tf.function(function, autograph=False)(x), [x])
    assert session.run(tf.convert_to_tensor(gradient)).tolist() == wanted


def test_second_derivatives(session):
    x = tf.constant([1., 2., 3.])
    first, = tf.gradients(tf.function(lambda x: x ** 3, autograph=False)(x), x)
    assert session.run(tf.gradients(first, x)[0]).tolist() == [6., 12., 18.]


def test_makes_variables_at_the_first_call_only(session):
    class Scale:
        def __init__(self, initial):
            self.initial, self.v = initial, None

        @tf.function
        def __call__(self, x):
            if self.v is None:
                self.v = tf.Variable(self.initial)
            return self.v * x

    results = [Scale(2.)(tf.constant(3.)), Scale(5.)(tf.constant(3.))]
    session.run(tf.global_variables_initializer())
    assert session.run(results) == [6., 15.]

    @tf.function
    def always(x):
        return tf.Variable(1.) * x

    with pytest.raises(ValueError, match='tf.function-decorated function tried to create variables on non-first call'):
        always(tf.constant(1.))


def test_input_signature(session):
    traced = []

    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
    def f(x):
        traced.append(x)
        return x + 1.

    results = [f([1., 2.]), f(tf.constant([1.]))]
    assert len(traced) == 1
    assert [value.tolist() for value in session.run(results)] == [[2., 3.], [2.]]
    with pytest.raises(TypeError, match='only pass arguments covered by it. Received 2 argument'):
        f([1.], [2.])
    with pytest.raises(ValueError, match='Python inputs incompatible with input_signature'):
        f(tf.constant([1]))


def test_concrete_functions(session):
    c = tf.constant(3., name='c')
    concrete = tf.function(lambda x, y=2.: x * y + c).get_concrete_function(tf.TensorSpec([None], tf.float32, 'given'))
    assert concrete.name.startswith(b'__inference_') and [each.name for each in concrete.inputs] == ['given:0', 'add/c:0']
    assert concrete.captured_inputs[0] is c and concrete.structured_outputs.shape.as_list() == [None]
    assert concrete.function_def.signature.name.encode() == concrete.name
    assert session.run(concrete(tf.constant([5.]))).tolist() == [13.]
    assert session.run(concrete(given=tf.constant([5.]))).tolist() == [13.]


def test_loops_with_side_effects_are_in_order(session):
    v = tf.get_variable('v', [], initializer=tf.constant_initializer(1.), use_resource=True)

    @tf.function(autograph=False)
    def f(n):
        v.assign(v * 3.)

        def body(i):
            v.assign_add(1.)
            before = v.read_value()
            v.assign(v * 2.)
            with tf.control_dependencies([before]):
                return i + 1
        tf.while_loop(lambda i: i < n, body, [0])
        read = v.read_value()
        v.assign(v + 0.5)
        return read, v.read_value()

    read = f(tf.constant(3))
    session.run(tf.global_variables_initializer())
    assert session.run(read) == (((3. + 1) * 2 + 1) * 2 * 2 + 2, 38.5)


def test_arrays_in_loops(session):
    @tf.function(autograph=False)
    def f(xs):
        array = tf.TensorArray(tf.float32, size=tf.shape(xs)[0]).unstack(xs)
        squares = tf.TensorArray(tf.float32, size=tf.shape(xs)[0])

        def body(i, squares):
            x = array.read(i)
            return i + 1, tf.cond(x > 2., lambda: squares.write(i, x * x).flow, lambda: squares.write(i, x).flow)

        def with_flow(i, flow):
            squares_of_flow = tf.TensorArray(tf.float32, handle=squares.handle, flow=flow)
            i, flow = body(i, squares_of_flow)
            return i, flow
        flow = tf.while_loop(lambda i, _: i < 3, with_flow, [0, squares.flow])[1]
        return tf.TensorArray(tf.float32, handle=squares.handle, flow=flow).stack()

    assert session.run(f(tf.constant([1., 2., 3.]))).tolist() == [1., 2., 9.]


def test_what_is_no_tensor():
    with tf.Graph().as_default(), pytest.raises(TypeError, match='found return value of type .*, which is not a Tensor'):
        tf.function(lambda: object())()


def test_eagerly():
    program = '''
        import numpy as np
        import reflow.tensorflow as tf
        tf.enable_eager_execution()
        v = tf.Variable(2.)
        traced = []
        @tf.function
        def f(x):
            traced.append(x)
            return x * v + tf.reduce_sum(tf.ones([3]))
        assert [float(f(tf.constant(each))) for each in (1., 2.)] == [5., 7.] and len(traced) == 1
        with tf.GradientTape() as tape:
            y = f(tf.constant(3.))
        assert float(tape.gradient(y, v)) == 3.
        x = tf.constant([1., 2.])
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                y = tf.function(lambda x: x ** 3)(x)
            first = inner.gradient(y, x)
        assert outer.gradient(first, x).numpy().tolist() == [6., 12.]

        w, optimizer = tf.Variable([1., 2.]), tf.train.AdamOptimizer(0.1)
        @tf.function
        def step(x):
            with tf.GradientTape() as tape:
                loss = tf.reduce_sum((w - x) ** 2)
            optimizer.apply_gradients([(tape.gradient(loss, w), w)])
            return loss
        assert np.allclose([float(step(tf.constant([0., 0.]))) for _ in range(3)], [5., 4.42, 3.8812609])
        assert np.allclose(w.numpy(), [0.7016, 1.7006], atol=1e-4)
    '''
    subprocess.run([sys.executable, '-c', textwrap.dedent(program)], check=True, timeout=120)


def test_what_a_change_of_a_resource_variable_gives():
    v = tf.get_variable('v', [], tf.int64, use_resource=True, initializer=tf.zeros_initializer())
    w = tf.get_variable('w', [2], use_resource=True, initializer=tf.zeros_initializer())
    added = v.assign_add(1)
    twice = added.assign_sub(3)
    scattered = w.scatter_add(tf.IndexedSlices(tf.ones([1]), tf.constant([1])))
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        assert sess.run([added + 1, added.value(), added.read_value()]) == [2, 1, 1]
        assert sess.run(twice.value()) == -2 and sess.run(tf.identity(twice)) == -5
        assert sess.run(scattered.value()).tolist() == [0, 1]
    assert added.handle is v.handle and added.trainable
    assert [op.name for op in added.value().op.control_inputs] == ['AssignAddVariableOp']


def test_variables_made_within_are_named_by_the_scopes_there():
    made = []

    @tf.function
    def function(x):
        if not made:
            with tf.name_scope('scope'):
                made.append(tf.Variable(1., name='a'))
            made.append(tf.Variable(2.))
        return x * made[0] * made[1]

    @tf.function
    def train(optimizer, v):
        optimizer.apply_gradients([(tf.constant([1.]), v)])

    with context.eager_mode():
        optimizer, v = tf.keras.optimizers.Adam(.1), tf.Variable([1.], name='w')
        function(1.)
        train(optimizer, v)
    assert [each.name for each in made] == ['scope/a:0', 'Variable:0']
    assert [each.name for each in optimizer.weights] == ['Adam/iter:0', 'Adam/w/m:0', 'Adam/w/v:0']
