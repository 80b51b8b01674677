"""Softmaxes and cross entropies of few classes: bit for bit what TensorFlow 1.15.5 computes on a CPU.

recorded/cross_entropies.npz has logits (x) and labels (y) of [rows]_[classes], and what TensorFlow made of them: softmax (sm), its
logarithm (ls), losses and gradients of the sparse op (l, b) and of the one with one-hot labels (l2, b2).
"""
import pathlib

import numpy as np
import pytest
import reflow.tensorflow as tf

RECORDED = np.load(pathlib.Path(__file__).parent / 'recorded/cross_entropies.npz')


@pytest.mark.parametrize('shape', sorted({name.rpartition('_')[0] for name in RECORDED.files}))
def test_bits(shape):
    logits, labels = RECORDED[shape + '_x'], RECORDED[shape + '_y']
    one_hot = np.eye(logits.shape[1], dtype=np.float32)[labels]
    sparse = tf.raw_ops.SparseSoftmaxCrossEntropyWithLogits(features=logits, labels=labels)
    dense = tf.raw_ops.SoftmaxCrossEntropyWithLogits(features=logits, labels=one_hot)
    fetches = {'l': sparse[0], 'b': sparse[1], 'l2': dense[0], 'b2': dense[1], 'sm': tf.nn.softmax(logits),
               'ls': tf.nn.log_softmax(logits)}
    with tf.Session() as sess:
        got = sess.run(fetches)
    for name, value in got.items():
        np.testing.assert_array_equal(value, RECORDED['%s_%s' % (shape, name)], err_msg=name)
