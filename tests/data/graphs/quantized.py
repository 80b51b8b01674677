"""tf.contrib.quantize: nets of convolutions, depthwise ones and products, rewritten for training and afterwards."""
layers, quantize = tf.contrib.layers, tf.contrib.quantize


def net(is_training, norm=True, fused=True, activation=tf.nn.relu6, updates=tf.GraphKeys.UPDATE_OPS):
    images = tf.placeholder(tf.float32, [2, 8, 8, 3], 'images')
    options = dict(normalizer_fn=layers.batch_norm if norm else None, activation_fn=activation,
                   normalizer_params=dict(is_training=is_training, fused=fused, updates_collections=updates))
    x = layers.conv2d(images, 4, 3, scope='conv', **options)
    y = layers.separable_conv2d(x, None, 3, 1, scope='depthwise', **options)
    y = layers.separable_conv2d(y, None, 3, 1, rate=2, scope='dilated', **options)
    y = layers.conv2d(y, 4, 1, scope='before', **dict(options, activation_fn=None))
    y = tf.nn.relu(tf.add(y, x, 'AddV2'), 'after')
    y = layers.max_pool2d(y, 2)
    return y, options


def classes(y):
    y = layers.fully_connected(layers.flatten(y), 6, scope='hidden')
    return layers.fully_connected(y, 2, activation_fn=None, scope='logits')


def build(name, make, rewrite):
    with tf.Graph().as_default() as graph:
        tf.set_random_seed(1)
        make()
        rewrite()
        if graph.get_collection(tf.GraphKeys.LOSSES):
            tf.train.GradientDescentOptimizer(.1).minimize(tf.losses.get_total_loss(), tf.train.get_or_create_global_step())
        for node in graph.as_graph_def().node:
            node.name = name + '/' + node.name
            result.node.add().CopyFrom(node)
        for key in (tf.GraphKeys.GLOBAL_VARIABLES, tf.GraphKeys.TRAINABLE_VARIABLES, tf.GraphKeys.MOVING_AVERAGE_VARIABLES):
            result.node.add(name='%s/%s %s' % (name, key, [v.name for v in graph.get_collection(key)]), op='NoOp')


def train(**options):
    tf.losses.mean_squared_error(tf.zeros([2, 2]), classes(net(True, **options)[0]))


def late_bypass():
    x, options = net(True)
    y = layers.conv2d(x, 4, 1, scope='last', **options)
    z = layers.conv2d(y + x, 4, 1, normalizer_fn=None, scope='convolution')
    tf.identity(z * y + x, 'end')


def products():
    x = tf.placeholder(tf.float32, [3, 5])
    options = dict(normalizer_fn=layers.batch_norm, normalizer_params=dict(fused=True, is_training=False))
    y = layers.fully_connected(x, 4, scope='first', **options)
    with tf.variable_scope('second', use_resource=True):
        y = layers.fully_connected(y, 4)
    tf.layers.dense(y, 2, name='third')


def separable():
    x = tf.placeholder(tf.float32, [2, 8, 8, 3])
    y = layers.separable_conv2d(x, 6, 3, 2, normalizer_fn=None, scope='first')
    layers.separable_conv2d(y, 6, 3, 1, normalizer_fn=None, activation_fn=None, biases_initializer=None, scope='second')


result = tf.GraphDef()
build('fused', train, quantize.create_training_graph)
build('no_norm', lambda: train(norm=False, activation=tf.nn.relu), lambda: quantize.create_training_graph(quant_delay=100))
build('in_place', lambda: train(updates=None), lambda: quantize.experimental_create_training_graph(
    weight_bits=4, activation_bits=6, symmetric=True, quant_delay=10, freeze_bn_delay=20))
build('single_ops', lambda: train(fused=False), quantize.create_training_graph)
build('single_ops_late', lambda: train(fused=False), lambda: quantize.experimental_create_training_graph(freeze_bn_delay=5))
build('eval', lambda: classes(net(False)[0]), quantize.create_eval_graph)
build('eval_single_ops', lambda: classes(net(False, fused=False)[0]), quantize.create_eval_graph)
build('scoped', lambda: classes(net(False)[0]),
      lambda: quantize.experimental_create_eval_graph(scope='hidden', symmetric=True, quant_delay=3))
build('late_bypass', late_bypass, quantize.create_training_graph)
build('products', products, quantize.create_eval_graph)
build('separable', separable, quantize.create_training_graph)
