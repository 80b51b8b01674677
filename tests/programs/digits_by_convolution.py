"""A convolutional network with hand-written layers, on made-up digits."""
import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
np.random.seed(0)
tf.set_random_seed(1)


def weight_variable(shape, name):
    initial = tf.truncated_normal(shape, stddev=0.1)
    return tf.Variable(initial, name=name)


def bias_variable(shape, name):
    return tf.Variable(tf.constant(0.1, shape=shape), name=name)


def conv2d(x, W):
    return tf.nn.conv2d(x, W, strides=[1, 1, 1, 1], padding='SAME')


def max_pool_2x2(x):
    return tf.nn.max_pool(x, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding='SAME')


def variable_summaries(var):
    with tf.name_scope('summaries'):
        mean = tf.reduce_mean(var)
        tf.summary.scalar('mean', mean)
        with tf.name_scope('stddev'):
            stddev = tf.sqrt(tf.reduce_mean(tf.square(var - mean)))
        tf.summary.scalar('stddev', stddev)
        tf.summary.histogram('histogram', var)


x = tf.placeholder(tf.float32, shape=[None, 196], name='x')
y_ = tf.placeholder(tf.float32, shape=[None, 10], name='y_')
x_image = tf.reshape(x, [-1, 14, 14, 1])
with tf.name_scope('conv1'):
    W_conv1 = weight_variable([5, 5, 1, 8], 'W')
    b_conv1 = bias_variable([8], 'b')
    h_conv1 = tf.nn.relu(conv2d(x_image, W_conv1) + b_conv1)
    h_pool1 = max_pool_2x2(h_conv1)
    variable_summaries(W_conv1)
with tf.name_scope('conv2'):
    W_conv2 = weight_variable([5, 5, 8, 16], 'W')
    b_conv2 = bias_variable([16], 'b')
    h_pool2 = max_pool_2x2(tf.nn.relu(conv2d(h_pool1, W_conv2) + b_conv2))
with tf.name_scope('fc1'):
    size = int(np.prod(h_pool2.get_shape()[1:]))
    W_fc1 = weight_variable([size, 32], 'W')
    b_fc1 = bias_variable([32], 'b')
    h_fc1 = tf.nn.relu(tf.matmul(tf.reshape(h_pool2, [-1, size]), W_fc1) + b_fc1)
keep_prob = tf.placeholder(tf.float32)
h_drop = tf.nn.dropout(h_fc1, keep_prob)
with tf.name_scope('fc2'):
    W_fc2 = weight_variable([32, 10], 'W')
    b_fc2 = bias_variable([10], 'b')
    logits = tf.matmul(h_drop, W_fc2) + b_fc2
y_conv = tf.nn.softmax(logits)
cross_entropy = tf.reduce_mean(-tf.reduce_sum(y_ * tf.log(tf.clip_by_value(y_conv, 1e-10, 1.0)), reduction_indices=[1]))
tf.summary.scalar('cross_entropy', cross_entropy)
train_step = tf.train.AdamOptimizer(1e-3).minimize(cross_entropy)
correct = tf.equal(tf.argmax(y_conv, 1), tf.argmax(y_, 1))
accuracy = tf.reduce_mean(tf.cast(correct, tf.float32))
merged = tf.summary.merge_all()
centers = np.random.rand(10, 196)
labels = np.random.randint(0, 10, 64)
images = (centers[labels] + 0.1 * np.random.randn(64, 196)).astype(np.float32)
onehot = np.eye(10)[labels]
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for i in range(6):
        summary, loss, _ = sess.run([merged, cross_entropy, train_step], {x: images, y_: onehot, keep_prob: 0.5})
        s = tf.Summary.FromString(summary)
        print(i, 'loss %.4f' % loss, [(v.tag, round(v.simple_value, 4)) for v in s.value if v.HasField('simple_value')])
    print('accuracy', accuracy.eval({x: images, y_: onehot, keep_prob: 1.0}))
    print(sorted(v.name for v in tf.trainable_variables()))
    print(h_conv1, h_pool2, logits)
print(sum(np.prod(v.get_shape().as_list()) for v in tf.trainable_variables()))
