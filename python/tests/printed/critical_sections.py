"""tf.CriticalSection, tf.vectorized_map, slices of variables assigned within a cond, gradients of tf.contrib.layers."""
import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)


def refused(function):
    try:
        function()
    except (ValueError, NotImplementedError) as error:
        print('@@', type(error).__name__, str(error).split(': [')[0])


def run(fetches):
    with tf.Session() as session:
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        return session.run(fetches)


section = tf.CriticalSection(name='section')
number = tf.get_variable('number', shape=[], initializer=tf.zeros_initializer(), use_resource=True)


def count():
    return tf.identity(number.assign_add(1.))


counts = [section.execute(count) for _ in range(5)]
print('@@', sorted(run(counts)), section.name)
for op in tf.get_default_graph().get_operations():
    if op.name.startswith(('section', 'critical_section_execute/')) and 'Read' not in op.type:
        print('@@', op.name, op.type, sorted(each.name for each in op.control_inputs if 'Read' not in each.type))
other = tf.CriticalSection()
print('@@', other.name, len(tf.get_collection('critical_sections')), len(tf.get_collection('critical_section_executions')))
refused(lambda: other.execute(count))
refused(lambda: section.execute(lambda: section.execute(count)))
refused(lambda: tf.CriticalSection('a', critical_section_def=1))
refused(lambda: tf.CriticalSection(critical_section_def=1))
print('@@', run(section.execute(lambda: {'a': number.read_value() * 0., 'b': [tf.constant(1)]}, name='named')))

matrix = tf.constant(np.arange(6.).reshape(3, 2))
total, doubled = tf.vectorized_map(lambda row: (tf.reduce_sum(row), tf.cast(row, tf.int32) * 2), matrix)
print('@@', run([total, doubled, tf.vectorized_map(lambda pair: pair[0] - pair[1], (matrix, total))]))

whole, by_handle = tf.get_local_variable('whole', initializer=[0., 0., 3.]), tf.get_local_variable(
    'by_handle', initializer=[0., 0., 3.], use_resource=True)


def write():
    with tf.control_dependencies([whole[:2].assign([1., 2.]), by_handle[:2].assign([1., 2.])]):
        return tf.no_op()


with tf.name_scope('scope'):
    print('@@', whole[1:].assign([1., 2.]).name, whole[0].assign(1., name='one').name)
choice = tf.placeholder(tf.bool)
written = tf.cond(choice, write, tf.no_op)
print('@@', [op.name for op in tf.get_default_graph().get_operations() if op.name.startswith('cond')])
with tf.Session() as session:
    session.run(tf.local_variables_initializer())
    session.run(written, {choice: True})
    print('@@', session.run([whole, by_handle]))

x = tf.get_variable('x', initializer=[1., 2.])
scaled = tf.contrib.layers.scale_gradient(x, 3.)
print('@@', run([scaled] + tf.gradients(tf.reduce_sum(scaled * scaled), x)), scaled.shape)
calls = []
with tf.variable_scope('recomputed', use_resource=True):
    @tf.contrib.layers.recompute_grad
    def layer(t):
        return tf.layers.dense(tf.tanh(t), 3, name='dense', kernel_initializer=tf.ones_initializer())

    @tf.contrib.layers.recompute_grad(tupleize_grads=True)
    def product(t, is_recomputing=False):
        calls.append(is_recomputing)
        w = tf.get_variable('w', [3], initializer=tf.ones_initializer())
        return t * w, t * t

    first, second = product(layer(tf.constant([[1., 2.]])))
    used = tf.trainable_variables()[2:]
    print('@@', run(tf.gradients(tf.reduce_sum(first * first + second), used)), [v.name for v in used], calls)


@tf.contrib.layers.recompute_grad
def cube(t):
    return t ** 3


two = tf.constant(2.)
print('@@', run(tf.gradients(cube(two), two)))


def closes_over():
    inner = tf.constant(1., name='inner')

    @tf.contrib.layers.recompute_grad
    def function(t):
        return t * inner


refused(closes_over)
refused(lambda: cube(3.))
with tf.Graph().as_default() as small:
    tf.nn.relu(tf.constant([1.]) + tf.placeholder(tf.float32))
print('@@', sorted(tf.contrib.util.ops_used_by_graph_def(small.as_graph_def())),
      [op.name for op in tf.contrib.util.stripped_op_list_for_graph(small.as_graph_def()).op])
print('@@', sorted(tf.contrib.tfprof.model_analyzer.FLOAT_OPS_OPTIONS.items()))
print('@@', tf.contrib.tfprof.model_analyzer.print_model_analysis(
    tf.get_default_graph(), tfprof_options=tf.contrib.tfprof.model_analyzer.TRAINABLE_VARS_PARAMS_STAT_OPTIONS).total_parameters)
