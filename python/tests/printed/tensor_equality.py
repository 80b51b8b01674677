# == and != of tensors and variables, before and after programs ask for comparisons of elements.
import numpy as np
import tensorflow as tf

tf.enable_eager_execution()
a, b, v = tf.constant([1., 2.]), tf.constant([1., 3.]), tf.Variable(1.)


@tf.function
def in_a_function(x):
    return tf.cast(x == b, tf.float32)


def show(expression):
    try:
        value = eval(expression)
        print(expression, '->', value.numpy().tolist() if hasattr(value, 'numpy') else value)
    except Exception as error:
        print(expression, '->', type(error).__name__, error)


def show_all():
    for expression in ['a == b', 'a != b', 'a == [1., 3.]', 'a == None', 'a != None', 'v == 1.', 'v != 1.', 'v == v', 'len({a, b})',
                       'len({v})', 'len({a.experimental_ref(), a.experimental_ref()})', "a == 'x'", 'tf.constant(1) == 1.5',
                       "np.array([1., 2.], 'f') == a", 'in_a_function(a)']:
        show(expression)


show_all()
tf.enable_tensor_equality()
show_all()
tf.compat.v1.disable_tensor_equality()
show_all()
