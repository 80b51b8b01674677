"""Convolutions, pooling, residual blocks."""

import reflow.tensorflow as tf
from reflow.tflearn import activations
from reflow.tflearn import keys
from reflow.tflearn import utils
from reflow.tflearn.layers import core
from reflow.tflearn.layers import normalization
from reflow.tflearn.layers import weights


def _all_sizes(value, rank):
    return [1] + utils.autoformat_sizes(value, rank) + [1]


def conv_2d(incoming, nb_filter, filter_size, strides=1, padding='same', activation='linear', bias=True,
            weights_init='uniform_scaling', bias_init='zeros', regularizer=None, weight_decay=0.001, trainable=True,
            restore=True, reuse=False, scope=None, name='Conv2D'):
    """The convolution of [batch, height, width, channels]."""
    input_shape = utils.get_incoming_shape(incoming)
    assert len(input_shape) == 4, 'Incoming Tensor shape must be 4-D, not ' + str(len(input_shape)) + '-D'
    filter_size = utils.autoformat_filter_conv2d(filter_size, input_shape[-1], nb_filter)
    with tf.variable_scope(scope, default_name=name, values=[incoming], reuse=reuse) as scope:
        w = weights.weight('W', filter_size, weights_init, regularizer, weight_decay, trainable, restore)
        b = weights.weight('b', [nb_filter], bias_init, trainable=trainable, restore=restore) if bias else None
        inference = tf.nn.conv2d(incoming, w, utils.autoformat_kernel_2d(strides), utils.autoformat_padding(padding))
        if b is not None:
            inference = tf.nn.bias_add(inference, b)
        inference = weights.activated(inference, activation)
    return weights.finished(inference, scope, w, b)


def conv_2d_transpose(incoming, nb_filter, filter_size, output_shape, strides=1, padding='same', activation='linear',
                      bias=True, weights_init='uniform_scaling', bias_init='zeros', regularizer=None, weight_decay=0.001,
                      trainable=True, restore=True, reuse=False, scope=None, name='Conv2DTranspose'):
    """The transposed convolution; `output_shape` is [height, width] or [height, width, channels]."""
    input_shape = utils.get_incoming_shape(incoming)
    assert len(input_shape) == 4, 'Incoming Tensor shape must be 4-D'
    height, width = utils.autoformat_sizes(filter_size, 2)
    sizes = list(output_shape) + ([nb_filter] if len(output_shape) == 2 else [])
    with tf.variable_scope(scope, default_name=name, values=[incoming], reuse=reuse) as scope:
        w = weights.weight('W', [height, width, nb_filter, input_shape[-1]], weights_init, regularizer, weight_decay,
                           trainable, restore)
        b = weights.weight('b', [nb_filter], bias_init, trainable=trainable, restore=restore) if bias else None
        complete = tf.stack([tf.shape(incoming)[0]] + sizes)
        inference = tf.nn.conv2d_transpose(incoming, w, complete, utils.autoformat_kernel_2d(strides),
                                           utils.autoformat_padding(padding))
        inference.set_shape([None] + sizes)
        if b is not None:
            inference = tf.nn.bias_add(inference, b)
        inference = weights.activated(inference, activation)
    return weights.finished(inference, scope, w, b)


def conv_1d(incoming, nb_filter, filter_size, strides=1, padding='same', activation='linear', bias=True,
            weights_init='uniform_scaling', bias_init='zeros', regularizer=None, weight_decay=0.001, trainable=True,
            restore=True, reuse=False, scope=None, name='Conv1D'):
    """The convolution of [batch, steps, channels]."""
    input_shape = utils.get_incoming_shape(incoming)
    assert len(input_shape) == 3, 'Incoming Tensor shape must be 3-D, not ' + str(len(input_shape)) + '-D'
    size = filter_size if isinstance(filter_size, int) else filter_size[0]
    stride = strides if isinstance(strides, int) else strides[0]
    with tf.variable_scope(scope, default_name=name, values=[incoming], reuse=reuse) as scope:
        w = weights.weight('W', [size, 1, input_shape[-1], nb_filter], weights_init, regularizer, weight_decay, trainable,
                           restore)
        b = weights.weight('b', [nb_filter], bias_init, trainable=trainable, restore=restore) if bias else None
        inference = tf.nn.conv2d(tf.expand_dims(incoming, 2), w, [1, stride, 1, 1], utils.autoformat_padding(padding))
        if b is not None:
            inference = tf.nn.bias_add(inference, b)
        inference = tf.squeeze(inference, [2])
        inference = weights.activated(inference, activation)
    return weights.finished(inference, scope, w, b)


