"""assert_shapes: what is raised at once, what when it runs, and its nodes."""
import tensorflow as tf
from show import show, show_nodes


def fed(shape_x, shape_y, shapes, x, y, **arguments):
    """Runs the check of placeholders with these values."""
    with tf.Graph().as_default() as graph:
        print(shape_x, shape_y, shapes, x, y, sorted(arguments))
        tensors = [tf.placeholder(tf.float32, shape, name=name) for shape, name in ((shape_x, 'x'), (shape_y, 'y'))]
        try:
            check = tf.debugging.assert_shapes([(tensor, shape) for tensor, shape in zip(tensors, shapes)], **arguments)
            with tf.Session() as sess:
                sess.run(check, dict(zip(tensors, (x, y))))
                print('  passes')
        except tf.errors.OpError as error:
            print('  !', type(error).__name__, error.message.split('\n')[0])
        except Exception as error:
            print('  !', type(error).__name__, error)
        show_nodes(graph)


two, three, column = [1., 2.], [1., 2., 3.], [[1.], [2.]]
for x, y in ((two, two), (two, three)):
    fed([None], [None], ('N', 'N'), x, y)
    fed(None, [None], ('N', 'N'), x, y)
    fed([len(x)], [len(y)], ('N', ['N']), x, y, message='text', name='n')
    fed([None], [None], ([2], [2]), x, y, data=['shown'], summarize=1)
fed([None, 1], [None], (('N', 1), '*N'), column, two)
fed([None, 1], [None], (('N', 1), [Ellipsis, 'N']), column, three)
fed([2, 1], [2], ((None, '.'), None), column, two)
fed([2, 1], [2], ((2,), (2,)), column, two)
fed([2, 1], [2], ((2, Ellipsis), (2,)), column, two)
fed([2, 1], [2], (3, (2,)), column, two)
fed([2, 1], [], ((2, 3), ()), column, 1.)
fed([2, 1], [], ((2, 1), 'Q'), column, 1.)
fed([None, 1], [], ((Ellipsis, 'Q', 1), 'Q'), column, 1.)
show('tf.debugging.assert_shapes([])')
