"""Monitored training sessions that keep checkpoints and summaries in a folder, and go on where they had stopped."""
import glob
import os
import re

import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)


def train(last_step, **options):
    """Trains up to a step; prints the steps and the loss at the end."""
    with tf.Graph().as_default():
        step = tf.train.get_or_create_global_step()
        w = tf.get_variable('w', [], initializer=tf.constant_initializer(4.))
        loss = tf.square(w, name='loss')
        tf.summary.scalar('loss', loss)
        train_op = tf.train.GradientDescentOptimizer(0.25).minimize(loss, global_step=step)
        hooks = [tf.train.StopAtStepHook(last_step=last_step), tf.train.NanTensorHook(loss)]
        steps = []
        with tf.train.MonitoredTrainingSession(checkpoint_dir='run', hooks=hooks, **options) as sess:
            while not sess.should_stop():
                steps.append(int(sess.run([train_op, step])[1]))
                last = float(sess.run(loss)) if not sess.should_stop() else None
        print(len(steps), steps[-1] >= last_step - 1, last)


def show_files():
    print(sorted(re.sub(r'events.out.tfevents.*', 'events', os.path.basename(path)) for path in glob.glob('run/*')))
    print(os.path.basename(tf.train.latest_checkpoint('run')), tf.train.get_checkpoint_state('run') is not None)
    print([(name, shape) for name, shape in tf.train.list_variables('run')], tf.train.load_variable('run', 'w'))


def show_events():
    for path in sorted(glob.glob('run/events*')):
        for event in tf.train.summary_iterator(path):
            values = [value.tag for value in event.summary.value
                      if 'sec' not in value.tag]
            print(event.step, event.WhichOneof('what'), values,
                  event.session_log.status if event.HasField('session_log') else '')


train(3, save_checkpoint_steps=2, save_checkpoint_secs=None, save_summaries_steps=2, log_step_count_steps=None)
show_files()
show_events()
train(5, save_checkpoint_steps=100, save_checkpoint_secs=None, save_summaries_steps=None, save_summaries_secs=None,
      log_step_count_steps=None)
show_files()

with tf.Graph().as_default():
    tf.train.create_global_step()
    tf.get_variable('w', [])
    with tf.train.SingularMonitoredSession(checkpoint_dir='run') as sess:
        print(sess.run(tf.get_default_graph().get_tensor_by_name('w:0')),
              sess.raw_session().run(tf.train.get_global_step()))

with tf.Graph().as_default():
    tf.train.create_global_step()
    v = tf.get_variable('w', [])
    sv = tf.train.Supervisor(logdir='run', summary_op=None)
    with sv.managed_session() as sess:
        print(sess.run(v), sess.run(sv.global_step), sv.save_path)