def conv_3d(incoming, nb_filter, filter_size, strides=1, padding='same', activation='linear', bias=True,
            weights_init='uniform_scaling', bias_init='zeros', regularizer=None, weight_decay=0.001, trainable=True,
            restore=True, reuse=False, scope=None, name='Conv3D'):
    """The convolution of [batch, depth, height, width, channels]."""
    input_shape = utils.get_incoming_shape(incoming)
    assert len(input_shape) == 5, 'Incoming Tensor shape must be 5-D, not ' + str(len(input_shape)) + '-D'
    with tf.variable_scope(scope, default_name=name, values=[incoming], reuse=reuse) as scope:
        w = weights.weight('W', utils.autoformat_sizes(filter_size, 3) + [input_shape[-1], nb_filter], weights_init,
                           regularizer, weight_decay, trainable, restore)
        b = weights.weight('b', [nb_filter], bias_init, trainable=trainable, restore=restore) if bias else None
        inference = tf.nn.conv3d(incoming, w, _all_sizes(strides, 3), utils.autoformat_padding(padding))
        if b is not None:
            inference = tf.nn.bias_add(inference, b)
        inference = weights.activated(inference, activation)
    return weights.finished(inference, scope, w, b)


def atrous_conv_2d(incoming, nb_filter, filter_size, rate=1, padding='same', activation='linear', bias=True,
                   weights_init='uniform_scaling', bias_init='zeros', regularizer=None, weight_decay=0.001, trainable=True,
                   restore=True, reuse=False, scope=None, name='AtrousConv2D'):
    """The convolution with filters that leave rate - 1 values out between those that they take."""
    input_shape = utils.get_incoming_shape(incoming)
    assert len(input_shape) == 4, 'Incoming Tensor shape must be 4-D, not %d-D' % len(input_shape)
    filter_size = utils.autoformat_filter_conv2d(filter_size, input_shape[-1], nb_filter)
    return _with_filter(
        incoming, filter_size, nb_filter, lambda w: tf.nn.atrous_conv2d(incoming, w, rate, utils.autoformat_padding(padding)),
        activation, bias, weights_init, bias_init, regularizer, weight_decay, trainable, restore, reuse, scope, name)


def grouped_conv_2d(incoming, channel_multiplier, filter_size, strides=1, padding='same', activation='linear', bias=False,
                    weights_init='uniform_scaling', bias_init='zeros', regularizer=None, weight_decay=0.001, trainable=True,
                    restore=True, reuse=False, scope=None, name='GroupedConv2D'):
    """The convolution of each channel by itself, which makes `channel_multiplier` of each."""
    input_shape = utils.get_incoming_shape(incoming)
    assert len(input_shape) == 4, 'Incoming Tensor shape must be 4-D, not %d-D' % len(input_shape)
    strides, padding = utils.autoformat_kernel_2d(strides), utils.autoformat_padding(padding)
    filter_size = utils.autoformat_filter_conv2d(filter_size, input_shape[-1], channel_multiplier)
    return _with_filter(
        incoming, filter_size, channel_multiplier * input_shape[-1],
        lambda w: tf.nn.depthwise_conv2d(incoming, w, strides, padding), activation, bias, weights_init, bias_init,
        regularizer, weight_decay, trainable, restore, reuse, scope, name)


def _with_filter(incoming, filter_size, channels, function, activation, bias, weights_init, bias_init, regularizer,
                 weight_decay, trainable, restore, reuse, scope, name):
    """The layer of `function` of a filter."""
    with tf.variable_scope(scope, default_name=name, values=[incoming], reuse=reuse) as scope:
        w = weights.weight('W', filter_size, weights_init, regularizer, weight_decay, trainable, restore)
        b = weights.weight('b', [channels], bias_init, trainable=trainable, restore=restore) if bias else None
        inference = function(w)
        if b is not None:
            inference = tf.nn.bias_add(inference, b)
        inference = weights.activated(inference, activation)
    return weights.finished(inference, scope, w, b)


def _pool(function, incoming, kernel_size, strides, padding, rank, name):
    input_shape = utils.get_incoming_shape(incoming)
    assert len(input_shape) == rank + 2, 'Incoming Tensor shape must be %d-D' % (rank + 2)
    with tf.name_scope(name) as scope:
        inference = function(incoming, kernel_size, kernel_size if strides is None else strides,
                             utils.autoformat_padding(padding))
        tf.add_to_collection(keys.ACTIVATIONS, inference)
    inference.scope = scope
    return keys.add_layer(name, inference)


