"""Checks: what is raised at once, what when it runs, and their nodes."""
import tensorflow as tf
from show import show, show_nodes

def fed(expression, *values):
    """Runs a check of placeholders."""
    with tf.Graph().as_default() as graph:
        print(expression, *values)
        x, y = tf.placeholder(tf.float32, name='x'), tf.placeholder(tf.float32, name='y')
        try:
            check = eval(expression)
            with tf.Session() as sess:
                sess.run(check, dict(zip((x, y), values)))
                print('  passes')
        except tf.errors.OpError as error:
            print('  !', type(error).__name__, error.message.split('\n')[0])
        show_nodes(graph)


for name in ('equal', 'none_equal', 'less', 'less_equal', 'greater', 'greater_equal', 'near'):
    show('tf.assert_%s([1, 2], [1, 2])' % name if name != 'near' else 'tf.assert_near([1., 2.], [1., 2.])')
    show('tf.assert_%s(tf.constant([1., 2.], name="a"), tf.constant([1., 3.], name="b"), message="m")' % name, False)
    fed('tf.assert_%s(x, y, data=[x], summarize=1, message="text", name="n")' % name, [1., 2.], [1., 2.])
    fed('tf.assert_%s(x, y)' % name, [1., 2.], [0., 5.])
for name in ('negative', 'positive', 'non_negative', 'non_positive'):
    show('tf.assert_%s([1, -2])' % name, False)
    fed('tf.assert_%s(x)' % name, [1., -2.])
show('tf.assert_rank([1, 2], 1)')
show('tf.assert_rank(tf.constant([1, 2], name="c"), 2, message="m")', False)
show('tf.assert_rank([1], [1])', False)
show('tf.assert_rank_at_least([[1]], 2)')
show('tf.assert_rank_at_least(tf.constant(1, name="c"), 2)', False)
show('tf.assert_rank_in([[1]], (1, 2))')
show('tf.assert_rank_in(tf.constant([[1]], name="c"), (0, 1))', False)
fed('tf.assert_rank(x, 1)', [[1.]])
fed('tf.assert_rank_in(x, (0, 2))', [1.])
show('tf.assert_integer(tf.constant(1, name="c"))')
show('tf.assert_integer(tf.constant(1., name="c"), message="m")', False)
show('tf.assert_type(tf.constant(1, name="c"), tf.float32)', False)
show('tf.assert_type(tf.constant(1, name="c"), "int32")')
show('tf.assert_scalar(tf.constant([1], name="c"))', False)
show('tf.assert_scalar(tf.constant(1, name="c"))')
show('tf.assert_proper_iterable("text")', False)
show('tf.assert_proper_iterable(1)', False)
show('tf.assert_proper_iterable([1])', False)
show('tf.assert_same_float_dtype([tf.constant(1.), tf.constant(2.)])', False)
show('tf.assert_same_float_dtype([tf.constant(1., name="a"), tf.constant(2., tf.float64, name="b")])', False)
show('tf.assert_same_float_dtype(dtype=tf.int32)', False)
show('tf.assert_same_float_dtype()', False)
show('tf.is_non_decreasing([1, 1, 2])')
show('tf.is_strictly_increasing([1, 1, 2])')
show('tf.is_strictly_increasing([])', False)
show('tf.is_numeric_tensor(tf.constant(1))', False)
show('tf.is_numeric_tensor([1])', False)
show('tf.ensure_shape([1, 2], [None])')
show('tf.ensure_shape([1, 2], [3])', False)
show('tf.verify_tensor_all_finite([1., 2.], "finite")')
show('tf.verify_tensor_all_finite([1., float("inf")], "finite")', False)
show('[tf.constant(1.), tf.add_check_numerics_ops()][1]')
show('tf.debugging.assert_all_finite([1., float("nan")], "finite")', False)
