slim = tf.contrib.slim
x = tf.placeholder(tf.float32, [2, 12, 12, 3], 'x')
ids = tf.placeholder(tf.int64, [2, 5], 'ids')
t = tf.placeholder(tf.bool, [], 't')
with slim.arg_scope([slim.conv2d, slim.fully_connected], weights_regularizer=slim.l2_regularizer(0.05),
                    activation_fn=tf.nn.relu6):
    with slim.arg_scope([slim.conv2d], padding='VALID', stride=2):
        net = slim.conv2d(x, 4, 3)
        net = slim.conv2d(net, 5, [2, 2], stride=1, scope='z')
    net = slim.conv2d(net, 4, 3, normalizer_fn=lambda y: slim.batch_norm(y, is_training=t, scale=True))
    net = slim.max_pool2d(net, 2)
    net = slim.fully_connected(slim.flatten(net), 6, normalizer_fn=slim.layer_norm)
net = slim.dropout(net, 0.8, is_training=t, scope='drop')
net = slim.repeat(net, 2, slim.fully_connected, 4, scope='r')
net = slim.fully_connected(net, 3, activation_fn=None, biases_initializer=None, variables_collections=['vc'])
slim.softmax(net)
slim.one_hot_encoding(ids, 7)
slim.avg_pool2d(x, [3, 3], 1, padding='SAME', scope='ap')
slim.batch_norm(x, fused=False, decay=0.9)
tf.contrib.layers.embed_sequence(ids, 10, 4)
