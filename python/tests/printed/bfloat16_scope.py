# Variables of type bfloat16 are kept as float32.
import tensorflow as tf

with tf.contrib.tpu.bfloat16_scope() as scope:
    print(repr(scope.name), scope.dtype)
    print(tf.get_variable('a', [2]))
    print(tf.get_variable('b', [2], dtype=tf.bfloat16))
    with tf.variable_scope('x'):
        print(tf.get_variable('b', [2], dtype=tf.bfloat16, initializer=tf.zeros_initializer()))
    print(tf.layers.dense(tf.zeros([1, 2], tf.bfloat16), 3))
print([(variable.name, variable.dtype.name) for variable in tf.global_variables()])
print([op.name for op in tf.get_default_graph().get_operations() if op.type == 'Cast'])
