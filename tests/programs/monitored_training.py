"""A training loop of hooks: steps, checkpoints, summaries, early stop; a second session goes on where the first ended."""
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import os
import shutil
import sys
import tempfile

import numpy as np
import tensorflow as tf

flags = tf.app.flags
FLAGS = flags.FLAGS
flags.DEFINE_integer('max_steps', 30, 'Number of steps to run trainer.')
flags.DEFINE_float('learning_rate', 0.05, 'Initial learning rate.')
flags.DEFINE_string('train_dir', None, 'Where checkpoints go.')
flags.DEFINE_boolean('use_decay', True, 'Whether to decay.')
flags.DEFINE_list('hidden', ['8', '4'], 'Sizes of hidden layers.')
flags.DEFINE_enum('activation', 'tanh', ['relu', 'tanh'], 'Activation.')


class LoggerHook(tf.train.SessionRunHook):
    """Logs loss every few steps."""

    def __init__(self, loss, every):
        self._loss, self._every = loss, every

    def begin(self):
        self._step = -1
        print('begin')

    def after_create_session(self, session, coord):
        print('after_create_session', session.run(tf.train.get_global_step()), type(coord).__name__)

    def before_run(self, run_context):
        self._step += 1
        return tf.train.SessionRunArgs({'loss': self._loss, 'step': tf.train.get_global_step()})

    def after_run(self, run_context, run_values):
        if self._step % self._every == 0:
            print('step %d, loss = %.4f' % (run_values.results['step'], run_values.results['loss']))

    def end(self, session):
        print('end', session.run(tf.train.get_global_step()))


def inference(x):
    act = getattr(tf.nn, FLAGS.activation)
    for i, size in enumerate(FLAGS.hidden):
        with tf.variable_scope('hidden%d' % i, initializer=tf.truncated_normal_initializer(stddev=0.3, seed=i)):
            x = tf.layers.dense(x, int(size), activation=act)
    with tf.variable_scope('out'):
        return tf.layers.dense(x, 1, kernel_initializer=tf.glorot_uniform_initializer(seed=7))


def train():
    with tf.Graph().as_default():
        tf.set_random_seed(1)
        global_step = tf.train.get_or_create_global_step()
        rng = np.random.RandomState(0)
        data = rng.randn(64, 3).astype(np.float32)
        target = (data ** 2).sum(1, keepdims=True)
        x, y = tf.constant(data), tf.constant(target)
        out = inference(x)
        loss = tf.losses.mean_squared_error(y, out)
        lr = FLAGS.learning_rate
        if FLAGS.use_decay:
            lr = tf.train.exponential_decay(lr, global_step, 10, 0.5, staircase=True)
        tf.summary.scalar('loss', loss)
        tf.summary.scalar('lr', lr)
        for var in tf.trainable_variables():
            tf.summary.histogram(var.op.name, var)
        train_op = tf.train.MomentumOptimizer(lr, 0.9).minimize(loss, global_step=global_step)
        hooks = [tf.train.StopAtStepHook(num_steps=FLAGS.max_steps), tf.train.NanTensorHook(loss),
                 LoggerHook(loss, 10)]
        saver_hook = tf.train.CheckpointSaverHook(FLAGS.train_dir, save_steps=10, saver=tf.train.Saver(max_to_keep=2))
        with tf.train.MonitoredTrainingSession(
                checkpoint_dir=FLAGS.train_dir, hooks=hooks, chief_only_hooks=[saver_hook], save_checkpoint_secs=None,
                save_summaries_steps=10, log_step_count_steps=None,
                config=tf.ConfigProto(allow_soft_placement=True)) as sess:
            while not sess.should_stop():
                sess.run(train_op)
        return sorted(name for name in os.listdir(FLAGS.train_dir) if 'tfevents' not in name)


def evaluate():
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 3])
        out = inference(x)
        step = tf.train.get_or_create_global_step()
        saver = tf.train.Saver()
        with tf.Session() as sess:
            ckpt = tf.train.get_checkpoint_state(FLAGS.train_dir)
            saver.restore(sess, ckpt.model_checkpoint_path)
            print(os.path.basename(ckpt.model_checkpoint_path), [os.path.basename(p) for p in ckpt.all_model_checkpoint_paths])
            print(sess.run(step), sess.run(out, {x: [[1, 1, 1], [0, 0, 0]]}).round(3).tolist())
        for name, shape in tf.train.list_variables(FLAGS.train_dir):
            print(name, shape)
        events = [os.path.join(FLAGS.train_dir, n) for n in os.listdir(FLAGS.train_dir) if 'tfevents' in n]
        tags = set()
        for path in events:
            for event in tf.train.summary_iterator(path):
                for value in event.summary.value:
                    tags.add((event.step, value.tag))
        print(sorted(tags)[:4], sorted(set(step for step, _ in tags)))


def main(argv):
    print(argv[1:], FLAGS.max_steps, FLAGS.hidden)
    FLAGS.train_dir = tempfile.mkdtemp()
    print(train())
    print(train())
    evaluate()
    shutil.rmtree(FLAGS.train_dir)


if __name__ == '__main__':
    tf.logging.set_verbosity(tf.logging.ERROR)
    tf.app.run()
