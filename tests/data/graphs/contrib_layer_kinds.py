C = tf.contrib.layers
S = tf.contrib.slim
x = tf.placeholder(tf.float32, [2, 9, 8, 3], name='x')
xn = tf.placeholder(tf.float32, [None, None, None, 3], name='xn')
xc = tf.placeholder(tf.float32, [2, 3, 9, 8], name='xc')
v = tf.placeholder(tf.float32, [None, 4], name='v')
v3 = tf.placeholder(tf.float32, [None, 5, 4], name='v3')
x1 = tf.placeholder(tf.float32, [None, 9, 3], name='x1')
x3 = tf.placeholder(tf.float32, [2, 5, 6, 7, 3], name='x3')
t = tf.placeholder(tf.bool, [], name='t')
reg = C.l2_regularizer(0.1)


with tf.variable_scope('s1'):  # fc norm
    C.fully_connected(v, 3, normalizer_fn=C.batch_norm, normalizer_params={'is_training': t, 'scale': True})
    C.fully_connected(v, 3, normalizer_fn=C.layer_norm)
with tf.variable_scope('s2'):  # fc colls dict
    C.fully_connected(v, 3, variables_collections={'weights': ['w'], 'biases': ['b']}, trainable=False,
                      biases_initializer=None)
with tf.variable_scope('s3'):  # fc reuse
    C.fully_connected(v, 3, scope='q')
    C.fully_connected(v, 3, scope='q', reuse=True)
with tf.variable_scope('s4'):  # conv2d
    C.conv2d(x, 4, 3)
    C.conv2d(x, 4, [3, 2], stride=2, padding='VALID', activation_fn=None, scope='c')
    C.conv2d(x, 4, 3, rate=2)
    C.conv2d(xc, 4, 3, data_format='NCHW')
    C.conv2d(x, 4, 3, normalizer_fn=C.batch_norm)
    C.convolution(x, 4, 3)
    C.convolution2d(x, 4, 3)
with tf.variable_scope('s5'):  # conv1d conv3d
    C.conv1d(x1, 4, 3)
    C.conv3d(x3, 4, 2)
    C.convolution1d(x1, 4, 3, stride=2)
    C.convolution3d(x3, 4, [1, 2, 3], padding='VALID')
with tf.variable_scope('s6'):  # in plane
    C.conv2d_in_plane(x, 3)
    C.convolution2d_in_plane(x, [3, 2], stride=1, padding='VALID', activation_fn=None, normalizer_fn=C.batch_norm)
with tf.variable_scope('s7'):  # conv2d_transpose
    C.conv2d_transpose(x, 4, 3)
    C.conv2d_transpose(x, 4, [3, 3], stride=2, padding='VALID', activation_fn=None, normalizer_fn=C.batch_norm)
    C.conv2d_transpose(xn, 4, 3, 2)
with tf.variable_scope('s8'):  # conv3d_transpose
    C.conv3d_transpose(x3, 4, 3, stride=2)
    C.conv3d_transpose(x3, 4, 2, padding='VALID', normalizer_fn=C.batch_norm)
with tf.variable_scope('s9'):  # separable
    C.separable_conv2d(x, 4, 3, 2)
    C.separable_conv2d(x, None, 3, 2, stride=2, rate=1)
    C.separable_conv2d(x, None, 3, 1, rate=2, normalizer_fn=C.batch_norm, biases_initializer=None)
    C.separable_convolution2d(x, 4, 3, depth_multiplier=1, activation_fn=None, scope='sep', weights_regularizer=reg)
with tf.variable_scope('s10'):  # separable pointwise init
    C.separable_conv2d(x, 4, 3, 1, pointwise_initializer=tf.ones_initializer(),
                       weights_initializer=tf.zeros_initializer())
with tf.variable_scope('s11'):  # bn
    C.batch_norm(x)
    C.batch_norm(x, is_training=t, scale=True, updates_collections=None)
    C.batch_norm(v, decay=0.9, center=False, epsilon=1e-05, activation_fn=tf.nn.relu)
    C.batch_norm(x, fused=True, is_training=False, scope='f')
    C.batch_norm(xc, data_format='NCHW', fused=True)
    C.batch_norm(xc, data_format='NCHW', fused=False)
