"""A convolutional network trained where operations run at once, as programs of the time write it."""
import numpy as np
import tensorflow as tf

tf.enable_eager_execution()
tf.set_random_seed(3)


class ConvNet:
    def __init__(self):
        self.kernels = [tf.Variable(tf.random.truncated_normal(shape, stddev=0.2), name='kernel')
                        for shape in ([3, 3, 1, 4], [3, 3, 4, 8])]
        self.biases = [tf.Variable(tf.zeros([size]), name='bias') for size in (4, 8)]
        self.weights = tf.Variable(tf.random.truncated_normal([2 * 2 * 8, 3], stddev=0.2), name='weights')
        self.variables = self.kernels + self.biases + [self.weights]

    def __call__(self, images, training):
        x = images
        for kernel, bias in zip(self.kernels, self.biases):
            x = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, kernel, [1, 1, 1, 1], 'SAME'), bias))
            x = tf.nn.max_pool(x, [1, 2, 2, 1], [1, 2, 2, 1], 'SAME')
        x = tf.reshape(x, [x.shape[0].value, -1])
        if training:
            x = tf.nn.dropout(x, keep_prob=0.9)
        return tf.matmul(x, self.weights)


rng = np.random.RandomState(0)
labels = rng.randint(0, 3, 30)
images = (rng.rand(30, 8, 8, 1) + np.eye(3)[labels].repeat(8, 1).reshape(30, 3, 8)[:, :, :, None].repeat(8, 3)
          .transpose(0, 2, 3, 1)[..., :1]).astype(np.float32)
model = ConvNet()
optimizer = tf.train.AdamOptimizer(0.01)
step = tf.train.get_or_create_global_step()


def loss_of(model, x, y, training):
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(logits=model(x, training), labels=y))


grad_fn = tf.contrib.eager.implicit_value_and_gradients(loss_of)
for epoch in range(3):
    for begin in range(0, 30, 10):
        batch = images[begin:begin + 10], labels[begin:begin + 10]
        loss, grads_and_vars = grad_fn(model, *batch, training=True)
        grads, variables = zip(*grads_and_vars)
        grads, norm = tf.clip_by_global_norm(list(grads), 5.)
        optimizer.apply_gradients(zip(grads, variables), global_step=step)
        print('step %d loss %.4f norm %.3f' % (step.numpy(), loss, norm))
predictions = tf.argmax(model(images, training=False), axis=1)
print('accuracy %.4f' % tf.reduce_mean(tf.cast(tf.equal(predictions, labels), tf.float32)))
for name, value in (('hessian', None),):
    x = tf.Variable([1., 2.])
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(x * x * x) + x[0] * x[1]
        g = inner.gradient(y, x)
    print(name, outer.jacobian(g, x).numpy().tolist())
