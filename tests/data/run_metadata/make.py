import sys
import numpy as np
import tensorflow as tf
from tensorflow.python.client import timeline
tf.set_random_seed(1)
x = tf.placeholder(tf.float32, [100, 784], name='x')
y = tf.placeholder(tf.int64, [100], name='y')
w = tf.Variable(tf.truncated_normal([784, 50], stddev=.1, seed=1), name='w')
v = tf.Variable(tf.truncated_normal([50, 10], stddev=.1, seed=2), name='v')
logits = tf.matmul(tf.nn.relu(tf.matmul(x, w)), v)
loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
train = tf.train.GradientDescentOptimizer(.1).minimize(loss)
with tf.Session() as s:
    s.run(tf.global_variables_initializer())
    meta = tf.RunMetadata()
    feed = {x: np.ones([100, 784]), y: np.zeros([100])}
    s.run([loss, train], feed)
    s.run([loss, train], feed, options=tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE), run_metadata=meta)
open(sys.argv[1], 'wb').write(meta.SerializeToString())
open(sys.argv[1] + '.json', 'w').write(timeline.Timeline(meta.step_stats).generate_chrome_trace_format(show_memory=True))
