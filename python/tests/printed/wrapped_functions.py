"""tf.wrap_function, parts of such functions, and functions of GraphDefs, within a graph."""
import tensorflow as tf
from tensorflow.python.eager import wrap_function


def value(fetches):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(fetches)


def failing(function):
    try:
        function()
    except Exception as error:
        print(type(error).__name__, error)


def doubled_and_added(x, y):
    z = tf.identity(x * 2., name='z')
    return {'sum': z + y, 'z': [z]}


wrapped = tf.wrap_function(doubled_and_added, [tf.TensorSpec([None], tf.float32), tf.TensorSpec([], tf.float32)])
print(type(wrapped).__name__, [x.name for x in wrapped.inputs], wrapped.structured_outputs['sum'].shape)
result = value(wrapped(tf.constant([1., 2.]), tf.constant(3.)))
print(result['sum'], result['z'])

x, y = wrapped.inputs
print(value(wrapped.prune(x, 'z:0')(tf.constant([7.]))), [each.name for each in wrapped.prune(x, 'z:0').inputs])
nothing, z = wrapped.prune(x, [wrapped.graph.get_operation_by_name('z'), 'z:0'])(tf.constant([7.]))
print(nothing, value(z))
print(value(wrapped.prune(['z:0', y.name], {'sum': wrapped.outputs[0]})(tf.constant([7.]), tf.constant(1.))))
failing(lambda: wrapped.prune('z', 'z:0'))
failing(lambda: wrapped.prune('nope:0', 'z:0'))
failing(lambda: wrapped.prune(tf.constant(1.), 'z:0'))
failing(lambda: wrapped(tf.constant([1.])))
failing(lambda: wrapped(x=tf.constant([1.]), y=2.))


def with_variables(x):
    v = tf.get_variable('v', [], initializer=tf.constant_initializer(5.), use_resource=True)
    return x * v + tf.Variable(2., name='u', use_resource=True)


wrapped = tf.wrap_function(with_variables, [tf.TensorSpec([], tf.float32, name='x')], name='named')
print([each.name for each in wrapped.inputs], wrapped.name.decode().split('_')[3:6])
print([variable.name for variable in tf.trainable_variables()])
x = tf.constant(3.)
print(value([wrapped(x), tf.gradients(wrapped(x), x)[0], wrapped.prune('x:0', wrapped.outputs[0].name)(x)]))

with tf.Graph().as_default() as graph:
    b = tf.add(tf.placeholder(tf.float32, [2], name='a'), 1., name='b')
    tf.multiply(b, b, name='c')
print(value(wrap_function.function_from_graph_def(graph.as_graph_def(), 'a:0', ['c:0', 'b:0'])(tf.constant([1., 2.]))))
