"""tf.wrap_function, run at once."""
import tensorflow as tf

tf.enable_eager_execution()


def with_variables(x):
    v = tf.get_variable('v', [], initializer=tf.constant_initializer(5.), use_resource=True)
    return tf.identity(x * v, name='product') + tf.Variable(2., name='u', use_resource=True)


wrapped = tf.wrap_function(with_variables, [tf.TensorSpec([], tf.float32)], name='named')
print([each.name for each in wrapped.inputs])
print(wrapped(tf.constant(3.)).numpy(), wrapped.prune(wrapped.inputs[0], 'product:0')(tf.constant(4.)).numpy())
with tf.GradientTape() as tape:
    x = tf.constant(3.)
    tape.watch(x)
    y = wrapped(x)
print(tape.gradient(y, x).numpy())