with tf.variable_scope('s12'):  # bn zero debias
    C.batch_norm(v, zero_debias_moving_mean=True, is_training=t)
    C.batch_norm(x, fused=False, zero_debias_moving_mean=True)
with tf.variable_scope('s13'):  # bn renorm
    C.batch_norm(v, renorm=True, renorm_clipping={'rmax': 2.0}, renorm_decay=0.9, scale=True)
with tf.variable_scope('s14'):  # bn params
    C.batch_norm(x, param_initializers={'beta': tf.ones_initializer(), 'moving_mean': tf.ones_initializer()},
                 param_regularizers={'beta': reg}, variables_collections={'beta': ['b'], 'moving_mean': ['mm']},
            outputs_collections='oo')
with tf.variable_scope('s15'):  # bn adjust
    C.batch_norm(x, fused=None, is_training=t, updates_collections='uc', trainable=False)
with tf.variable_scope('s16'):  # bn adjust2
    C.batch_norm(x, fused=None, adjustment=lambda s: (tf.ones([s[-1]]), tf.zeros([s[-1]])))
with tf.variable_scope('s17'):  # bn fused rank2
    C.batch_norm(v, fused=True)
with tf.variable_scope('s18'):  # bn fused rank3
    C.batch_norm(v3, fused=True)
with tf.variable_scope('s19'):  # bn half
    C.batch_norm(tf.placeholder(tf.float16, [2, 3, 3, 4]))
    C.batch_norm(tf.placeholder(tf.float16, [2, 4]))
with tf.variable_scope('s20'):  # bn grads
    y = C.batch_norm(x, is_training=True, updates_collections=None)
    tf.gradients(y, [x] + tf.trainable_variables())
with tf.variable_scope('s21'):  # layer norm etc
    C.layer_norm(x)
    C.layer_norm(v, center=False, activation_fn=tf.nn.relu, scope='ln')
    C.layer_norm(v3, begin_norm_axis=2, begin_params_axis=-1)
    C.instance_norm(x)
    C.instance_norm(xc, data_format='NCHW', scale=True, activation_fn=tf.nn.relu)
    C.group_norm(tf.placeholder(tf.float32, [2, 9, 8, 32]))
    C.group_norm(tf.placeholder(tf.float32, [2, 8, 9, 9]), groups=4, channels_axis=-3, reduction_axes=(-2, -1))
    C.group_norm(x, groups=3, mean_close_to_zero=True)
with tf.variable_scope('s22'):  # layer norm unk
    C.layer_norm(tf.placeholder(tf.float32, [None, None, 4]))
with tf.variable_scope('s23'):  # bias flatten dropout
    C.bias_add(x)
    C.bias_add(v, activation_fn=tf.nn.relu, regularizer=reg, initializer=tf.ones_initializer(), scope='b')
    C.bias_add(xc, data_format='NCHW')
    C.flatten(x)
    C.flatten(xn, scope='fl', outputs_collections='o')
    C.dropout(v)
    C.dropout(v, 0.3, is_training=t, noise_shape=[1, 4], seed=2, outputs_collections='o')
    C.dropout(v, is_training=False)
with tf.variable_scope('s24'):  # flatten err
    C.flatten(tf.placeholder(tf.float32, [3]))
with tf.variable_scope('s27'):  # arg_scope nest
    with S.arg_scope([S.conv2d, S.fully_connected], weights_regularizer=S.l2_regularizer(0.05),
                     activation_fn=tf.nn.relu6):
        with S.arg_scope([S.conv2d], padding='VALID', stride=2) as sc:
            n = S.conv2d(x, 4, 3)
            n = S.conv2d(n, 5, [2, 2], stride=1, scope='z')
        with S.arg_scope(sc):
            n = S.conv2d(n, 5, [2, 2], scope='zz')
        n = S.fully_connected(S.flatten(n), 3, activation_fn=None)
    S.losses.get_regularization_losses()
with tf.variable_scope('s28'):  # fc partial
    import functools
    C.stack(v, functools.partial(C.fully_connected, activation_fn=tf.tanh), [3, 4])
