# ResNet-20 on MNIST: three stages of three residual blocks, batch normalisation with its updates, L2, momentum. Chaotic with
# rates as one trains with: the curve of a small one.
x = tf.placeholder(tf.float32, [None, 28, 28, 1])
y = tf.placeholder(tf.int64, [None])
regularizer = tf.contrib.layers.l2_regularizer(1e-4)


def conv(net, filters, strides=1):
    net = tf.layers.conv2d(net, filters, 3, strides=strides, padding='same', use_bias=False,
                           kernel_initializer=tf.variance_scaling_initializer(2.0, 'fan_out'),
                           kernel_regularizer=regularizer)
    return tf.layers.batch_normalization(net, momentum=0.9, training=True)


def block(net, filters, strides):
    shortcut = net
    if strides != 1:
        shortcut = tf.pad(tf.layers.average_pooling2d(net, strides, strides, padding='same'),
                          [[0, 0], [0, 0], [0, 0], [filters // 4, filters // 4]])
    net = tf.nn.relu(conv(net, filters, strides))
    return tf.nn.relu(conv(net, filters) + shortcut)


net = tf.nn.relu(conv(x, 16))
for stage, filters in enumerate([16, 32, 64]):
    for i in range(3):
        net = block(net, filters, 2 if stage > 0 and i == 0 else 1)
logits = tf.layers.dense(tf.reduce_mean(net, [1, 2]), 10, kernel_regularizer=regularizer)
loss = tf.losses.sparse_softmax_cross_entropy(y, logits) + tf.losses.get_regularization_loss()
with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
    train = tf.train.MomentumOptimizer(0.0001, 0.9).minimize(loss)
images, labels = mnist(640)
feeds = [{x: images[i:i + 64], y: labels[i:i + 64]} for i in range(0, 640, 64)]
