"""What log_device_placement says, in TensorFlow's order."""
import pytest

pytest.importorskip('reflow._core', reason='only a build has the engine')
import reflow.tensorflow as tf

CPU = '/job:localhost/replica:0/task:0/device:CPU:0'


def said(capfd):
    return [line.partition(': /job')[0] for line in capfd.readouterr().out.splitlines() if line.endswith(CPU)]


def test_the_whole_graph_is_told_when_it_is_new_or_has_grown(capfd):
    with tf.Graph().as_default():
        a = tf.constant(1., name='a')
        b = tf.add(a, 2., name='b')
        v = tf.Variable(3., name='v')
        unused = tf.multiply(v, 2., name='unused')
        with tf.Session(config=tf.ConfigProto(log_device_placement=True)) as sess:
            sess.run(b)
            assert said(capfd) == ['b: (Add)', 'v: (VariableV2)', 'v/Assign: (Assign)', 'v/read: (Identity)', 'unused: (Mul)',
                                   'a: (Const)', 'b/y: (Const)', 'v/initial_value: (Const)', 'unused/y: (Const)']
            sess.run(v.initializer)
            sess.run(unused)
            assert not said(capfd)
            sess.run(b - 1.)
            assert said(capfd) == ['b: (Add)', 'v: (VariableV2)', 'v/Assign: (Assign)', 'v/read: (Identity)', 'unused: (Mul)',
                                   'sub: (Sub)', 'a: (Const)', 'b/y: (Const)', 'v/initial_value: (Const)',
                                   'unused/y: (Const)', 'sub/y: (Const)']
