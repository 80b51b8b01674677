"""Prints what expressions give, for the programs here.

Of the nodes that an expression makes, their number and a digest of their names and types are printed; with --nodes as an
argument of the program the names themselves.
"""
import hashlib
import sys

import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)


def rounded(value):
    """Lists of numbers, floats to four digits."""
    if isinstance(value, (list, tuple)):
        return [rounded(each) for each in value]
    array = np.asarray(value)
    if array.dtype.kind in 'fc':
        array = np.round(array.astype(np.complex128 if array.dtype.kind == 'c' else np.float64), 4) + 0.0
    return array.tolist()


def show_nodes(graph):
    """Prints which nodes the graph has, but those that initialise it."""
    nodes = [op for op in graph.get_operations() if not op.name.startswith(('init', 'group_deps'))]
    if '--nodes' in sys.argv:
        print('   ', *[op.name for op in nodes])
    else:
        text = ' '.join(op.name + '=' + op.type for op in nodes)
        print('   ', len(nodes), 'nodes', hashlib.sha1(text.encode()).hexdigest()[:8])


def show(expression, with_nodes=True):
    """Prints an expression, its value or error, and the nodes that it makes."""
    with tf.Graph().as_default() as graph:
        tf.set_random_seed(3)
        print(expression)
        try:
            result = eval(expression, {'tf': tf, 'np': np})
            fetches = [each for each in (result if isinstance(result, (list, tuple)) else [result])
                       if not isinstance(each, (type(None), bool, str, float, tf.DType))]
            with tf.Session() as sess:
                sess.run([tf.tables_initializer(), tf.global_variables_initializer(), tf.local_variables_initializer()])
                print('  =', *[repr(rounded(sess.run(each))) for each in fetches] or [result])
        except Exception as error:  # whatever it is, it is what the expression gives
            print('  !', type(error).__name__, str(error).split('\n')[0])
        if with_nodes:
            show_nodes(graph)