def max_pool_2d(incoming, kernel_size, strides=None, padding='same', name='MaxPool2D'):
    """The largest value of each window."""
    return _pool(lambda x, size, stride, pad: tf.nn.max_pool(
        x, utils.autoformat_kernel_2d(size), utils.autoformat_kernel_2d(stride), pad), incoming, kernel_size, strides,
        padding, 2, name)


def avg_pool_2d(incoming, kernel_size, strides=None, padding='same', name='AvgPool2D'):
    """The mean of each window."""
    return _pool(lambda x, size, stride, pad: tf.nn.avg_pool(
        x, utils.autoformat_kernel_2d(size), utils.autoformat_kernel_2d(stride), pad), incoming, kernel_size, strides,
        padding, 2, name)


def max_pool_1d(incoming, kernel_size, strides=None, padding='same', name='MaxPool1D'):
    """The largest value of each window."""
    return _pool(lambda x, size, stride, pad: tf.squeeze(tf.nn.max_pool(
        tf.expand_dims(x, 2), [1, size, 1, 1], [1, stride, 1, 1], pad), [2]), incoming, kernel_size, strides, padding, 1,
        name)


def avg_pool_1d(incoming, kernel_size, strides=None, padding='same', name='AvgPool1D'):
    """The mean of each window."""
    return _pool(lambda x, size, stride, pad: tf.squeeze(tf.nn.avg_pool(
        tf.expand_dims(x, 2), [1, size, 1, 1], [1, stride, 1, 1], pad), [2]), incoming, kernel_size, strides, padding, 1,
        name)


def max_pool_3d(incoming, kernel_size, strides=1, padding='same', name='MaxPool3D'):
    """The largest value of each window."""
    return _pool(lambda x, size, stride, pad: tf.nn.max_pool3d(x, _all_sizes(size, 3), _all_sizes(stride, 3), pad),
                 incoming, kernel_size, strides, padding, 3, name)


def avg_pool_3d(incoming, kernel_size, strides=None, padding='same', name='AvgPool3D'):
    """The mean of each window."""
    return _pool(lambda x, size, stride, pad: tf.nn.avg_pool3d(x, _all_sizes(size, 3), _all_sizes(stride, 3), pad),
                 incoming, kernel_size, strides, padding, 3, name)


def global_avg_pool(incoming, name='GlobalAvgPool'):
    """The mean of each channel."""
    assert len(utils.get_incoming_shape(incoming)) == 4, 'Incoming Tensor shape must be 4-D'
    with tf.name_scope(name):
        inference = tf.reduce_mean(incoming, [1, 2])
    return keys.add_layer(name, inference)


def global_max_pool(incoming, name='GlobalMaxPool'):
    """The largest value of each channel."""
    assert len(utils.get_incoming_shape(incoming)) == 4, 'Incoming Tensor shape must be 4-D'
    with tf.name_scope(name):
        inference = tf.reduce_max(incoming, [1, 2])
    return keys.add_layer(name, inference)


def upsample_2d(incoming, kernel_size, name='UpSample2D'):
    """Images that are larger by integer factors."""
    input_shape = utils.get_incoming_shape(incoming)
    assert len(input_shape) == 4, 'Incoming Tensor shape must be 4-D'
    height, width = utils.autoformat_sizes(kernel_size, 2)
    with tf.name_scope(name) as scope:
        size = tf.shape(incoming)[1:3] * tf.constant([height, width])
        inference = tf.image.resize_nearest_neighbor(incoming, size=size)
        inference.set_shape((None, input_shape[1] * height if input_shape[1] else None,
                             input_shape[2] * width if input_shape[2] else None, None))
    inference.scope = scope
    return keys.add_layer(name, inference)


def highway_conv_2d(incoming, nb_filter, filter_size, strides=1, padding='same', activation='linear',
                    weights_init='uniform_scaling', bias_init='zeros', regularizer=None, weight_decay=0.001, trainable=True,
                    restore=True, reuse=False, scope=None, name='HighwayConv2D'):
    """A convolution whose gate lets inputs through."""
    input_shape = utils.get_incoming_shape(incoming)
    filter_size = utils.autoformat_filter_conv2d(filter_size, input_shape[-1], nb_filter)
    strides, padding = utils.autoformat_kernel_2d(strides), utils.autoformat_padding(padding)
    with tf.variable_scope(scope, default_name=name, values=[incoming], reuse=reuse) as scope:
        w = weights.weight('W', filter_size, weights_init, regularizer, weight_decay, trainable, restore)
        b = weights.weight('b', [nb_filter], bias_init, trainable=trainable, restore=restore)
        w_t = weights.weight('W_T', filter_size, weights_init, None, weight_decay, trainable, restore)
        b_t = weights.weight('b_T', [nb_filter], tf.constant_initializer(-3), trainable=trainable, restore=restore)
        h = weights.activated(tf.nn.conv2d(incoming, w, strides, padding) + b, activation)
        t = tf.sigmoid(tf.nn.conv2d(incoming, w_t, strides, padding) + b_t)
        inference = tf.add(tf.multiply(h, t), tf.multiply(incoming, tf.subtract(1.0, t)))
    return weights.finished(inference, scope, w, b)


