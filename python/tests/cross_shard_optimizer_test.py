"""CrossShardOptimizer and what goes with it; errors and names are those of TensorFlow 1.15.5.

TensorFlow has no kernel of CrossReplicaSum for CPUs: there it trains on TPUs only, here the one shard's gradients are the sum.
"""
import numpy as np
import pytest

import reflow.tensorflow as tf
from reflow.tpu import tpu_function

CrossShardOptimizer = tf.tpu.CrossShardOptimizer


@pytest.fixture(autouse=True)
def _graph():
    with tf.Graph().as_default():
        yield


def trained(wrapped):
    w = tf.get_variable('w', initializer=[1., 2.])
    table = tf.get_variable('table', initializer=[[1.], [2.], [3.]])
    loss = tf.reduce_sum(w * w) + tf.reduce_sum(tf.nn.embedding_lookup(table, [0, 2]))
    optimizer = tf.train.MomentumOptimizer(.1, .9)
    if wrapped:
        optimizer = CrossShardOptimizer(optimizer)
    step = optimizer.minimize(loss, tf.train.get_or_create_global_step())
    assert step.name == 'Momentum'
    assert optimizer.get_slot(w, 'momentum').name == 'w/Momentum:0'
    assert optimizer.get_slot_names() == ['momentum'] and len(optimizer.variables()) == 2
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(step)
        session.run(step)
        return session.run([w, table])


def test_trains_as_the_optimizer_within():
    with tf.Graph().as_default():
        expected = trained(False)
    for value, of_optimizer in zip(trained(True), expected):
        np.testing.assert_array_equal(value, of_optimizer)


def test_is_reached_by_all_of_its_names():
    from reflow.contrib.tpu.python.tpu import tpu_optimizer
    from reflow.tpu import tpu_optimizer as same
    assert tf.contrib.tpu.CrossShardOptimizer is CrossShardOptimizer is same.CrossShardOptimizer
    assert tpu_optimizer.CrossShardOptimizer is CrossShardOptimizer is tf.compat.v1.tpu.CrossShardOptimizer
    assert tf.contrib.tpu.cross_replica_sum is tf.tpu.cross_replica_sum
    assert tf.contrib.tpu.bfloat16_scope is tf.tpu.bfloat16_scope


@pytest.mark.parametrize('reduction, groups, expected', [
    ('weighted_mean', None, 1.5), ('weighted_sum', None, 6.), ('weighted_mean', [[0, 1], [2, 3]], 3.)])
def test_divides_the_loss_by_the_number_of_shards(reduction, groups, expected):
    x = tf.get_variable('x', initializer=3.)
    with tpu_function.tpu_shard_context(4):
        optimizer = CrossShardOptimizer(tf.train.GradientDescentOptimizer(1.), reduction, group_assignment=groups)
        (gradient, _), = optimizer.compute_gradients(x * x)
    with tf.Session() as session:
        session.run(x.initializer)
        assert session.run(gradient) == expected


def test_refuses_other_reductions_and_optimizers_of_keras():
    with pytest.raises(ValueError, match='^Unsupported reduction: none.$'):
        CrossShardOptimizer(tf.train.AdamOptimizer(), reduction='none')
    with pytest.raises(TypeError, match='^CrossShardOptimizer does not work with OptimizerV2. If you are using TPUStrategy, '):
        CrossShardOptimizer(tf.keras.optimizers.SGD())


@pytest.mark.parametrize('shards, groups, text', [
    (1, [0], 'group_assignment must be a list of list. Got [0]'),
    (1, [[0, 1]], 'group_assignment must be a permutation of range(1). Got group_assignment=[[0, 1]]'),
    (4, [[0, 1, 2], [3]], 'The size of each subgroup in group_assignment must be equal. Got group_assignment=[[0, 1, 2], [3]]')])
def test_refuses_groups_that_are_no_partition(shards, groups, text):
    x = tf.get_variable('x', initializer=3.)
    optimizer = CrossShardOptimizer(tf.train.GradientDescentOptimizer(1.), group_assignment=groups)
    with tpu_function.tpu_shard_context(shards), pytest.raises(ValueError) as caught:
        optimizer.compute_gradients(x * x)
    assert str(caught.value) == text
