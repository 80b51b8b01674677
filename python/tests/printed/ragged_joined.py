"""tf.ragged.boolean_mask, stack and stack_dynamic_partitions: values, shapes, errors."""
import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
C, M, S, D = tf.ragged.constant, tf.ragged.boolean_mask, tf.ragged.stack, tf.ragged.stack_dynamic_partitions


def show(make):
    try:
        tensor = make()
        with tf.Session() as session:
            result = session.run(tensor)
        print('@@', result.to_list() if hasattr(result, 'to_list') else result.tolist(), tensor.shape)
    except (ValueError, TypeError, tf.errors.OpError) as error:
        print('@@', type(error).__name__, str(error).split('\n')[0])


flat, deep = C([[1, 2, 3], [4], [5, 6]]), C([[[1, 2], [3]], [], [[5, 6]]])
cube, hypercube = np.arange(8).reshape(2, 2, 2), np.arange(16).reshape(2, 2, 2, 2)
show(lambda: M([[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[True, False, True], [False, False, False], [True, False, False]]))
show(lambda: M([[1, 2, 3], [4, 5, 6], [7, 8, 9]], [True, False, True]))
show(lambda: M(flat, C([[False, False, True], [False], [True, True]])))
show(lambda: M(flat, [True, True, False]))
show(lambda: M(deep, C([[False, True], [], [True]])))
show(lambda: M(deep, C([[[False, True], [True]], [], [[True, False]]])))
show(lambda: M(cube, cube % 3 == 0))
show(lambda: M(hypercube, hypercube % 3 == 0))
show(lambda: M(C([[1, 2], [3, 4]]), [[True, False], [False, True]]))
show(lambda: M(C([[1, 2], [3, 4]]), True))
show(lambda: M(C([[1, 2], [3, 4]]), C([[True], [False, True]])))
t1, t2 = C([[1, 2], [3, 4, 5]]), C([[6], [7, 8, 9]])
for axis in (0, 1, 2, -1, 3):
    show(lambda: S([t1, t2], axis=axis))
show(lambda: S(t1))
show(lambda: S([t1], 2))
show(lambda: S([[1, 2, 3], [4, 5, 6]]))
show(lambda: S([[1, 2, 3], [4, 5, 6]], 1))
show(lambda: S([[[1, 2], [3, 4]], [[5], [6]]], 1))
show(lambda: S([t1, [[1], [2]]]))
show(lambda: S([t1, C([[1], [2]], row_splits_dtype=tf.int32)]))
show(lambda: S([C([[[1], [2, 3]], []]), C([[[4]], [[5, 6]]])], 2))
show(lambda: S([C([[[1], [2, 3]], []]), C([[[4], [7]], []])], 2))
show(lambda: D(['a', 'b', 'c', 'd', 'e'], [3, 0, 2, 2, 3], 5))
show(lambda: D(5, 1, 3))
show(lambda: D([[1, 2], [3, 4]], [1, 0], 2))
show(lambda: D([[1, 2], [3, 4]], [[1, 0], [0, 0]], 2))
show(lambda: D(C([[1, 2], [3]]), C([[1, 0], [1]]), 2))
show(lambda: D(C([[1, 2], [3]]), [1, 1], 2))
show(lambda: D(C([[1, 2], [3]]), 1, 2))
show(lambda: D([1, 2], [1, 5, 3], 2))
