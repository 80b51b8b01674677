# LeNet-5 with slim: arg_scope, batch norm with its updates, momentum.
slim = tf.contrib.slim
random = np.random.RandomState(2)
x = tf.placeholder(tf.float32, [None, 28, 28, 1])
y = tf.placeholder(tf.float32, [None, 10])
with slim.arg_scope([slim.conv2d, slim.fully_connected], weights_regularizer=slim.l2_regularizer(1e-3),
                    weights_initializer=tf.truncated_normal_initializer(stddev=0.1),
                    normalizer_fn=slim.batch_norm, normalizer_params={'decay': 0.9, 'scale': True}):
    net = slim.repeat(x, 2, slim.conv2d, 4, [3, 3], scope='conv')
    net = slim.max_pool2d(net, [2, 2], scope='pool')
    net = slim.separable_conv2d(net, 8, [3, 3], 1, stride=2, scope='separable')
    net = slim.fully_connected(slim.flatten(net), 20, scope='fc')
logits = slim.fully_connected(net, 10, activation_fn=None, scope='logits')
slim.losses.softmax_cross_entropy(logits, y, label_smoothing=0.1)
loss = slim.losses.get_total_loss()
train = slim.learning.create_train_op(loss, tf.train.MomentumOptimizer(0.05, 0.9), clip_gradient_norm=4.)
feeds = [{x: random.rand(16, 28, 28, 1), y: np.eye(10)[random.randint(10, size=16)]} for _ in range(10)]
