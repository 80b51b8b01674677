"""tf.layers: names, variables, losses, updates and mistakes."""
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
L = tf.layers
x = tf.placeholder(tf.float32, [None, 4])


def attempt(function):
    try:
        print(function())
    except Exception as error:
        print(type(error).__name__, *error.args)


dense = L.Dense(3)
print(dense.name, dense.dtype, dense.built, dense.graph, dense.losses, dense.updates, dense.weights)
for attribute in ('scope_name', 'input', 'output', 'input_shape', 'output_shape', 'input_mask'):
    attempt(lambda: getattr(dense, attribute))
print(dense(x).name, dense.name, dense.scope_name, dense.dtype, dense.weights, dense.count_params())
print(dense(x).name)
regularized = L.Dense(3, activation=tf.nn.relu, kernel_regularizer=tf.contrib.layers.l2_regularizer(0.1))
print(regularized(x).name, regularized.scope_name, regularized.losses, regularized.losses)
print(tf.get_collection('regularization_losses'))
print(L.dense(x, 2, name='q').name, L.dense(x, 2, name='q', reuse=True).name)
with tf.variable_scope('v'):
    print(L.dense(x, 2).name, L.dense(x, 2).name)


class Scale(L.Layer):
    def build(self, input_shape):
        self.scale = self.add_weight('scale', [int(input_shape[-1])], initializer=tf.ones_initializer(),
                                     regularizer=tf.contrib.layers.l1_regularizer(0.5))
        self.calls = self.add_variable('calls', [], trainable=False)
        self.inner = L.Dense(2)
        self.built = True

    def call(self, inputs):
        self.add_loss(tf.reduce_sum(inputs), inputs=inputs)
        self.add_update(tf.assign_add(self.calls, 1.))
        return self.inner(inputs * self.scale)


layer = Scale()
print(layer(x).name, layer(x).name, layer.name, layer.weights, layer.trainable_variables, layer.non_trainable_variables)
print([loss.name for loss in layer.losses], [update.name for update in layer.updates])
print(len(layer.get_losses_for(x)), len(layer.get_losses_for(None)), layer.get_updates_for(None) == layer.updates)
print([op.name for op in tf.get_collection('update_ops')])
norm = L.BatchNormalization()
norm(x, training=True)
print(norm.updates, norm.weights)
for mistake in (
        lambda: L.Dense(3, foo=1), lambda: L.dense(tf.placeholder(tf.float32, [None, None]), 3),
        lambda: L.dense(tf.placeholder(tf.float32), 3), lambda: L.dense(tf.placeholder(tf.float32, [3]), 3),
        lambda: L.dense(tf.placeholder(tf.int32, [3, 2]), 3), lambda: L.conv2d(x, 2, 3),
        lambda: L.conv2d(tf.placeholder(tf.float32, [1, 2, 3, None]), 2, 3),
        lambda: L.conv2d(tf.placeholder(tf.float32, [1, 2, 3, 3]), 2, (3,)), lambda: L.Conv2D(2, 3, padding='foo'),
        lambda: L.Conv2D(2, 3, strides='foo'), lambda: L.Conv2D(2, 3, data_format='foo'),
        lambda: L.Conv2D(2, 3, strides=2, dilation_rate=2)(tf.zeros([1, 9, 9, 2])), lambda: L.max_pooling2d(x, 2, 2),
        lambda: L.max_pooling2d(tf.zeros([1, 4, 4, 1]), 2, None), lambda: L.batch_normalization(x, axis=3),
        lambda: L.BatchNormalization(axis=1.5), lambda: L.InputSpec(ndim=2, axes={3: 1}), lambda: L.InputSpec(min_ndim=2)):
    attempt(mistake)


def spy(getter, name, *args, **kwargs):
    print(sorted(kwargs), name)
    return getter(name, *args, **dict(kwargs, trainable=False))


with tf.variable_scope('seen', custom_getter=spy, initializer=tf.ones_initializer()) as scope:
    print(type(scope.initializer).__name__, scope.custom_getter is not None, scope.regularizer, scope.caching_device)
    layer = L.Dense(2)
    layer(x)
    print(layer.trainable_weights, layer.non_trainable_weights)
    with tf.variable_scope('inner', custom_getter=lambda getter, *args, **kwargs: tf.identity(getter(*args, **kwargs))):
        print(tf.get_variable('v', [2]))
