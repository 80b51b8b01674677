"""Classifies three clouds of points with softmax regression, a decaying learning rate and weight decay."""
import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
FLAGS = tf.app.flags.FLAGS
tf.app.flags.DEFINE_integer('batch_size', 30, 'Points in a batch.')
tf.app.flags.DEFINE_float('weight_decay', 1e-3, 'Factor of the L2 loss.')


def clouds(seed, points_each):
    rng = np.random.RandomState(seed)
    centers = np.array([[0., 2., 1., 0.], [2., 0., 0., 1.], [-2., -1., 1., 1.]])
    labels = np.repeat(np.arange(3), points_each)
    points = centers[labels] + rng.normal(scale=0.8, size=(labels.size, 4))
    order = rng.permutation(labels.size)
    return points[order].astype(np.float32), labels[order]


def inference(features):
    with tf.variable_scope('softmax_linear'):
        weights = tf.get_variable('weights', shape=[4, 3], initializer=tf.truncated_normal_initializer(stddev=0.5, seed=3),
                                  regularizer=tf.contrib.layers.l2_regularizer(FLAGS.weight_decay))
        biases = tf.get_variable('biases', [3], initializer=tf.zeros_initializer())
        return tf.nn.xw_plus_b(features, weights, biases, name='logits')


def main(_):
    features = tf.placeholder(tf.float32, [None, 4], name='features')
    labels = tf.placeholder(tf.int64, [None], name='labels')
    logits = inference(features)

    cross_entropy = tf.losses.sparse_softmax_cross_entropy(labels=labels, logits=logits)
    total_loss = tf.losses.get_total_loss(add_regularization_losses=True)
    print([loss.name for loss in tf.losses.get_losses()], [loss.name for loss in tf.losses.get_regularization_losses()])

    global_step = tf.train.get_or_create_global_step()
    rate = tf.train.exponential_decay(0.5, global_step, decay_steps=10, decay_rate=0.9, staircase=True)
    train_op = tf.train.MomentumOptimizer(rate, momentum=0.9).minimize(total_loss, global_step=global_step)

    prediction = tf.argmax(tf.nn.softmax(logits), axis=1)
    accuracy, update_accuracy = tf.metrics.accuracy(labels=labels, predictions=prediction)
    confusion = tf.confusion_matrix(labels, prediction, num_classes=3)
    top2 = tf.reduce_mean(tf.cast(tf.nn.in_top_k(logits, labels, 2), tf.float32))

    points, classes = clouds(1, 40)
    with tf.Session() as sess:
        sess.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        for step in range(24):
            begin = (step * FLAGS.batch_size) % len(points)
            batch = {features: points[begin:begin + FLAGS.batch_size], labels: classes[begin:begin + FLAGS.batch_size]}
            _, loss, entropy, r = sess.run([train_op, total_loss, cross_entropy, rate], feed_dict=batch)
            if step % 6 == 0:
                print('step %d: loss %.6f, cross entropy %.6f, rate %.6f' % (step, loss, entropy, r))
        test_points, test_classes = clouds(2, 20)
        test = {features: test_points, labels: test_classes}
        sess.run(update_accuracy, test)
        print('accuracy %.6f' % sess.run(accuracy))
        print(sess.run(confusion, test))
        print('top 2: %.6f, steps: %d' % (sess.run(top2, test), sess.run(global_step)))
        for variable in tf.trainable_variables():
            print(variable.op.name, variable.eval().sum(axis=0))


if __name__ == '__main__':
    tf.app.run()
