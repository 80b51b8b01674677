"""A program of TensorFlow 1, which tools/make_wheel.sh runs in a fresh venv that has a wheel: python -m reflow try_wheel.py

It trains a line, writes a checkpoint and an image, and says which libraries of the system it got instead of the wheel's.
"""
import importlib.metadata
import os
import re
import sys
import tempfile

import numpy as np
import reflow
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 2], name='x')
w = tf.get_variable('w', [2, 1], initializer=tf.zeros_initializer())
loss = tf.reduce_mean(tf.square(tf.matmul(x, w) - tf.reduce_sum(x, 1, keepdims=True)))
train = tf.train.AdamOptimizer(0.1).minimize(loss)
picture = tf.image.decode_jpeg(tf.image.encode_jpeg(tf.zeros([8, 8, 3], tf.uint8)))
with tf.Session() as sess, tempfile.TemporaryDirectory() as folder:
    sess.run(tf.global_variables_initializer())
    for _ in range(200):
        sess.run(train, {x: np.random.rand(32, 2)})
    saver = tf.train.Saver()
    saver.restore(sess, saver.save(sess, os.path.join(folder, 'model')))
    assert np.allclose(sess.run(w), 1, atol=0.05), sess.run(w)
    assert sess.run(picture).shape == (8, 8, 3)
graph = tf.GraphDef.FromString(tf.get_default_graph().as_graph_def().SerializeToString())
assert 'MatMul' in [node.op for node in graph.node]

site = os.path.dirname(os.path.dirname(reflow.__file__))
with open('/proc/self/maps') as maps:
    loaded = {line.split()[-1] for line in maps if '.so' in line}
brought = r'lib(absl|fmt|gif|hwy|jpeg|png|protobuf|re2|reflow|snappy|unistring)'
strangers = [path for path in loaded if re.match(brought, os.path.basename(path)) and not path.startswith(site)]
assert not strangers, strangers

files = importlib.metadata.distribution('reflow').files
size = sum(os.path.getsize(file.locate()) for file in files if os.path.exists(file.locate()))
print('Python %d.%d: the wheel works; it takes %.1f MB' % (*sys.version_info[:2], size / 1e6))
