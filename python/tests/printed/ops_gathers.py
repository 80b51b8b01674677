"""gather and gather_nd batch by batch, and of variables: values, nodes and errors."""
import numpy as np
import tensorflow as tf
from show import show_nodes


def run(title, build):
    """Prints what `build` makes in a new graph, or its error, and the nodes."""
    with tf.Graph().as_default() as graph:
        try:
            result = build()
            with tf.Session() as sess:
                sess.run(tf.global_variables_initializer())
                print(title, result.shape, sess.run(result).tolist())
        except Exception as error:
            print(title, '!', type(error).__name__, str(error).split('\n')[0])
            return
        show_nodes(graph)


p = np.arange(24).reshape(2, 3, 4)
run('gather', lambda: tf.gather(p, [[0, 2], [1, 1]], batch_dims=1))
run('gather 2', lambda: tf.gather(p, [[[0, 2], [1, 1], [3, 3]]] * 2, batch_dims=2))
run('gather axis', lambda: tf.gather(p, [[0, 2], [1, 1]], batch_dims=1, axis=2))
run('gather neg', lambda: tf.gather(p, [[0, 2], [1, 1]], batch_dims=-1))
run('gather axis -1', lambda: tf.gather(p, [[0, 2], [1, 1]], axis=-1))
run('nd', lambda: tf.gather_nd(p, [[[0], [2]], [[1], [1]]], batch_dims=1))
run('nd 2', lambda: tf.gather_nd(p, [[[0], [2], [1]], [[1], [1], [3]]], batch_dims=2))
run('nd name', lambda: tf.gather_nd(p, [[0, 1], [1, 2]], batch_dims=1, name='n'))
run('nd 3', lambda: tf.gather_nd(p, [[0, 1], [1, 2]], batch_dims=3))
run('nd -1', lambda: tf.gather_nd(p, [[0, 1], [1, 2]], batch_dims=-1))
for resource in (False, True):
    run('variable', lambda: tf.gather(tf.Variable(p, use_resource=resource), [1, 0]))
    run('variable axis', lambda: tf.gather(tf.Variable(p, use_resource=resource), [1, 0], axis=1))
    run('variable nd', lambda: tf.gather_nd(tf.Variable(p, use_resource=resource), [[1, 0]]))
