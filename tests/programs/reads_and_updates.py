"""Reads of variables that are fetched together with updates of them, with nothing that orders the two."""
import tempfile

import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)


def trial(name, build):
    with tf.Graph().as_default():
        fetches, feed = build()
        with tf.Session() as sess:
            sess.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
            print(name, [np.asarray(value).tolist() for value in sess.run(fetches, feed)])


def variable(resource=False, value=0.):
    return tf.get_variable('v', initializer=value, use_resource=resource)


def the_variable():
    v = variable()
    return [v, tf.assign_add(v, 1.)], {}


def sum_before():
    v = variable()
    return [v + 2., tf.assign_add(v, 1.)], {}


def chain_after():
    v = variable()
    update = tf.assign_add(v, 1.)
    return [update, tf.exp(tf.exp(v))], {}


def fed_update():
    v, x = variable(), tf.placeholder(tf.float32, [])
    update = tf.assign_add(v, x * 2.)
    return [update, tf.exp(tf.exp(v))], {x: .5}


def resource_variable():
    v = variable(True)
    return [v, tf.assign_add(v, 1.)], {}


def resource_after():
    v = variable(True)
    update = tf.assign_add(v, 1.)
    return [update, v + 2.], {}


def training(resource):
    v, x = variable(resource, 1.), tf.placeholder(tf.float32, [])
    step = tf.train.get_or_create_global_step()
    loss = tf.square(v * x - 3.)
    train = tf.train.GradientDescentOptimizer(.1).minimize(loss, global_step=step)
    return [step + 1, tf.tuple([loss], control_inputs=[train])[0], loss], {x: 1.}


def average(resource):
    v = variable(resource, 1.)
    ema = tf.train.ExponentialMovingAverage(.5)
    update = tf.assign_add(v, 1.)
    with tf.control_dependencies([update]):
        applied = ema.apply([v])
    with tf.control_dependencies([applied]):
        return [tf.identity(ema.average(v)) + 0.5], {}


def metric():
    labels, predictions = tf.placeholder(tf.int64, [None]), tf.placeholder(tf.float32, [None])
    return list(tf.contrib.metrics.f1_score(labels, predictions)), {labels: [0, 1, 1, 0, 1], predictions: [.1, .4, .8, .6, .9]}


trial('variable', the_variable)
trial('sum', sum_before)
trial('chain', chain_after)
trial('fed update', fed_update)
trial('resource', resource_variable)
trial('resource, after', resource_after)
for resource in (False, True):
    trial('training', lambda: training(resource))
    trial('average', lambda: average(resource))
trial('metric', metric)

with tf.Graph().as_default():
    v, x = variable(value=1.), tf.placeholder(tf.float32, [])
    loss = tf.square(v * x - 3.)
    tf.summary.scalar('loss', loss)
    train = tf.train.AdamOptimizer(.1).minimize(loss, global_step=tf.train.get_or_create_global_step())
    directory = tempfile.mkdtemp()
    with tf.train.MonitoredTrainingSession(checkpoint_dir=directory, save_summaries_steps=5, log_step_count_steps=None) as sess:
        for _ in range(12):
            sess.run(train, {x: 1.})
    for path in tf.gfile.Glob(directory + '/events*'):
        for event in tf.train.summary_iterator(path):
            for value in event.summary.value:
                print(event.step, value.tag, round(value.simple_value, 4))
