"""Optimizers of workers that train variables of their own: losses, values and names of TensorFlow 1.15.5."""
import threading

import numpy as np
import pytest

pytest.importorskip('reflow._core', reason='only a build has the engine')
import reflow.tensorflow as tf

opt = tf.contrib.opt


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default():
        yield


def model(getter):
    with tf.variable_scope('', custom_getter=getter):
        w = tf.get_variable('w', [2, 1], initializer=tf.constant_initializer(.5))
        b = tf.get_variable('b', [1], initializer=tf.zeros_initializer())
    x = tf.constant([[1., 2.], [3., 4.]])
    return tf.reduce_mean(tf.square(tf.matmul(x, w) + b - [[3.], [5.]])), w


def names(found):
    return sorted(variable.op.name for variable in found)


def after_seven_steps(loss, train, hook, w):
    """The last loss, the variable of the worker, that of the center, and how often that was changed."""
    center = next(v for v in tf.global_variables() if v.op.name == 'global_center_variable/w')
    with tf.train.MonitoredTrainingSession(hooks=[hook]) as sess:
        for _ in range(7):
            last, _ = sess.run([loss, train])
        values = sess.run([w, center, tf.train.get_global_step()])
    return last, values[0][:, 0].tolist(), values[1][:, 0].tolist(), values[2]


def test_model_average():
    step = tf.train.get_or_create_global_step()
    getter = opt.ModelAverageCustomGetter('/cpu:0')
    loss, w = model(getter)
    optimizer = opt.ModelAverageOptimizer(tf.train.GradientDescentOptimizer(.02), 1, True, getter, interval_steps=3)
    hook = optimizer.make_session_run_hook()
    train = optimizer.minimize(loss, step)
    assert names(tf.global_variables()) == ['global_center_variable/b', 'global_center_variable/w', 'global_step']
    last, local, center, changes = after_seven_steps(loss, train, hook, w)
    np.testing.assert_allclose([last, *local, *center], [0.23798, .6616918, .7930749, .66644466, .79105425], rtol=1e-4)
    assert changes == 2


@pytest.mark.parametrize('synchronous', [False, True])
def test_elastic_average(tmp_path, synchronous):
    step = tf.train.get_or_create_global_step()
    getter = opt.ElasticAverageCustomGetter('/cpu:0')
    loss, w = model(getter)
    optimizer = opt.ElasticAverageOptimizer(tf.train.MomentumOptimizer(.02, .5), 1, getter, communication_period=3,
                                            synchronous=synchronous)
    hook = optimizer.make_session_run_hook(True, 0)
    train = optimizer.apply_gradients(optimizer.compute_gradients(loss), step)
    assert names(tf.global_variables()) == ['global_center_variable/b', 'global_center_variable/w', 'global_step']
    assert names(tf.local_variables()) == ['b', 'b/Momentum', 'local_center_variable/b', 'local_center_variable/w',
                                           'local_step', 'w', 'w/Momentum']
    saver = optimizer.swapping_saver()
    last, local, center, changes = after_seven_steps(loss, train, hook, w)
    np.testing.assert_allclose([last, *local, *center], [.61082, .6341623, .7215284, .5693481, .61473954], rtol=1e-4)
    assert changes == 2
    with tf.Session() as sess:
        sess.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        center = next(v for v in tf.global_variables() if v.op.name == 'global_center_variable/w')
        sess.run(center.assign([[7.], [8.]]))
        saved = tf.train.load_checkpoint(saver.save(sess, str(tmp_path / 'model')))
    assert sorted(saved.get_variable_to_shape_map()) == ['b', 'w'] and saved.get_tensor('w').tolist() == [[7], [8]]


@pytest.mark.parametrize('inner, expected, slots', [
    (lambda: tf.train.GradientDescentOptimizer(.02), [.68643, .64843524, .738521, .59516585, .65364075], []),
    (lambda: tf.train.AdamOptimizer(.1), [.64243, .69370675, .697274, .6225075, .6228544],
     ['b/Adam', 'b/Adam_1', 'beta1_power', 'beta2_power', 'w/Adam', 'w/Adam_1'])])
def test_accumulated_gradient_normalization(inner, expected, slots):
    step = tf.train.get_or_create_global_step()
    getter = opt.AGNCustomGetter('/cpu:0')
    loss, w = model(getter)
    optimizer = opt.AGNOptimizer(inner(), 1, getter, communication_period=3)
    hook = optimizer.make_session_run_hook(True, 0)
    train = optimizer.minimize(loss, step)
    assert names(tf.local_variables()) == sorted(['b', 'grad_variable/b', 'grad_variable/w', 'local_step', 'w', *slots])
    last, local, center, changes = after_seven_steps(loss, train, hook, w)
    np.testing.assert_allclose([last, *local, *center], expected, rtol=1e-4)
    assert changes == 2


def test_workers_go_on_with_the_mean_of_their_variables():
    server = tf.train.Server.create_local_server()
    ends = {}

    def work(worker):
        with tf.Graph().as_default():
            step = tf.train.get_or_create_global_step()
            getter = opt.ModelAverageCustomGetter('')
            with tf.variable_scope('', custom_getter=getter):
                w = tf.get_variable('w%d' % worker, initializer=float(worker))
            # The center is shared by its name.
            center = tf.get_variable('center', initializer=0., trainable=False)
            getter._local_2_global[w] = center
            with tf.variable_scope('worker%d' % worker):  # on a server of its own it needn't have another name
                optimizer = opt.ModelAverageOptimizer(tf.train.GradientDescentOptimizer(1.), 2, worker == 0, getter,
                                                      interval_steps=2)
            train = optimizer.minimize(w * 1., step)
            with tf.Session(server.target) as sess:
                if worker == 0:
                    sess.run([center.initializer, step.initializer])
                sess.run([w.initializer, optimizer._local_step.initializer])
                ready.wait()
                for _ in range(2):
                    sess.run(train)
                ends[worker] = sess.run(w)

    ready = threading.Barrier(2, timeout=60)
    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert ends == {0: -1.5, 1: -1.5}


def test_what_they_refuse():
    getter = opt.ModelAverageCustomGetter('/cpu:0')
    loss, _ = model(getter)
    optimizer = opt.ModelAverageOptimizer(tf.train.GradientDescentOptimizer(.02), 1, True, getter)
    with pytest.raises(ValueError, match='Global step is required'):
        optimizer.minimize(loss)
    with pytest.raises(ValueError, match='Must supply at least one variable'):
        optimizer.apply_gradients([])
