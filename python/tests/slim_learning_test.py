"""slim.learning.train as with real TensorFlow 1.15.5: the loss after twenty steps, and the files that it leaves."""
import os

import numpy as np
import pytest


def test_training_with_slim(tmp_path):
    import reflow.tensorflow as tf
    slim = tf.contrib.slim
    tf.reset_default_graph()
    tf.set_random_seed(3)
    x = tf.constant(np.random.RandomState(0).rand(16, 8, 8, 1).astype(np.float32))
    with slim.arg_scope([slim.conv2d, slim.fully_connected], weights_regularizer=slim.l2_regularizer(1e-3)):
        net = slim.repeat(x, 2, slim.conv2d, 8, [3, 3], scope='conv')
        net = slim.flatten(slim.max_pool2d(net, [2, 2]))
        net = slim.dropout(slim.stack(net, slim.fully_connected, [16, 8], scope='fc'), 0.9, is_training=True)
        logits = slim.fully_connected(net, 4, activation_fn=None, scope='logits')
    slim.losses.softmax_cross_entropy(logits, tf.one_hot(np.arange(16) % 4, 4))
    train_op = slim.learning.create_train_op(slim.losses.get_total_loss(), tf.train.AdamOptimizer(0.01),
                                             summarize_gradients=True)
    last = slim.learning.train(train_op, str(tmp_path), number_of_steps=20, summary_op=None)
    assert last == pytest.approx(0.8042863, rel=1e-3)
    files = set(os.listdir(tmp_path))
    assert {'checkpoint', 'graph.pbtxt', 'model.ckpt-20.index'} <= files
    # The thread that saves does so first thing, too, as the first steps are run or before them.
    assert any('model.ckpt-%d.index' % step in files for step in range(20))
