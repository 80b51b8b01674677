"""Ensembles of trees and streams of quantiles, op by op."""
import hashlib

import numpy as np
import tensorflow as tf
from tensorflow.core.kernels.boosted_trees import boosted_trees_pb2
from tensorflow.python.ops import boosted_trees_ops as trees
from tensorflow.python.ops import gen_boosted_trees_ops as gen

random = np.random.RandomState(0)


def check(values):
    return hashlib.md5(np.ascontiguousarray(values).tobytes()).hexdigest()[:10]


def fails(fetch):
    try:
        print(session.run(fetch))
    except tf.errors.OpError as error:
        print(type(error).__name__, error.message.split('\n')[0])


session = tf.InteractiveSession()

# Summaries: few values, many, repeated ones, weights of zero, merged streams, more than a level has room for.
for n, epsilon, kinds in ((5, .1, 9), (100, .1, 1000), (5000, .01, 10000000), (3000, .2, 37)):
    values = [random.randint(0, kinds, n).astype(np.float32) / 7 for _ in range(2)]
    weights = random.randint(0, 5, n).astype(np.float32)
    for w in (weights, [1.]):
        summaries = session.run(gen.boosted_trees_make_quantile_summaries(values, w, epsilon))
        print(n, [(s.shape, check(s)) for s in summaries], summaries[0][0].tolist(), summaries[0][-1].tolist())

accumulator = trees.QuantileAccumulator(epsilon=.05, num_streams=2, num_quantiles=20, name='quantiles')
print(accumulator.resource_handle.name, session.run(accumulator.is_initialized()))
session.run(accumulator.initializer)
feature = tf.placeholder(tf.float32, [None])
add = accumulator.add_summaries([feature, feature * feature], tf.ones([1]))
for batch in range(30):
    session.run(add, {feature: random.randn(200)})
session.run(accumulator.flush())
boundaries = session.run(accumulator.get_bucket_boundaries())
print([(b.shape, check(b), b[:3].tolist()) for b in boundaries], session.run(accumulator.is_initialized()))
print([b.tolist() for b in session.run(trees.boosted_trees_bucketize(
    [[-9., 0., 1., 9.], [.1, .2, .3, 40.]], accumulator.get_bucket_boundaries()))])
print(session.run(trees.boosted_trees_bucketize([[1., 2.]], [tf.zeros([0])])))
session.run([add], {feature: np.arange(100) % 17})
print([check(s) for s in session.run(gen.boosted_trees_flush_quantile_summaries(accumulator.resource_handle, 2))])
session.run([add], {feature: np.arange(100) % 17})
session.run(gen.boosted_trees_quantile_stream_resource_flush(accumulator.resource_handle, 5, generate_quantiles=True))
print([b.tolist() for b in session.run(accumulator.get_bucket_boundaries())])
fails(gen.boosted_trees_create_quantile_stream_resource(accumulator.resource_handle, 0., 2))
fails(gen.boosted_trees_make_quantile_summaries([[1., 2.]], [1., 2., 3.], .1))

# A bucket more than there are is the next node's first.
print(session.run(trees.make_stats_summary([0, 1], [[1.], [2.]], [[.5], [.25]], [[2, 0]], max_splits=3, num_buckets=2)).tolist())

# Trees: grown from random sums with each way of pruning, and asked.
buckets = [random.randint(0, 5, 40).astype(np.int32) for _ in range(3)]
for pruning in range(3):
    ensemble = trees.TreeEnsemble('trees%d' % pruning, stamp_token=7)
    fails(ensemble.get_states())
    session.run(ensemble.initializer)
    print([np.array(state).tolist() for state in session.run(ensemble.get_states())])
    print(session.run(trees.predict(ensemble.resource_handle, buckets, 1)).sum())
    tree_ids, node_ids, logits = tf.zeros([40], tf.int32), -tf.ones([40], tf.int32), tf.zeros([40, 1])
    cached = [np.zeros(40, np.int32), -np.ones(40, np.int32), np.zeros([40, 1], np.float32)]
    if pruning:
        for gradient in (.5, .001):
            print(session.run(trees.center_bias(ensemble.resource_handle, [[gradient]], [[.25]], .01, .1)))
    places = [tf.placeholder(tf.int32, [40]), tf.placeholder(tf.int32, [40])]
    predict = trees.training_predict(ensemble.resource_handle, *places, buckets, 1)
    nodes, g, h = tf.placeholder(tf.int32, [40]), tf.placeholder(tf.float32, [40, 1]), tf.placeholder(tf.float32, [40, 1])
    stats = [trees.make_stats_summary(nodes, g, h, [bucket], max_splits=7, num_buckets=5)[0] for bucket in buckets]
    gains = trees.calculate_best_gains_per_feature(
        ensemble.get_states()[4], stats, .01, .1, .3 if pruning else 0., .01, max_splits=7)
    grow = trees.update_ensemble(ensemble.resource_handle, [0, 1, 2], gains[0], gains[1], gains[2], gains[3], gains[4],
                                 max_depth=3, learning_rate=.5, pruning_mode=pruning)
    for layer in range(7):
        partial, tree_ids, node_ids = session.run(predict, dict(zip(places, cached)))
        cached = [tree_ids, node_ids, cached[2] + partial]
        feeds = {nodes: node_ids, g: random.randn(40, 1), h: random.rand(40, 1)}
        print(layer, check(session.run(stats, feeds)), [v.tolist() for v in session.run(gains.thresholds_list, feeds)],
              np.round(cached[2].sum(), 3))
        session.run(grow, feeds)
    print([np.array(state).tolist() for state in session.run(ensemble.get_states())])
    stamp, serialized = session.run(ensemble.serialize())
    print(stamp, len(serialized), check(serialized))
    print(check(session.run(trees.predict(ensemble.resource_handle, buckets, 1))),
          [check(v) for v in session.run(predict, dict(zip(places, cached)))])
    if pruning:
        debug = boosted_trees_pb2.DebugOutput.FromString(
            session.run(trees.example_debug_outputs(ensemble.resource_handle, buckets, 1))[3])
        print(list(debug.feature_ids), [round(value, 3) for value in debug.logits_path])
    other = trees.TreeEnsemble('other%d' % pruning, is_local=True)
    session.run(other.initializer)
    session.run(other.deserialize(*ensemble.serialize()))
    print(session.run(other.serialize())[1] == serialized, session.run(other.get_stamp_token()))

fails(gen.boosted_trees_get_ensemble_states(accumulator.resource_handle))
try:
    trees.PruningMode.from_str('late')
except ValueError as error:
    print(error)
saver = tf.train.Saver()
print(sorted(name for name, _ in tf.train.list_variables(saver.save(session, './trees'))))
session.run(gen.boosted_trees_deserialize_ensemble(ensemble.resource_handle, 1, ''))
saver.restore(session, './trees')
print(session.run(ensemble.serialize())[1] == serialized, [len(b) for b in session.run(accumulator.get_bucket_boundaries())])
fails(gen.boosted_trees_deserialize_ensemble(ensemble.resource_handle, 1, b'\xff'))
