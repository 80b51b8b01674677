"""tf.contrib.quantize: a net that is trained and used with rounded numbers; patterns of operations; mistakes."""
import logging

import numpy as np
import tensorflow as tf
from tensorflow.contrib.quantize.python import graph_matcher, quant_ops

logging.getLogger('tensorflow').setLevel(logging.ERROR)
layers, quantize = tf.contrib.layers, tf.contrib.quantize
random = np.random.RandomState(0)
images = random.rand(4, 6, 6, 2).astype(np.float32)


def net(is_training):
    x = layers.conv2d(tf.constant(images), 3, 3, scope='conv', weights_initializer=tf.constant_initializer(random.rand(3, 3, 2, 3) - .5),
                      normalizer_fn=layers.batch_norm, normalizer_params=dict(is_training=is_training, decay=.5))
    x = layers.flatten(layers.max_pool2d(x, 2))
    return layers.fully_connected(x, 2, activation_fn=None, scope='logits',
                                  weights_initializer=tf.constant_initializer(random.rand(27, 2) - .5))


with tf.Graph().as_default():
    loss = tf.losses.sparse_softmax_cross_entropy([0, 1, 1, 0], net(True))
    quantize.experimental_create_training_graph(quant_delay=2, freeze_bn_delay=4)
    step = tf.train.GradientDescentOptimizer(.05).minimize(loss)
    updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
    saver = tf.train.Saver()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for i in range(6):
            print(i, '%.3f' % session.run([loss, step])[0])
            session.run(updates)
        for variable in tf.global_variables():
            if not variable.trainable:
                print(variable.op.name, np.round(session.run(variable).tolist(), 2) + 0.)
        saver.save(session, './quantized')
    try:
        quantize.create_training_graph()
    except ValueError as error:
        print(error)

with tf.Graph().as_default():
    logits = net(False)
    quantize.create_eval_graph()
    with tf.Session() as session:
        tf.train.Saver().restore(session, './quantized')
        print(np.round(session.run(logits), 2))

with tf.Graph().as_default() as graph:
    x = tf.constant([[-1., .3, 2.6], [.5, -.7, .1]], name='x')
    for make in (quant_ops.LastValueQuantize, quant_ops.MovingAvgQuantize):
        for per_channel in (False, True):
            make(x, per_channel=per_channel, num_bits=4, symmetric=per_channel)
    quant_ops.FixedQuantize(x, -1., 1.)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for op in graph.get_operations():
            if op.type.startswith('FakeQuant'):
                print(op.name, session.run(op.outputs[0]).tolist())
    x = graph_matcher.OpTypePattern('Const', name='const')
    pattern = graph_matcher.OpTypePattern('Minimum|Maximum', inputs=[x, graph_matcher.OneofPattern(
        [graph_matcher.OpTypePattern('Min'), graph_matcher.OpTypePattern('Max')])], ordered_inputs=False)
    for match in graph_matcher.GraphMatcher(pattern).match_graph(graph):
        print(match.get_op(pattern).name, match.get_op('const').name, match.get_tensor(x).name, match.get_op('none'))
    try:
        match.get_op(1)
    except ValueError as error:
        print(error)