def highway_conv_1d(incoming, nb_filter, filter_size, strides=1, padding='same', activation='linear',
                    weights_init='uniform_scaling', bias_init='zeros', regularizer=None, weight_decay=0.001, trainable=True,
                    restore=True, reuse=False, scope=None, name='HighwayConv1D'):
    """A convolution whose gate lets through what it has computed, without bias and activation."""
    input_shape = utils.get_incoming_shape(incoming)
    assert len(input_shape) == 3, 'Incoming Tensor shape must be 3-D, not %d-D' % len(input_shape)
    filter_size = utils.autoformat_filter_conv2d(filter_size, input_shape[-1], nb_filter)
    filter_size[1] = 1
    strides, padding = utils.autoformat_kernel_2d(strides), utils.autoformat_padding(padding)
    strides[1] = 1
    with tf.variable_scope(scope, default_name=name, values=[incoming], reuse=reuse) as scope:
        w = weights.weight('W', filter_size, weights_init, regularizer, weight_decay, trainable, restore)
        b = weights.weight('b', nb_filter, bias_init, trainable=trainable, restore=restore)
        w_t = weights.weight('W_T', nb_filter, weights_init, None, weight_decay, trainable, restore)
        b_t = weights.weight('b_T', nb_filter, tf.constant_initializer(-3), trainable=trainable, restore=restore)
        function = activations.get(activation) if isinstance(activation, str) else activation
        if not callable(function):
            raise ValueError('Invalid Activation.')
        convolved = tf.nn.conv2d(tf.expand_dims(incoming, 2), w, strides, padding)
        h = function(tf.squeeze(convolved + b, [2]))
        t = tf.sigmoid(tf.squeeze(tf.multiply(convolved, w_t) + b_t, [2]))
        c = tf.subtract(1.0, t)
        carried = tf.multiply(h, t)
        inference = tf.add(carried, tf.multiply(tf.squeeze(convolved, [2]), c))
        tf.add_to_collection(keys.ACTIVATIONS, inference)
    inference.W_T, inference.b_T = w_t, b_t
    return weights.finished(inference, scope, w, b)


def _residual(incoming, nb_blocks, channels, downsample, downsample_strides, activation, batch_norm, reuse, scope, name,
              block):
    """Blocks whose outputs are added to their inputs (He et al., arXiv 1603.05027)."""
    resnet = incoming
    in_channels = incoming.get_shape().as_list()[-1]
    with tf.variable_scope(scope, default_name=name, values=[incoming], reuse=reuse) as scope:
        for _ in range(nb_blocks):
            identity = resnet
            strides = downsample_strides if downsample else 1
            if batch_norm:
                resnet = normalization.batch_normalization(resnet)
            resnet = weights.activated(resnet, activation)
            resnet = block(resnet, strides)
            if strides > 1:
                identity = avg_pool_2d(identity, strides, strides)
            downsample = False
            if in_channels != channels:
                before = (channels - in_channels) // 2
                identity = tf.pad(identity, [[0, 0], [0, 0], [0, 0], [before, channels - in_channels - before]])
                in_channels = channels
            resnet = resnet + identity
    return keys.add_layer(scope.name, resnet)


def residual_block(incoming, nb_blocks, out_channels, downsample=False, downsample_strides=2, activation='relu',
                   batch_norm=True, bias=True, weights_init='variance_scaling', bias_init='zeros', regularizer='L2',
                   weight_decay=0.0001, trainable=True, restore=True, reuse=False, scope=None, name='ResidualBlock'):
    """Blocks of two convolutions."""
    def conv(x, strides):
        return conv_2d(x, out_channels, 3, strides, 'same', 'linear', bias, weights_init, bias_init, regularizer,
                       weight_decay, trainable, restore)

    def block(x, strides):
        x = conv(x, strides)
        if batch_norm:
            x = normalization.batch_normalization(x)
        return conv(weights.activated(x, activation), 1)

    return _residual(incoming, nb_blocks, out_channels, downsample, downsample_strides, activation, batch_norm, reuse, scope,
                     name, block)


