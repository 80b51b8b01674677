# tf.GradientTape where a graph is built: values and mistakes.
import tensorflow as tf


def show(function):
    with tf.Graph().as_default(), tf.Session() as sess:
        try:
            values = function()
            sess.run(tf.global_variables_initializer())
            print(function.__name__, [None if value is None else sess.run(value).tolist() if isinstance(value, tf.Tensor) else str(value)
                                      for value in tf.nest.flatten(values)])
        except Exception as error:
            print(function.__name__, type(error).__name__, error)


@show
def only_what_is_recorded():
    x = tf.constant(3.)
    with tf.GradientTape() as tape:
        before = x * x
        tape.watch(x)
        with tape.stop_recording():
            beside = x * x * x
        after = before + beside + x * x
    return tape.gradient(after, x)


@show
def several_times():
    x = tf.constant(3.)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
        dy = tape.gradient(y, x)
    return [dy, tape.gradient(dy, x), tape.gradient(y, [x, y])]


@show
def once():
    x = tf.constant(3.)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    return tape.gradient(y, x), tape.gradient(y, x)


@show
def a_number():
    with tf.GradientTape() as tape:
        tape.watch(3.)


@show
def recording_twice():
    with tf.GradientTape() as tape, tape:
        pass


@show
def variables():
    v, w = tf.Variable(2., use_resource=True), tf.Variable(3., use_resource=True, trainable=False)
    ref = tf.Variable(4.)
    with tf.GradientTape() as tape:
        y = v * v * w * ref
    with tf.GradientTape(watch_accessed_variables=False) as other:
        other.watch(w)
        z = v * v * w
    return [tape.watched_variables(), tape.gradient(y, [v, w]), other.watched_variables(), other.gradient(z, [v, w])]


@show
def a_variable_by_reference():
    v = tf.Variable(2.)
    with tf.GradientTape() as tape:
        y = v * v
    return tape.gradient(y, v)


@show
def branches():
    x = tf.constant(3.)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.cond(x > 0, lambda: x * x, lambda: x)
    return tape.gradient(y, x)


@show
def a_loop():
    x = tf.constant(3.)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * x), [0, x])[1]
    return tape.gradient(y, x)


@show
def a_function():
    @tf.function
    def twice_squared(a):
        return a * a * 2.

    x = tf.constant(2.)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = twice_squared(x) + x
    return tape.gradient(y, x)


@show
def a_gradient_of_its_own():
    @tf.custom_gradient
    def square(a):
        return a * a, lambda dy: dy * 5.

    x = tf.constant(2.)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = square(x) * 2.
    return tape.gradient(y, x)


@show
def jacobians():
    x, w = tf.constant([[1., 2.], [3., 4.]]), tf.constant([2., 1.])
    rows = tf.placeholder_with_default(tf.constant([[1., 2.], [3., 4.], [5., 6.]]), [None, 2])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([x, w, rows])
        y = tf.matmul(x, x) * w
        z = rows[:, :1] * rows
    return [tape.jacobian(y, [x, w]), tape.jacobian(y, [w, rows], experimental_use_pfor=False), tape.batch_jacobian(z, rows),
            tape.batch_jacobian(z, rows, experimental_use_pfor=False)]


@show
def jacobians_of_other_rows():
    x, y = tf.ones([2, 3]), tf.ones([3, 2])
    with tf.GradientTape() as tape:
        tape.watch(x)
    return tape.batch_jacobian(y, x)


@show
def jacobians_of_numbers():
    x = tf.ones([2])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * 1.
    return tape.batch_jacobian(y, x)


@show
def training():
    v = tf.Variable([1., 2.], use_resource=True)
    train = tf.train.GradientDescentOptimizer(.25).minimize(lambda: tf.reduce_sum(v * v))
    with tf.control_dependencies([train]):
        return v.read_value()
