"""K-means: the graphs and centers of TensorFlow 1.15.5 (tests/data/kmeans.json says how they were made)."""
import json
import pathlib

import numpy as np
import pytest
import reflow.tensorflow as tf
from reflow.contrib.factorization.python.ops import clustering_ops as contrib_ops
from reflow.ops import clustering_ops

RECORDED = json.loads((pathlib.Path(__file__).resolve().parents[2] / 'tests/data/kmeans.json').read_text())
X = np.random.RandomState(0).rand(60, 3).astype('f')
MODULES = {'contrib': contrib_ops, 'core': clustering_ops}


def build(case):
    tf.set_random_seed(3)
    x = tf.placeholder(tf.float32, [None, 3])
    initial = X[:4] if case['init'] == 'given' else case['init']
    model = MODULES[case['module']].KMeans(x, 4, initial, case['distance'], case['mini_batch'], case['steps'], random_seed=7,
                                           kmc2_chain_length=5)
    return x, model.training_graph()


@pytest.mark.parametrize('case', RECORDED['cases'], ids=lambda case: '-'.join(str(each) for each in list(case.values())[:5]))
def test_centers(case):
    with tf.Graph().as_default() as graph, tf.Session() as session:
        x, (_, indices, _, initialized, init_op, training_op) = build(case)
        assert len(graph.get_operations()) == case['num_nodes']
        session.run(tf.global_variables_initializer(), {x: X})
        runs = 0
        while not session.run(initialized):
            session.run(init_op, {x: X})
            runs += 1
        for _ in range(4):
            session.run(training_op, {x: X})
        assert runs == case['init_runs']
        if 'centers' in case:
            assert session.run(indices[0], {x: X})[:10].tolist() == case['indices']
            np.testing.assert_allclose(session.run(tf.global_variables()[0]), case['centers'], atol=2e-5)


def test_small_batches():
    centers, counts = X[:4].copy(), np.ones(4)
    with tf.Graph().as_default(), tf.Session() as session:
        x, graph = build({'module': 'core', 'init': 'given', 'distance': 'squared_euclidean', 'mini_batch': True, 'steps': 1})
        session.run(tf.global_variables_initializer(), {x: X})
        session.run(graph[4], {x: X})
        for start in (0, 20, 40):
            rows = X[start:start + 20]
            session.run(graph[5], {x: rows})
            nearest = ((rows[:, None] - centers) ** 2).sum(2).argmin(1)
            more = np.bincount(nearest, minlength=4)
            sums = np.array([rows[nearest == k].sum(0) for k in range(4)])
            centers += (sums - more[:, None] * centers) / (counts + more)[:, None]
            counts += more
        np.testing.assert_allclose(session.run(tf.global_variables()[0]), centers, atol=2e-5)


def test_nodes():
    with tf.Graph().as_default() as graph:
        build({'module': 'contrib', 'init': 'kmeans_plus_plus', 'distance': 'cosine', 'mini_batch': True, 'steps': 3})
        assert ['%s %s' % (op.name, op.type) for op in graph.get_operations()] == RECORDED['nodes']


def test_mistakes():
    with pytest.raises(ValueError, match="Unsupported initialization algorithm 'best'"):
        clustering_ops.KMeans(X, 4, 'best')
    with pytest.raises(ValueError, match="Unsupported distance metric 'far'"):
        tf.estimator.experimental.KMeans(4, distance_metric='far')


def test_estimator(tmp_path):
    model = tf.estimator.experimental.KMeans(num_clusters=3, model_dir=str(tmp_path), seed=5, use_mini_batch=False)

    def rows():
        return tf.data.Dataset.from_tensors(X).repeat(4)
    for _ in range(3):
        model.train(rows)
    assert abs(model.score(rows) - 7.6740828) < 1e-4
    centers = model.cluster_centers()
    np.testing.assert_allclose(centers, [[0.6646155, 0.5793133, 0.77942693], [0.42500904, 0.17602858, 0.49638203],
                                         [0.3819543, 0.77141976, 0.26979688]], atol=1e-5)

    indices = list(model.predict_cluster_index(lambda: tf.data.Dataset.from_tensors(X)))
    assert len(indices) == 60
    distances = np.array(list(model.transform(lambda: tf.data.Dataset.from_tensors(X))))
    np.testing.assert_allclose(distances, np.linalg.norm(X[:, None] - centers, axis=2), atol=1e-3)
    assert np.argmin(distances, 1).tolist() == [int(each) for each in indices]
