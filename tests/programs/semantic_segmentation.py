"""Semantic segmentation in the style of DeepLab: slim, separable convolutions with rates, a pyramid of these, a decoder."""
import numpy as np
import tensorflow as tf

slim = tf.contrib.slim
tf.set_random_seed(2)


def arg_scope(weight_decay=1e-4, is_training=True):
    with slim.arg_scope([slim.conv2d, slim.separable_conv2d], weights_initializer=tf.truncated_normal_initializer(stddev=0.09),
                        activation_fn=tf.nn.relu6, normalizer_fn=slim.batch_norm,
                        normalizer_params={'is_training': is_training, 'decay': 0.997, 'center': True, 'scale': True}):
        with slim.arg_scope([slim.conv2d], weights_regularizer=slim.l2_regularizer(weight_decay)):
            with slim.arg_scope([slim.separable_conv2d], weights_regularizer=None) as sc:
                return sc


def split_separable_conv2d(inputs, filters, kernel_size=3, rate=1, scope=None):
    outputs = slim.separable_conv2d(inputs, None, kernel_size=kernel_size, depth_multiplier=1, rate=rate, scope=scope + '_depthwise')
    return slim.conv2d(outputs, filters, 1, scope=scope + '_pointwise')


def bottleneck(net, expansion, filters, stride, rate, scope):
    with tf.variable_scope(scope, 'bottleneck', [net]) as sc:
        depth = net.get_shape().as_list()[3]
        out = slim.conv2d(net, depth * expansion, 1, scope='expand')
        out = slim.separable_conv2d(out, None, 3, depth_multiplier=1, stride=stride, rate=rate, scope='depthwise')
        out = slim.conv2d(out, filters, 1, activation_fn=None, scope='project')
        if depth == filters and stride == 1:
            out += net
        return slim.utils.collect_named_outputs('endpoints', sc.name, out)


def model(images, num_classes, is_training):
    with slim.arg_scope(arg_scope(is_training=is_training)):
        with tf.variable_scope('MobilenetV2'):
            net = slim.conv2d(images, 8, 3, stride=2, scope='Conv')
            low = net = bottleneck(net, 2, 8, 1, 1, 'expanded_conv')
            net = bottleneck(net, 3, 12, 2, 1, 'expanded_conv_1')
            net = bottleneck(net, 3, 12, 1, 2, 'expanded_conv_2')
        branch_logits = []
        image_feature = tf.reduce_mean(net, axis=[1, 2], keepdims=True, name='image_pooling_mean')
        image_feature = slim.conv2d(image_feature, 8, 1, scope='image_pooling')
        image_feature = tf.image.resize_bilinear(image_feature, tf.shape(net)[1:3], align_corners=True)
        image_feature.set_shape([None, None, None, 8])
        branch_logits.append(image_feature)
        branch_logits.append(slim.conv2d(net, 8, 1, scope='aspp0'))
        for i, rate in enumerate([2, 3], 1):
            branch_logits.append(split_separable_conv2d(net, filters=8, rate=rate, scope='aspp' + str(i)))
        concat_logits = slim.conv2d(tf.concat(branch_logits, 3), 8, 1, scope='concat_projection')
        concat_logits = slim.dropout(concat_logits, keep_prob=0.9, is_training=is_training, scope='concat_projection_dropout')
        with tf.variable_scope('decoder'):
            low = slim.conv2d(low, 4, 1, scope='feature_projection0')
            up = tf.image.resize_bilinear(concat_logits, tf.shape(low)[1:3], align_corners=True)
            net = split_separable_conv2d(tf.concat([up, low], 3), filters=8, scope='decoder_conv0')
        return slim.conv2d(net, num_classes, 1, activation_fn=None, normalizer_fn=None, scope='logits/semantic')


images = tf.placeholder(tf.float32, [2, 33, 33, 3])
labels = tf.placeholder(tf.int32, [2, 33, 33, 1])
logits = model(images / 127.5 - 1.0, 4, True)
logits = tf.image.resize_bilinear(logits, [33, 33], align_corners=True)
scaled = tf.reshape(labels, [-1])
not_ignore = tf.to_float(tf.not_equal(scaled, 255))
one_hot = slim.one_hot_encoding(scaled, 4, on_value=1.0, off_value=0.0)
tf.losses.softmax_cross_entropy(one_hot, tf.reshape(logits, shape=[-1, 4]), weights=not_ignore)
loss = tf.losses.get_total_loss()
step = tf.train.get_or_create_global_step()
rate = tf.train.polynomial_decay(0.007, step, 30, end_learning_rate=0, power=0.9)
optimizer = tf.train.MomentumOptimizer(rate, 0.9)
update_ops = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
grads = optimizer.compute_gradients(loss)
grads = slim.learning.multiply_gradients(grads, {v.op.name: 10. for v in tf.trainable_variables() if 'logits' in v.op.name})
update_ops.append(optimizer.apply_gradients(grads, global_step=step))
with tf.control_dependencies([tf.group(*update_ops)]):
    train = tf.identity(loss, name='train_op')
predictions = tf.argmax(logits, 3)
miou, update = tf.metrics.mean_iou(tf.where(tf.equal(scaled, 255), tf.zeros_like(scaled), scaled), tf.reshape(predictions, [-1]), 4, weights=not_ignore)
rng = np.random.RandomState(0)
x, y = rng.uniform(0, 255, (2, 33, 33, 3)), rng.randint(0, 4, (2, 33, 33, 1))
y[0, :3] = 255
with tf.Session() as sess:
    sess.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
    for _ in range(3):
        print('%.4f' % sess.run(train, {images: x, labels: y}))
    sess.run(update, {images: x, labels: y})
    print('%.3f' % sess.run(miou), sess.run(step), len(tf.global_variables()), len(tf.get_collection('endpoints')))
