"""CheckpointManager and Checkpoint: what stays in the folder, what a status refuses, names of savers, later objects."""
import os

import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)


def show_folder(folder):
    print(sorted(os.listdir(folder)))


def attempt(name, function):
    try:
        result = function()
        print(name, result if isinstance(result, (str, type(None))) else 'done')
    except Exception as error:
        print(name, type(error).__name__, str(error).splitlines()[0])


v = tf.get_variable('v', initializer=[1., 2.], use_resource=True)
w = tf.get_variable('w', initializer=3., use_resource=True)
other = tf.get_variable('other', initializer=[1., 2., 3.], use_resource=True)
step = tf.train.get_or_create_global_step()
checkpoint = tf.train.Checkpoint(v=v, w=w, step=step)
checkpoint.save_counter
sess = tf.InteractiveSession()
sess.run(tf.global_variables_initializer())

print('manager')
manager = tf.train.CheckpointManager(checkpoint, 'a', max_to_keep=3)
print(manager.latest_checkpoint, type(checkpoint.restore(manager.latest_checkpoint)).__name__)
for i in range(5):
    sess.run(w.assign(i))
    print(manager.save())
show_folder('a')
print(manager.checkpoints, manager.latest_checkpoint)
again = tf.train.CheckpointManager(checkpoint, 'a', max_to_keep=2)
print(again.checkpoints, again.save(checkpoint_number=40))
show_folder('a')
latest = again.latest_checkpoint
attempt('keep none', lambda: tf.train.CheckpointManager(checkpoint, 'a', max_to_keep=0))
checkpoint.restore(latest).initialize_or_restore(sess)
print(sess.run([v, w, checkpoint.save_counter]))

print('statuses')
status = tf.train.Checkpoint(v=v).restore(latest)
attempt('consumed', status.assert_consumed)
attempt('objects', status.assert_existing_objects_matched)
status.expect_partial()
attempt('shape', lambda: tf.train.Checkpoint(v=other).restore(latest).run_restore_ops(sess))
status = tf.train.Checkpoint(other=v).restore(latest)
attempt('nontrivial', status.assert_nontrivial_match)
attempt('objects', status.assert_existing_objects_matched)
status.expect_partial()
attempt('nothing', lambda: tf.train.Checkpoint(v=v).restore('nothing'))
attempt('dict', lambda: tf.train.Checkpoint(d={'a': 3}))

print('savers')
path = tf.train.Saver([v, w]).save(sess, 'b/n')
status = tf.train.Checkpoint(v=v, w=w).restore(path)
attempt('by name', lambda: status.initialize_or_restore(sess))
attempt('consumed', status.assert_consumed)
tf.train.Saver([v, w]).restore(sess, latest)
print(sess.run([v, w]))
attempt('missing', lambda: tf.train.Saver([other]).restore(sess, latest))
print(tf.train.list_variables(latest))

print('write')
print(checkpoint.write('c/only'))
show_folder('c')
attempt('consumed', lambda: checkpoint.restore('c/only').assert_consumed())
print(tf.train.latest_checkpoint('c'), tf.train.latest_checkpoint('a'), tf.train.checkpoint_exists('a/ckpt-40'))
tf.train.remove_checkpoint('a/ckpt-40')
show_folder('a')

print('later')
later = tf.train.Checkpoint()
status = later.restore(again.checkpoints[0])
later.w = tf.get_variable('later', initializer=7., use_resource=True)
status.initialize_or_restore(sess)
status.expect_partial()
print(sess.run(later.w))
items = tf.train.Checkpoint(items=tf.contrib.checkpoint.List([v, w]))
sess.run(items.save_counter.initializer)
print(items.save('d/l'), tf.train.list_variables('d/l-1'))
