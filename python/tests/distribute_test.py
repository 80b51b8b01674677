"""tf.distribute: strategies, their replicas, and what trains under them, as TensorFlow 1.15.5 does."""
import os
import threading

import numpy as np
import pytest

pytest.importorskip('reflow._core', reason='only a build has the engine')
import reflow.tensorflow as tf

CONFIG = tf.ConfigProto(device_count={'CPU': 2})


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default():
        yield


def two():
    return tf.distribute.MirroredStrategy(['/cpu:0', '/cpu:1'])


def one():
    return tf.distribute.OneDeviceStrategy('/cpu:0')


def run(values):
    with tf.Session(config=CONFIG) as sess:
        sess.run(tf.global_variables_initializer())
        return sess.run(values)


def trained(strategy, optimizer, layers=False, steps=5):
    """The losses of the steps, and the names of the variables."""
    with strategy.scope():
        x, y = np.arange(16, dtype='f').reshape(8, 2) / 8, np.arange(8, dtype='f').reshape(8, 1)
        iterator = strategy.make_dataset_iterator(tf.data.Dataset.from_tensor_slices((x, y)).repeat().batch(4))

        def step(inputs):
            x, y = inputs
            if layers:
                hidden = tf.layers.dense(x, 3, kernel_initializer=tf.constant_initializer(.3), activation=tf.nn.relu)
                prediction = tf.layers.dense(hidden, 1, kernel_initializer=tf.constant_initializer(.5))
            else:
                prediction = tf.matmul(x, tf.get_variable('w', [2, 1], initializer=tf.ones_initializer()))
            loss = tf.losses.mean_squared_error(y, prediction)
            train = optimizer().minimize(loss, tf.train.get_or_create_global_step())
            with tf.control_dependencies([train]):
                return tf.identity(loss)

        loss = strategy.reduce(tf.distribute.ReduceOp.MEAN, strategy.experimental_run(step, iterator))
        with tf.Session(config=CONFIG) as sess:
            sess.run([iterator.initialize(), tf.global_variables_initializer()])
            losses = [sess.run(loss) for _ in range(steps)]
            assert sess.run(tf.train.get_global_step()) == steps
    return losses, sorted(v.op.name for v in tf.global_variables())


