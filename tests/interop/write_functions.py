"""Writes a SavedModel as TensorFlow 2 does: functions, variables and tables as objects. Prints what it computes.

Is run by TensorFlow 2, behind the prelude of peer.py, with the folder and the inputs as its arguments.
"""
import json
import sys

import tensorflow as tf

tf.compat.v1.enable_v2_behavior()


class Model(tf.Module):
    def __init__(self):
        self.w = tf.Variable([[0.5, -1., .25], [2., 0., 1.]], name='w')
        self.kernel = tf.Variable(tf.reshape(tf.range(18.) / 18, [3, 3, 1, 2]))
        self.table = tf.lookup.StaticHashTable(
            tf.lookup.KeyValueTensorInitializer(['a', 'b'], tf.constant([1, 2], tf.int64)), -1)

    @tf.function(input_signature=[tf.TensorSpec([None, 2])])
    def dense(self, x):
        y = tf.nn.relu(tf.matmul(x, self.w))
        if tf.reduce_sum(y) > 1:
            y *= 2
        for i in tf.range(3):
            y += tf.cast(i, tf.float32)
        return {'y': y, 'probabilities': tf.nn.softmax(y), 'top': tf.math.top_k(y, 2).indices}

    @tf.function(input_signature=[tf.TensorSpec([None, 4, 4, 1])])
    def image(self, x):
        y = tf.nn.max_pool2d(tf.nn.conv2d(x, self.kernel, 1, 'SAME'), 2, 2, 'VALID')
        y, _, _ = tf.compat.v1.nn.fused_batch_norm(y, [1., 2.], [0., 1.], [.5, .5], [1., 4.], is_training=False)
        return {'mean': tf.reduce_mean(tf.nn.gelu(y), [1, 2])}

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
    def words(self, x):
        return {'number': self.table.lookup(x), 'length': tf.strings.length(x)}


model = Model()
signatures = {'dense': model.dense, 'image': model.image, 'words': model.words}
tf.saved_model.save(model, sys.argv[1], signatures=signatures)
for name, value in json.loads(sys.argv[2]).items():
    results = signatures[name](tf.constant(value))
    print(name, {key: [round(float(v), 4) for v in results[key].numpy().ravel()] for key in sorted(results)})
