"""Labels without repetitions, and tensors over their norms: values and nodes."""
import tensorflow as tf
from show import rounded, show_nodes


def run(title, build):
    """Prints what `build` makes in a new graph, or its error, and the nodes."""
    with tf.Graph().as_default() as graph:
        try:
            r = build()
            with tf.Session() as sess:
                print(title, rounded(sess.run(r)))
        except Exception as error:
            print(title, '!', type(error).__name__, str(error).split('\n')[0])
            return
        show_nodes(graph)


run('collapse', lambda: tf.nn.collapse_repeated([[1, 1, 2, 2, 1], [1, 2, 3, 4, 5]], [5, 4]))
run('unique', lambda: tf.nn.ctc_unique_labels(tf.constant([[3, 4, 4, 3], [1, 1, 0, 2]])))
run('normalize', lambda: tf.linalg.normalize([[3., 4.], [1., 0.]]))
run('normalize axis', lambda: tf.linalg.normalize([[3., 4.], [1., 0.]], ord=1, axis=1, name='n'))
run('normalize inf', lambda: tf.linalg.normalize([[3., 4.], [1., 0.]], ord=float('inf'), axis=[0, 1]))