def residual_bottleneck(incoming, nb_blocks, bottleneck_size, out_channels, downsample=False, downsample_strides=2,
                        activation='relu', batch_norm=True, bias=True, weights_init='variance_scaling', bias_init='zeros',
                        regularizer='L2', weight_decay=0.0001, trainable=True, restore=True, reuse=False, scope=None,
                        name='ResidualBottleneck'):
    """Blocks of three convolutions, the middle one with fewer channels."""
    def conv(x, channels, size, strides, padding):
        return conv_2d(x, channels, size, strides, padding, 'linear', bias, weights_init, bias_init, regularizer,
                       weight_decay, trainable, restore)

    def block(x, strides):
        x = conv(x, bottleneck_size, 1, strides, 'valid')
        for channels, size, padding in ((bottleneck_size, 3, 'same'), (out_channels, 1, 'valid')):
            if batch_norm:
                x = normalization.batch_normalization(x)
            x = conv(weights.activated(x, activation), channels, size, 1, padding)
        return x

    return _residual(incoming, nb_blocks, out_channels, downsample, downsample_strides, activation, batch_norm, reuse, scope,
                     name, block)


_BOTTLENECKS = {1: 64, 2: 40, 4: 24, 8: 14, 32: 4}  # cardinality -> channels


def resnext_block(incoming, nb_blocks, out_channels, cardinality, downsample=False, downsample_strides=2, activation='relu',
                  batch_norm=True, weights_init='variance_scaling', regularizer='L2', weight_decay=0.0001, bias=True,
                  bias_init='zeros', trainable=True, restore=True, reuse=False, scope=None, name='ResNeXtBlock'):
    """Blocks of three convolutions, the middle one in groups (Xie et al., arXiv 1611.05431)."""
    if cardinality not in _BOTTLENECKS:
        raise ValueError('%s is not in list' % cardinality)
    bottleneck_size = _BOTTLENECKS[cardinality]
    strides = downsample_strides if downsample else 1
    in_channels = incoming.get_shape().as_list()[-1]
    last = (weights_init, bias_init, regularizer, weight_decay, trainable, restore)

    def normalized(x):
        return normalization.batch_normalization(x, trainable=trainable) if batch_norm else x

    resnext = incoming
    with tf.variable_scope(scope, default_name=name, values=[incoming], reuse=reuse):
        for _ in range(nb_blocks):
            identity = resnext
            resnext = conv_2d(resnext, bottleneck_size, 1, strides, 'valid', 'linear', bias, *last)
            resnext = core.activation(normalized(resnext), activation)
            resnext = grouped_conv_2d(resnext, cardinality, 3, 1, 'same', 'linear', False, *last)
            resnext = core.activation(normalized(resnext), activation)
            resnext = normalized(conv_2d(resnext, out_channels, 1, 1, 'valid', activation, bias, *last))
            if strides > 1:
                identity = avg_pool_2d(identity, 1, strides)
            if in_channels != out_channels:
                channels = (out_channels - in_channels) // 2
                identity = tf.pad(identity, [[0, 0], [0, 0], [0, 0], [channels, channels]])
                in_channels = out_channels
            resnext = core.activation(resnext + identity, activation)
    return resnext


def densenet_block(incoming, nb_layers, growth, bottleneck=True, downsample=True, downsample_strides=2, activation='relu',
                   batch_norm=True, dropout=False, dropout_keep_prob=0.5, weights_init='variance_scaling', regularizer='L2',
                   weight_decay=0.0001, bias=True, bias_init='zeros', trainable=True, restore=True, reuse=False, scope=None,
                   name='DenseNetBlock'):
    """Convolutions that see the outputs of all before them (Huang et al., arXiv 1608.06993)."""
    def convolved(x, size):
        if batch_norm:
            x = normalization.batch_normalization(x)
        x = core.activation(x, activation)
        return conv_2d(x, growth, size, bias=bias, weights_init=weights_init, bias_init=bias_init, regularizer=regularizer,
                       weight_decay=weight_decay, trainable=trainable, restore=restore)

    densenet = incoming
    with tf.variable_scope(scope, default_name=name, values=[incoming], reuse=reuse):
        for _ in range(nb_layers):
            before = densenet
            if bottleneck:
                densenet = convolved(densenet, 1)
            densenet = tf.concat([convolved(densenet, 3), before], 3)
        densenet = convolved(densenet, 1)
        if dropout:
            densenet = core.dropout(densenet, keep_prob=dropout_keep_prob)
        if downsample:
            densenet = avg_pool_2d(densenet, kernel_size=2, strides=downsample_strides)
    return densenet


conv1d, conv2d, conv3d = conv_1d, conv_2d, conv_3d
deconv_2d = conv_2d_transpose
