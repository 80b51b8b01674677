"""tf.custom_gradient where operations run at once: with variables, nested results, second derivatives."""
import tensorflow as tf

tf.enable_eager_execution()
x = tf.constant(3.)
v = tf.Variable(2.)


def show(value):
    if isinstance(value, (list, tuple)):
        return [show(each) for each in value]
    return value if value is None else value.numpy().tolist()


@tf.custom_gradient
def square(a):
    return a * a, lambda dy: dy * 100.


@tf.custom_gradient
def two(a, b):
    return (a + b, a * b), lambda da, db: (da * 1., db * 10.)


@tf.custom_gradient
def with_variable(a):
    def grad(dy, variables=None):
        return dy * 1., [dy * 7. for _ in variables]
    return a * v, grad


@tf.custom_gradient
def without_variables(a):
    return a * v, lambda dy: dy


@tf.custom_gradient
def too_few(a, b):
    return a * b, lambda dy: dy


@tf.custom_gradient
def log1pexp(a):
    e = tf.exp(a)
    return tf.log(1 + e), lambda dy: dy * (1 - 1 / (1 + e))


for f, args in ((square, ()), (two, (2.,)), (with_variable, ()), (without_variables, ()), (too_few, (2.,))):
    try:
        with tf.GradientTape() as g:
            g.watch(x)
            y = f(x, *args)
        print(f.__name__, show(y), show(g.gradient(y, [x, v])))
    except Exception as error:
        print(type(error).__name__, '|', error)
with tf.GradientTape() as outer:
    outer.watch(x)
    with tf.GradientTape() as g:
        g.watch(x)
        y = log1pexp(x)
    d = g.gradient(y, x)
print('%.5f %.5f %.5f' % (y, d, outer.gradient(d, x)))
with tf.GradientTape() as g:
    g.watch(x)
    y = log1pexp(tf.constant(100.) * x)
print('%.3f' % g.gradient(y, x))
