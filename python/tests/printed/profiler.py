"""tf.profiler.profile: parameters and floating-point operations by scope and by type."""
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
x = tf.placeholder(tf.float32, [8, 28, 28, 3], name='x')
with tf.variable_scope('block'):
    y = tf.layers.conv2d(x, 4, 3, name='conv', strides=2)
    y = tf.layers.max_pooling2d(y, 2, 2)
    y = tf.layers.average_pooling2d(y, 2, 1)
    y = tf.nn.depthwise_conv2d(y, tf.get_variable('kernel', [2, 2, 4, 2], use_resource=True), [1, 1, 1, 1], 'SAME')
with tf.variable_scope('head'):
    z = tf.layers.dense(tf.layers.flatten(y), 10, name='dense')
loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits_v2(labels=tf.nn.softmax(tf.ones([8, 10])), logits=z)) + tf.nn.l2_loss(z)
graph = tf.get_default_graph()
B = tf.profiler.ProfileOptionBuilder
by_scope = tf.profiler.profile(graph, options=B.float_operation())
print('@@', by_scope.total_float_ops, by_scope.name, [child.name for child in by_scope.children])
parameters = tf.profiler.profile(graph, options=B.trainable_variables_parameter())
print('@@', parameters.total_parameters)
print(parameters)
by_type = tf.profiler.profile(graph, cmd='op', options=B(B.float_operation()).order_by('float_ops').build())
print('@@', type(by_type).__name__, by_type.total_float_ops, [(child.name, child.float_ops) for child in by_type.children])
train = tf.train.MomentumOptimizer(.1, .9).minimize(loss)
print('@@', tf.profiler.profile(graph, options=B(B.float_operation()).with_empty_output().build()).total_float_ops)
some = tf.profiler.profile(graph, options=B(B.trainable_variables_parameter()).with_min_parameters(20).with_empty_output().build())
print('@@', some.total_parameters, [child.name for child in some.children])
all_of_them = tf.profiler.profile(graph, options=B(B.trainable_variables_parameter()).with_accounted_types(['.*']).with_min_parameters(1).order_by('params').build())
print('@@', all_of_them.total_parameters)
print(sorted(B().with_max_depth(3).with_min_memory(1, 2, 3, 4).with_min_execution_time(1, 2, 3).with_min_occurrence(2).with_node_names(['a'], ['b'], ['c'], ['d']).account_displayed_op_only(True).with_file_output('f').select(['params']).with_step(3).build().items()))
print(sorted(B.time_and_memory().items()), sorted(B().build().items()))
try:
    tf.profiler.profile(graph, cmd='x')
except tf.errors.InvalidArgumentError as error:
    print(error.message)
