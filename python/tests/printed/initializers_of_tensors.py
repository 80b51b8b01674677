"""Initializers whose arguments are tensors: their graphs and numbers, and those that take none."""
import tensorflow as tf

root = tf.sqrt(4.)
initializers = [
    tf.truncated_normal_initializer(stddev=1.0 / root), tf.truncated_normal_initializer(root, 0.5, seed=4),
    tf.random_normal_initializer(stddev=1.0 / root), tf.random_normal_initializer(root, 0.5, seed=4),
    tf.random_uniform_initializer(-root, root), tf.orthogonal_initializer(root, seed=4),
    tf.initializers.identity(root), tf.uniform_unit_scaling_initializer(root, seed=4)]
tf.set_random_seed(3)
variables = [tf.get_variable('v%d' % i, [2, 3], initializer=each) for i, each in enumerate(initializers)]
variables.append(tf.get_variable('parts', [2, 3], initializer=initializers[6], partitioner=tf.fixed_size_partitioner(2)))
variables.append(tf.get_variable('high', [3, 2], initializer=initializers[5]))
for make in tf.constant_initializer, tf.variance_scaling_initializer:
    try:
        print(tf.get_variable(make.__name__, [2, 3], initializer=make(root)))
    except Exception as error:
        print(type(error).__name__, str(error)[:60])
for operation in tf.get_default_graph().get_operations():
    print(operation.name, operation.type, *[each.name for each in operation.inputs])
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for variable in variables:
        print(variable.name, ['%.4g' % each for each in session.run(tf.convert_to_tensor(variable)).flat])
