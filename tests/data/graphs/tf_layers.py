L = tf.layers
x = tf.placeholder(tf.float32, [2, 9, 8, 3], name='x')
xn = tf.placeholder(tf.float32, [None, None, None, 3], name='xn')
xc = tf.placeholder(tf.float32, [2, 3, 9, 8], name='xc')
v = tf.placeholder(tf.float32, [None, 4], name='v')
v3 = tf.placeholder(tf.float32, [None, 5, 4], name='v3')
x1 = tf.placeholder(tf.float32, [None, 9, 3], name='x1')
x1c = tf.placeholder(tf.float32, [2, 3, 9], name='x1c')
x3 = tf.placeholder(tf.float32, [2, 5, 6, 7, 3], name='x3')
x3c = tf.placeholder(tf.float32, [2, 3, 5, 6, 7], name='x3c')
t = tf.placeholder(tf.bool, [], name='t')
reg = tf.contrib.layers.l2_regularizer(0.1)


with tf.variable_scope('s1'):  # dense unknown last
    L.dense(xn[:, :, 0, :][:, :, None, :][..., 0], 4)
with tf.variable_scope('s2'):  # dense double
    y = L.dense(tf.placeholder(tf.float64, [2, 3]), 4)
with tf.variable_scope('s3'):  # dense half
    y = L.dense(tf.placeholder(tf.float16, [2, 3]), 4)
with tf.variable_scope('s4'):  # dense constraint
    y = L.dense(v, 3, kernel_constraint=lambda w: tf.clip_by_norm(w, 1.0), bias_constraint=tf.abs)
    tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(y))
with tf.variable_scope('s5'):  # dense string activation
    L.dense(v, 3, activation='relu', kernel_initializer='glorot_uniform')
with tf.variable_scope('s6'):  # dense scope
    with tf.variable_scope('q') as s:
        d = L.Dense(3, _scope=s)
        d(v)
    d.name
with tf.variable_scope('s7'):  # dense resource
    with tf.variable_scope('p', use_resource=True):
        L.dense(v, 3)
        L.batch_normalization(v, training=True)
with tf.variable_scope('s8'):  # dense dtype scope
    with tf.variable_scope('p', dtype=tf.float64):
        L.dense(v, 3)
with tf.variable_scope('s9'):  # dense gradients
    y = L.dense(v3, 3, activation=tf.nn.relu)
    tf.gradients(y, tf.trainable_variables())
with tf.variable_scope('s10'):  # conv1d args
    L.conv1d(x1, 4, 3, strides=2, padding='SAME', activation=tf.nn.relu, use_bias=False)
with tf.variable_scope('s11'):  # conv1d channels first
    L.conv1d(x1c, 4, 3, data_format='channels_first')
    L.conv1d(x1c, 4, 3, data_format='channels_first', dilation_rate=2)
with tf.variable_scope('s12'):  # conv1d causal
    L.conv1d(x1, 4, 3, padding='causal')
with tf.variable_scope('s13'):  # conv1d unknown
    L.conv1d(tf.placeholder(tf.float32, [None, None, 3]), 4, 3)
with tf.variable_scope('s14'):  # conv2d channels first
    L.conv2d(xc, 4, 3, data_format='channels_first', activation=tf.nn.relu)
    L.conv2d(xc, 4, 3, data_format='channels_first', strides=2, padding='same')
    L.conv2d(xc, 4, 3, data_format='channels_first', dilation_rate=2, padding='same')
with tf.variable_scope('s15'):  # conv2d dilation valid
    L.conv2d(xn, 4, 3, dilation_rate=(2, 3))
    L.conv2d(x, 4, (3, 2), dilation_rate=(2, 3))
with tf.variable_scope('s16'):  # conv2d constraint etc
    L.conv2d(x, 4, 3, kernel_constraint=tf.abs, bias_regularizer=reg, activity_regularizer=reg, trainable=False)
with tf.variable_scope('s17'):  # conv2d double
    L.conv2d(tf.placeholder(tf.float64, [2, 9, 9, 3]), 4, 3)
with tf.variable_scope('s18'):  # conv2d grads
    y = L.conv2d(x, 4, 3, activation=tf.nn.relu)
    y = L.max_pooling2d(y, 2, 2)
    y = L.average_pooling2d(y, 2, 1, 'same')
    tf.gradients(y, [x] + tf.trainable_variables())
with tf.variable_scope('s19'):  # conv2d filters zero
    L.conv2d(x, 0, 3)
with tf.variable_scope('s20'):  # conv3d args
    L.conv3d(x3, 4, (1, 2, 3), strides=(2, 1, 1), padding='same', activation=tf.nn.relu)
    L.conv3d(x3c, 4, 2, data_format='channels_first')
    L.conv3d(x3, 4, 2, dilation_rate=2)