def test_threads_that_are_the_first_to_ask_have_one_default_strategy(monkeypatch):
    from reflow.distribute import distribute_lib, distribution_strategy_context as contexts
    both_are_making_it = threading.Barrier(2)
    make = distribute_lib._DefaultDistributionStrategy

    def made():
        both_are_making_it.wait(timeout=60)
        return make()

    monkeypatch.setattr(contexts, '_defaults', type(contexts._defaults)())
    monkeypatch.setattr(distribute_lib, '_DefaultDistributionStrategy', made)
    found = []
    threads = [threading.Thread(target=lambda: found.append(contexts.get_strategy_and_replica_context())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(pair) for pair in found] == [2, 2] and found[0][0] is found[1][0] is tf.distribute.get_strategy()


def test_the_contexts_of_a_strategy():
    assert not tf.distribute.has_strategy() and not tf.distribute.in_cross_replica_context()
    assert tf.distribute.get_replica_context().num_replicas_in_sync == 1
    strategy = two()
    with strategy.scope():
        assert tf.distribute.has_strategy() and tf.distribute.get_strategy() is strategy
        assert tf.distribute.in_cross_replica_context() and tf.distribute.get_replica_context() is None

        def replica():
            context = tf.distribute.get_replica_context()
            return int(context.replica_id_in_sync_group), context.num_replicas_in_sync, len(context.devices)

        ids, counts, devices = strategy.extended.call_for_each_replica(replica)
        assert [list(strategy.unwrap(each)) for each in (ids, counts, devices)] == [[0, 1], [2], [1]]
    assert not tf.distribute.has_strategy()


def test_values_of_replicas_are_reduced():
    strategy = two()

    def replica():
        context = tf.distribute.get_replica_context()
        own = tf.constant([1., 2.]) + float(context.replica_id_in_sync_group)
        return own, context.all_reduce(tf.distribute.ReduceOp.SUM, own)

    own, everywhere = strategy.experimental_run_v2(replica)
    results = run([strategy.reduce('SUM', own), strategy.reduce('MEAN', own), strategy.reduce('MEAN', own, axis=0),
                   *strategy.unwrap(everywhere)])
    assert [each.tolist() for each in results] == [[3, 5], [1.5, 2.5], 2, [3, 5], [3, 5]]


@pytest.mark.parametrize('optimizer, layers, expected', [
    (lambda: tf.train.GradientDescentOptimizer(.01), False, [0.70312, 6.93449, 0.43924, 4.58533, 0.27234]),
    (lambda: tf.train.MomentumOptimizer(.01, .9), False, [0.70312, 6.93449, 0.41849, 2.71867, 0.05989]),
    (lambda: tf.train.AdamOptimizer(.1), True, [1.97457, 10.4345, 0.32486, 1.43344, 1.09293])])
def test_two_replicas_train_as_in_tensorflow(optimizer, layers, expected):
    losses, names = trained(two(), optimizer, layers)
    np.testing.assert_allclose(losses, expected, atol=2e-5)
    assert 'global_step' in names and not [name for name in names if 'replica' in name]


@pytest.mark.parametrize('strategy', [
    one, tf.distribute.MirroredStrategy, tf.distribute.experimental.CentralStorageStrategy,
    lambda: tf.contrib.distribute.MirroredStrategy(num_gpus=0), tf.contrib.distribute.ParameterServerStrategy])
def test_strategies_of_one_replica(strategy):
    losses, names = trained(strategy(), lambda: tf.train.GradientDescentOptimizer(.01), True)
    np.testing.assert_allclose(losses, [1.97457, 17.64686, 1.10861, 11.73621, 0.50599], atol=2e-5)
    assert names == ['dense/bias', 'dense/kernel', 'dense_1/bias', 'dense_1/kernel', 'global_step']


def test_moving_averages_take_the_mean_of_the_replicas():
    strategy = two()
    with strategy.scope():
        dataset = tf.data.Dataset.from_tensor_slices(np.arange(16, dtype='f').reshape(8, 2)).repeat().batch(4)
        iterator = strategy.make_dataset_iterator(dataset)

        def step(x):
            hidden = tf.layers.batch_normalization(x, training=True, momentum=.5)
            loss = tf.reduce_mean(hidden * x)
            with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
                train = tf.train.GradientDescentOptimizer(.1).minimize(loss)
            with tf.control_dependencies([train]):
                return tf.identity(loss)

        loss = strategy.reduce('MEAN', strategy.experimental_run(step, iterator))
        with tf.Session(config=CONFIG) as sess:
            sess.run([iterator.initialize(), tf.global_variables_initializer()])
            np.testing.assert_allclose([sess.run(loss) for _ in range(3)], [0.9995, -3.1504, -4.5003], atol=1e-4)
            values = {v.op.name.rpartition('/')[2]: sess.run(v).tolist() for v in tf.global_variables()}
    assert values['moving_mean'] == [4.625, 5.5] and values['moving_variance'] == [1, 1]


def test_variables_of_the_scope_are_shared():
    strategy = two()
    with strategy.scope():
        v = tf.Variable(2., name='v')
        tripled = strategy.experimental_run_v2(lambda: v * 3.)
        update = strategy.extended.update(v, lambda v, delta: v.assign_add(delta), args=(1.,))
    with tf.Session(config=CONFIG) as sess:
        sess.run(tf.global_variables_initializer())
        assert sess.run(strategy.unwrap(tripled)) == (6, 6)
        sess.run(update)
        assert sess.run(strategy.unwrap(tripled)) == (9, 9)


def test_updates_in_a_replica_need_an_aggregation():
    strategy = two()
    with strategy.scope():
        bare = tf.Variable(1., name='bare')
        summed = tf.Variable(1., name='summed', aggregation=tf.VariableAggregation.SUM)
        with pytest.raises(ValueError, match='You must specify an aggregation method to update a MirroredVariable'):
            strategy.experimental_run_v2(lambda: bare.assign_add(1.))
        added = strategy.experimental_run_v2(lambda: summed.assign_add(tf.constant(2.)))
    assert run(strategy.unwrap(added)[0]) == 5


def test_what_strategies_refuse():
    strategy = two()
    with pytest.raises(ValueError, match="'MAX' is not a valid ReduceOp"):
        strategy.reduce('max', 1.)
    with pytest.raises(RuntimeError, match='worker_devices.. method unsupported by default tf.distribute.Strategy'):
        _ = tf.distribute.get_strategy().extended.worker_devices
    with pytest.raises(ValueError, match='The `global_batch_size` 3 is not divisible by `num_replicas_in_sync` 2 '):
        tf.distribute.InputContext(1, 0, 2).get_per_replica_batch_size(3)
    with pytest.raises(ValueError, match="Local device string cannot have job specified other than 'localhost'"):
        tf.distribute.MirroredStrategy(['/cpu:0', '/job:worker/task:0'])
    with strategy.scope(), pytest.raises(RuntimeError, match='Mixing different tf.distribute.Strategy objects: '):
        with two().scope():
            pass

    def uneven():
        context = tf.distribute.get_replica_context()
        if context.replica_id_in_sync_group == 0:
            context.merge_call(lambda strategy: None)

    with pytest.raises(RuntimeError, match='Some replicas made a different number of replica_context'):
        strategy.experimental_run_v2(uneven)


@pytest.mark.parametrize('strategy, expected, prediction', [
    (one, {'loss': 0.1877, 'mae': 0.3751, 'global_step': 8}, 0.8169513),
    (tf.distribute.MirroredStrategy, {'loss': 0.1877, 'mae': 0.3751, 'global_step': 8}, 0.8169513),
    (two, {'loss': 1.4103, 'mae': 0.9749, 'global_step': 4}, 0.4764828)])
def test_estimators_train_under_a_strategy(tmp_path, strategy, expected, prediction):
    def model_fn(features, labels, mode):
        output = tf.layers.dense(features['x'], 1, kernel_initializer=tf.ones_initializer())
        if labels is None:
            return tf.estimator.EstimatorSpec(mode, predictions=output)
        loss = tf.losses.mean_squared_error(labels, output)
        train = tf.train.AdamOptimizer(.1).minimize(loss, tf.train.get_global_step())
        return tf.estimator.EstimatorSpec(mode, predictions=output, loss=loss, train_op=train,
                                          eval_metric_ops={'mae': tf.metrics.mean_absolute_error(labels, output)})

    x = np.arange(24, dtype='f').reshape(12, 2) / 12

    def input_fn():
        return tf.data.Dataset.from_tensor_slices(({'x': x}, x.sum(1, keepdims=True) * 2)).batch(3).repeat(2)

    used = strategy()
    config = tf.estimator.RunConfig(train_distribute=used, eval_distribute=used, session_config=CONFIG)
    estimator = tf.estimator.Estimator(model_fn, str(tmp_path), config)
    estimator.train(input_fn)
    assert {key: round(float(value), 4) for key, value in estimator.evaluate(input_fn).items()} == pytest.approx(expected, abs=1e-4)
    first = next(estimator.predict(lambda: tf.data.Dataset.from_tensor_slices({'x': x}).batch(3)))
    assert first == pytest.approx(prediction, abs=1e-5)
    assert 'dense/kernel/Adam_1' in estimator.get_variable_names()


@pytest.mark.parametrize('strategy', [one, two, tf.distribute.MirroredStrategy])
def test_keras_models_train_under_a_strategy(strategy):
    with strategy().scope():
        layers = tf.keras.layers
        model = tf.keras.Sequential([layers.Dense(3, activation='relu', kernel_initializer='ones', input_shape=(2,)),
                                     layers.Dense(1, kernel_initializer='ones')])
        model.compile('sgd', 'mse', metrics=['mae'])
    x = np.arange(32, dtype='f').reshape(16, 2) / 32
    y = x.sum(1, keepdims=True)
    losses = model.fit(x, y, batch_size=8, epochs=3, verbose=0, shuffle=False).history['loss']
    np.testing.assert_allclose(losses, [4.6333, 2.2712, 1.2857], atol=1e-4)
    np.testing.assert_allclose(model.evaluate(x, y, batch_size=8, verbose=0), [0.8185, 0.7263], atol=1e-4)


def test_cluster_resolvers(monkeypatch):
    resolver = tf.distribute.cluster_resolver
    simple = resolver.SimpleClusterResolver(tf.train.ClusterSpec({'ps': ['a:1'], 'worker': ['b:2', 'c:3']}), task_type='worker',
                                            task_id=1, rpc_layer='grpc')
    assert simple.master('worker', 1) == 'grpc://c:3' and simple.task_id == 1
    more = resolver.SimpleClusterResolver(tf.train.ClusterSpec({'worker': ['d:4']}))
    assert resolver.UnionResolver(simple, more).cluster_spec().as_dict() == {'ps': ['a:1'], 'worker': ['b:2', 'c:3', 'd:4']}
    monkeypatch.setenv('TF_CONFIG', '{"cluster": {"ps": ["a:1"], "worker": ["b:2"]}, "task": {"type": "worker", "index": 0}}')
    of_environment = resolver.TFConfigClusterResolver()
    assert (of_environment.task_type, of_environment.task_id, of_environment.master()) == ('worker', 0, 'b:2')
    strategy = tf.distribute.experimental.ParameterServerStrategy()
    with strategy.scope():
        names = [tf.get_variable(name, [1]).device for name in 'ab']
    assert names == ['/job:ps/task:0', '/job:ps/task:0'] and strategy.extended.experimental_between_graph


def test_the_tasks_of_a_slurm_job(monkeypatch):
    slurm = tf.distribute.cluster_resolver.SlurmClusterResolver
    monkeypatch.setattr(slurm, '_resolve_hostnames', lambda self: ['n1', 'n2'])
    for name, value in [('SLURM_PROCID', '2'), ('SLURM_NTASKS', '4'), ('SLURM_NTASKS_PER_NODE', '2'), ('CUDA_VISIBLE_DEVICES', '')]:
        monkeypatch.setenv(name, value)
    resolver = slurm({'worker': 3, 'ps': 1}, gpus_per_node=2)
    assert resolver.master() == '' and resolver.num_accelerators() == {'GPU': 2}
    assert resolver.cluster_spec().as_dict() == {'ps': ['n1:8888'], 'worker': ['n1:8889', 'n2:8888', 'n2:8889']}
    assert resolver.get_task_info() == ('worker', 1) and resolver.master() == 'grpc://n2:8888'
    assert os.environ['CUDA_VISIBLE_DEVICES'] == '0'
    with pytest.raises(RuntimeError, match='Requested more GPUs per node then available.'):
        slurm({'worker': 4})
    with pytest.raises(RuntimeError, match='Requested more tasks then assigned tasks.'):
        slurm({'worker': 5}, gpus_per_node=2)


def test_a_custom_loop_in_a_function_of_eager_execution():
    from reflow.eager import context
    with context.eager_mode():
        strategy = tf.distribute.MirroredStrategy()
        x = np.arange(32, dtype='f').reshape(16, 2) / 32
        with strategy.scope():
            layers = tf.keras.layers
            model = tf.keras.Sequential([layers.Dense(3, activation='relu', kernel_initializer='ones', input_shape=(2,)),
                                         layers.Dense(1, kernel_initializer='ones')])
            optimizer, error = tf.keras.optimizers.SGD(.05), tf.keras.metrics.MeanAbsoluteError()
        dataset = strategy.experimental_distribute_dataset(
            tf.data.Dataset.from_tensor_slices((x, x.sum(1, keepdims=True))).batch(8))

        def step(inputs):
            x, y = inputs
            with tf.GradientTape() as tape:
                prediction = model(x, training=True)
                loss = tf.reduce_sum(tf.square(prediction - y)) / 8.
            optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
            error.update_state(y, prediction)
            return loss

        @tf.function
        def distributed_step(inputs):
            return strategy.reduce(tf.distribute.ReduceOp.SUM, strategy.experimental_run_v2(step, args=(inputs,)), axis=None)

        with strategy.scope():
            losses = [float(sum(distributed_step(batch) for batch in dataset)) for _ in range(3)]
        np.testing.assert_allclose(losses, [6.2431, 0.29335, 0.23877], atol=1e-4)
        assert float(error.result()) == pytest.approx((1.56299 + 0.32499 + 0.2994) / 3, abs=1e-4)


def test_a_task_of_the_environment_starts_its_server(monkeypatch):
    start = tf.contrib.distribute.run_standard_tensorflow_server
    for config, message in [('{}', '"cluster" is not found in TF_CONFIG.'),
                            ('{"cluster": {"worker": ["localhost:0"]}}', '"task" is not found in TF_CONFIG.'),
                            ('{"cluster": {"worker": ["localhost:0"]}, "task": {}}', '"task_type" is not found in the `task` part')]:
        monkeypatch.setenv('TF_CONFIG', config)
        with pytest.raises(ValueError, match=message):
            start()
    monkeypatch.setenv('TF_CONFIG', '{"cluster": {"worker": ["localhost:0"]}, "task": {"type": "worker", "index": 0}}')
    server = start()
    with tf.Session(server.target) as sess:
        assert sess.list_devices()[0].name == '/job:worker/replica:0/task:0/device:CPU:0'
