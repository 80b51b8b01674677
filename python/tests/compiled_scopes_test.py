"""Scopes of XLA, functions over batches of several runs, and servers for tests."""
import numpy as np
import reflow.tensorflow as tf


def test_operations_are_marked_as_tensorflow_marks_them():
    with tf.Graph().as_default() as graph:
        with tf.xla.experimental.jit_scope():
            a = tf.constant(1.) + 2.
            with tf.xla.experimental.jit_scope(compile_ops=False):
                a + 1.
        with tf.contrib.compiler.jit.experimental_jit_scope(separate_compiled_gradients=True):
            tf.constant(3.)
        marks = {node.name: (node.attr['_XlaCompile'].b, node.attr['_XlaScope'].s, node.attr['_XlaSeparateCompiledGradients'].b)
                 for node in graph.as_graph_def().node}
    assert marks == {'Const': (True, b'jit_scope_0', False), 'add/y': (True, b'jit_scope_0', False),
                     'add': (True, b'jit_scope_0', False), 'add_1/y': (False, b'jit_scope_0', False),
                     'add_1': (False, b'jit_scope_0', False), 'Const_1': (True, b'jit_scope_1', True)}


def test_batch_function():
    with tf.Graph().as_default(), tf.Session() as session:
        @tf.nondifferentiable_batch_function(1, 10, 1000)
        def doubled(x):
            return x * 2.
        result, = doubled(tf.constant([[1.], [2.]]))
        assert result.op.type == 'BatchFunction' and session.run(result).tolist() == [[2.], [4.]]


def test_local_cluster():
    workers, servers = tf.test.create_local_cluster(num_workers=2, num_ps=1)
    assert (len(workers), len(servers)) == (2, 1)
    with tf.Graph().as_default():
        with tf.device('/job:ps/task:0'):
            v = tf.Variable([1., 2.])
        with tf.device('/job:worker/task:1'):
            y = v * 3.
        with tf.Session(workers[0].target) as session:
            session.run(v.initializer)
            assert np.asarray(session.run(y)).tolist() == [3., 6.]


def test_old_names_of_keras():
    assert tf.contrib.keras.layers.Dense is tf.keras.layers.Dense
    from reflow.tensorflow.contrib.keras.api.keras.layers import Dense
    assert Dense is tf.keras.layers.Dense
    from reflow.contrib.keras.api.keras import preprocessing
    assert preprocessing.sequence.pad_sequences([[1]], 2).tolist() == [[0, 1]]