with tf.variable_scope('s21'):  # deconv3d
    L.conv3d_transpose(x3, 4, 2, strides=2, padding='same', activation=tf.nn.relu)
    L.conv3d_transpose(x3, 4, (2, 3, 1), strides=(1, 2, 1))
    L.conv3d_transpose(x3c, 4, 2, strides=2, data_format='channels_first')
    L.conv3d_transpose(tf.placeholder(tf.float32, [None, None, None, None, 3]), 4, 2, use_bias=False)
with tf.variable_scope('s22'):  # pool1d
    y = L.max_pooling1d(x1, 3, 2, 'same', name='w')
    L.average_pooling1d(x1, [2], [1])
with tf.variable_scope('s23'):  # bn fused
    L.batch_normalization(x, training=True)
    L.batch_normalization(x, training=t, momentum=0.9, epsilon=1e-05)
    L.batch_normalization(xc, axis=1, training=True)
    L.batch_normalization(x, fused=False, training=True)
    L.batch_normalization(x, scale=False, training=t)
with tf.variable_scope('s24'):  # bn fused no center
    L.batch_normalization(x, center=False, training=t)
    L.batch_normalization(x, beta_initializer=tf.ones_initializer(), gamma_initializer='ones',
                          moving_mean_initializer=tf.ones_initializer(), beta_regularizer=reg,
            gamma_constraint=tf.abs, beta_constraint=tf.abs)
with tf.variable_scope('s25'):  # bn axis list
    L.batch_normalization(x, axis=[-1], training=True)
    L.batch_normalization(x, axis=[1, 2, 3], training=t)
with tf.variable_scope('s26'):  # bn fused err
    L.batch_normalization(v, fused=True)
with tf.variable_scope('s27'):  # bn fused renorm
    L.batch_normalization(x, fused=True, renorm=True)
with tf.variable_scope('s28'):  # bn renorm
    L.batch_normalization(x, renorm=True, training=t, renorm_clipping={'rmax': tf.constant(2.0), 'rmin': 0.1,
            'dmax': 1.0}, renorm_momentum=0.9)
with tf.variable_scope('s29'):  # bn virtual
    L.batch_normalization(x, virtual_batch_size=1, training=True)
with tf.variable_scope('s30'):  # bn virtual t
    L.batch_normalization(v, virtual_batch_size=2, training=t, adjustment=None)
with tf.variable_scope('s31'):  # bn virtual obj err
    L.batch_normalization(v, virtual_batch_size=2, renorm=True)
with tf.variable_scope('s32'):  # bn half
    L.batch_normalization(tf.placeholder(tf.float16, [2, 3, 3, 4]), training=True)
    L.batch_normalization(tf.placeholder(tf.float16, [2, 4]), training=True)
with tf.variable_scope('s33'):  # bn grads
    y = L.batch_normalization(x, training=True)
    y = L.batch_normalization(L.flatten(y), training=t)
    tf.gradients(y, [x] + tf.trainable_variables())
    with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
        tf.no_op()
with tf.variable_scope('s34'):  # bn untrainable
    L.batch_normalization(x, training=True, trainable=False)
    L.batch_normalization(x, training=t, trainable=False)
with tf.variable_scope('s35'):  # bn in cond
    tf.cond(t, lambda: L.batch_normalization(v, training=True, name='b', reuse=tf.AUTO_REUSE),
            lambda: L.batch_normalization(v, training=False, name='b', reuse=tf.AUTO_REUSE))
with tf.variable_scope('s36'):  # bn 5d
    L.batch_normalization(x3, training=t)
with tf.variable_scope('s37'):  # dropout
    L.dropout(v, 0.5, training=True)
    L.dropout(v, 0.5, noise_shape=[None, 1] and [1, 4], training=True, seed=3)
    L.dropout(v, 0.0, training=True)
    L.dropout(v, tf.constant(0.5), training=t, name='dd')
    L.dropout(v, 1.0, training=False)
with tf.variable_scope('s38'):  # flatten
    L.flatten(xn)
    L.flatten(x)
    L.flatten(tf.placeholder(tf.float32, [None]))
    L.flatten(tf.placeholder(tf.float32, [None, 2, None]))
    L.flatten(tf.placeholder(tf.float32, [2, 3, 4]), data_format='channels_first')
    L.Flatten().compute_output_shape((None, 3, 4))
with tf.variable_scope('s39'):  # layer in while
    d = L.Dense(4)
    tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, d(a)), [0, v])
with tf.variable_scope('s40'):  # keras layers basics
    K = tf.keras.layers
    K.Dense(3)(v)
