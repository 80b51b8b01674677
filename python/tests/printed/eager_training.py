"""Training where operations run at once: optimizers, losses that are functions, seeds of random numbers."""
import numpy as np
import tensorflow as tf

tf.enable_eager_execution()
tf.set_random_seed(1)


def show(name, values):
    print(name, np.array2string(np.asarray(values), precision=4, suppress_small=True))


for f in (lambda: tf.random.uniform([2]), lambda: tf.random.normal([2]), lambda: tf.random.uniform([2], seed=3),
          lambda: tf.random.uniform([2], seed=3), lambda: tf.random.truncated_normal([2]),
          lambda: tf.random.shuffle([1, 2, 3, 4]), lambda: tf.get_variable('zz', [2]).numpy(),
          lambda: tf.nn.dropout(tf.ones([6]), 0.5), lambda: tf.random.categorical(tf.zeros([1, 4]), 3)):
    show('random', f())
tf.set_random_seed(1)
show('again', tf.random.uniform([2]))
show('again', tf.random.uniform([2], seed=3))
print(tf.get_seed(None), tf.get_seed(4))
tf.set_random_seed(-12345678901)
print(tf.get_seed(None))
tf.set_random_seed(7)

features = tf.constant(np.linspace(-1, 1, 20).reshape(20, 1).astype(np.float32))
labels = 3 * features + 2
for make in (
        lambda: tf.train.GradientDescentOptimizer(0.1), lambda: tf.train.MomentumOptimizer(0.1, 0.9),
        lambda: tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True), lambda: tf.train.AdamOptimizer(0.1),
        lambda: tf.train.AdagradOptimizer(0.5), lambda: tf.train.RMSPropOptimizer(0.1), lambda: tf.train.AdadeltaOptimizer(1.),
        lambda: tf.train.FtrlOptimizer(0.5), lambda: tf.train.ProximalGradientDescentOptimizer(0.1)):
    optimizer = make()
    w, b = tf.Variable([[0.]]), tf.Variable([0.])

    def loss():
        return tf.reduce_mean(tf.squared_difference(tf.matmul(features, w) + b, labels))

    for _ in range(5):
        optimizer.minimize(loss)
    show(optimizer.get_name(), [w.numpy()[0, 0], b.numpy()[0], loss()])

optimizer = tf.train.AdamOptimizer(0.1)
step = tf.train.get_or_create_global_step()
v = tf.Variable([1., 2.])
print(optimizer.minimize(lambda: v * v, global_step=step))
print(v, step)
print([variable.name for variable in optimizer.variables()], optimizer.get_slot_names())
show('slot', optimizer.get_slot(v, 'm').numpy())
print(optimizer.compute_gradients(lambda: v * v)[0][1] is v)
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(v * v)
print(optimizer.apply_gradients(zip(tape.gradient(loss, [v]), [v]), global_step=step))
print(v, step.numpy())
for wrong in (lambda: optimizer.minimize(v * v), lambda: optimizer.apply_gradients([(None, v)]),
              lambda: optimizer.apply_gradients([])):
    try:
        wrong()
    except Exception as error:
        print(type(error).__name__, error)

# Rows of a table; a rate that changes.
table = tf.Variable(tf.ones([4, 2]))
for optimizer in (tf.train.GradientDescentOptimizer(0.5), tf.train.AdamOptimizer(0.5), tf.train.AdagradOptimizer(0.5),
                  tf.train.MomentumOptimizer(0.5, 0.9)):
    optimizer.minimize(lambda: tf.reduce_sum(tf.nn.embedding_lookup(table, [1, 1, 2])))
    show(optimizer.get_name(), table.numpy())
rate = tf.train.exponential_decay(0.1, step, 1, 0.5)
optimizer = tf.train.GradientDescentOptimizer(rate)
for _ in range(2):
    optimizer.minimize(lambda: v * v, global_step=step)
    show('rate', [rate(), *v.numpy()])
show('constant', tf.train.piecewise_constant(step, [1, 5], [1., 2., 3.])())


class Linear:
    """A model as programs of the time have them."""

    def __init__(self):
        self.kernel = tf.Variable(tf.zeros([1, 1]), name='kernel')
        self.bias = tf.Variable(tf.zeros([1]), name='bias')

    def __call__(self, inputs):
        return tf.matmul(inputs, self.kernel) + self.bias


model = Linear()
optimizer = tf.train.GradientDescentOptimizer(0.3)
for epoch in range(20):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(features) - labels))
    gradients = tape.gradient(loss, [model.kernel, model.bias])
    optimizer.apply_gradients(zip(gradients, [model.kernel, model.bias]))
    if epoch % 5 == 0:
        print('epoch %d: %.4f' % (epoch, loss))
