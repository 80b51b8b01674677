"""Clusters points: once step by step with tf.assign, once in a tf.while_loop."""
import numpy as np
import tensorflow as tf

num_points, num_clusters, num_iterations = 120, 4, 12
rng = np.random.RandomState(5)
true_centers = rng.uniform(-4, 4, (num_clusters, 2))
data = (true_centers[rng.randint(num_clusters, size=num_points)] + rng.normal(0, 0.5, (num_points, 2))).astype('float32')

points = tf.constant(data, name='points')
centroids = tf.Variable(tf.slice(tf.random_shuffle(points, seed=11), [0, 0], [num_clusters, -1]), name='centroids')


def assignments_of(centers):
    expanded_points = tf.expand_dims(points, 0)
    expanded_centers = tf.expand_dims(centers, 1)
    distances = tf.reduce_sum(tf.square(tf.subtract(expanded_points, expanded_centers)), 2)
    return tf.argmin(distances, 0), tf.reduce_min(distances, axis=0)


def bucket_mean(values, bucket_ids, num_buckets):
    total = tf.unsorted_segment_sum(values, bucket_ids, num_buckets)
    count = tf.unsorted_segment_sum(tf.ones_like(values), bucket_ids, num_buckets)
    return total / tf.maximum(count, 1.)


assignments, distances = assignments_of(centroids)
previous = tf.Variable(tf.zeros([num_points], tf.int64))
with tf.control_dependencies([assignments]):
    changed = tf.reduce_any(tf.not_equal(assignments, previous))
with tf.control_dependencies([changed]):
    update = tf.group(centroids.assign(bucket_mean(points, assignments, num_clusters)), previous.assign(assignments))

start = tf.placeholder(tf.float32, [num_clusters, 2])
looped_steps, looped_centers = tf.while_loop(
    lambda i, centers: tf.less(i, num_iterations),
    lambda i, centers: (i + 1, bucket_mean(points, assignments_of(centers)[0], num_clusters)),
    [tf.constant(0), start])

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    first = sess.run(centroids)
    print('start', first, sep='\n')
    iteration, going = 0, True
    while going and iteration < num_iterations:
        iteration += 1
        going, _, cost = sess.run([changed, update, tf.reduce_mean(distances)])
        print('iteration %d, mean distance %.5f, changed: %s' % (iteration, cost, going))
    print('found', centroids.eval(), sep='\n')
    print('in each:', sess.run(tf.bincount(tf.to_int32(assignments), minlength=num_clusters)))
    _, _, count = sess.run(tf.unique_with_counts(assignments))
    print('sorted:', sorted(count.tolist()))
    steps, in_loop = sess.run([looped_steps, looped_centers], {start: first})
    print('in a loop of', steps, np.allclose(in_loop, centroids.eval(), atol=1e-5))
    partitions = sess.run(tf.dynamic_partition(data[:, 0], tf.to_int32(assignments), num_clusters))
    print('means of x:', ' '.join('%.5f' % part.mean() for part in partitions))
