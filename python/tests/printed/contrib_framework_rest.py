"""What tf.contrib.framework has beside variables and arg_scope: values, nodes and errors."""
import numpy as np
import tensorflow as tf
from show import show

F = 'tf.contrib.framework.'
fed = 'tf.placeholder_with_default([[1., 2.]], %s)'
for expression in (
        'reduce_sum_n([tf.constant([1., 2.], name="a"), tf.constant([[3.]], name="b")])', 'reduce_sum_n([tf.constant([1., 2.], name="a")])', 'reduce_sum_n([])',
        'remove_squeezable_dimensions(tf.ones([2, 1]), tf.ones([2]))', 'remove_squeezable_dimensions(tf.ones([2]), tf.ones([2, 1]))',
        'remove_squeezable_dimensions(%s, tf.ones([1]))' % (fed % None), 'remove_squeezable_dimensions(tf.ones([1]), %s)' % (fed % None),
        'with_shape([1, 2], tf.ones([1, 2], name="x"))', 'with_shape([1, 3], tf.ones([1, 2], name="x"))', 'with_shape([], tf.ones([1], name="x"))',
        'with_shape([1, 2], %s)' % (fed % None), 'with_shape([1, 3], %s)' % (fed % None), 'with_shape(tf.constant([1, 2]), %s)' % (fed % '[1, 2]'),
        'with_shape(tf.TensorShape([None, 2]), %s)' % (fed % None), 'with_shape([[1]], tf.ones([1]))', 'with_shape([1.], tf.ones([1]))', 'with_shape(tf.constant(1., name="s"), tf.ones([1]))',
        'with_shape([1], tf.SparseTensor([[0]], [1], [2]))', 'with_same_shape(tf.ones([1, 2]), %s)' % (fed % None), 'with_same_shape(%s, tf.ones([1, 2], name="y"))' % (fed % None),
        'assert_scalar_int(tf.constant(3))', 'assert_scalar_int(tf.constant(3.))', 'assert_scalar_int([3])', 'sort([3., 1., 2.])', 'argsort([3., 1., 2.], direction="DESCENDING")',
        'is_tensor(tf.constant(1)).__repr__()', 'get_name_scope().__repr__()', 'get_graph_from_inputs([tf.constant(1)]) is tf.get_default_graph() and 1.',
        'py_func(lambda a, b: (a["x"] + np.int32(1), b * np.int32(2)), ({"x": tf.constant(1)},), {"b": tf.constant(3)}, (tf.int32, tf.int32), ([], []))',
        'py_func(lambda a: a, 3)', 'py_func(lambda a: a, [3], 4)', 'smart_case([(True, lambda: tf.constant(1)), (False, lambda: tf.constant(2))])',
        'smart_case([(False, lambda: tf.constant(1)), (tf.placeholder_with_default(True, []), lambda: tf.constant(2))], exclusive=True)',
        'smart_case([(tf.placeholder_with_default(False, []), lambda: tf.constant(1)), (tf.placeholder_with_default(True, []), lambda: tf.constant(2))], default=lambda: tf.constant(3))',
        'smart_case(3)', 'smart_case([3])', 'smart_case([(3, lambda: 4)])', 'smart_case([(tf.constant(3), lambda: 4)])'):
    show(F + expression)

with tf.Graph().as_default():
    v, w = tf.get_variable('v', [2, 2]), tf.get_variable('v_more', [2])
    assign = tf.contrib.framework.assign_from_values_fn({'v': np.arange(4.), 'v_more': np.ones([2])})
    with tf.Session() as sess:
        assign(sess)
        print(sess.run([v, w]))
    for name in ('x', 'v_m', 'v'):
        try:
            print(tf.contrib.framework.assign_from_values({name: np.ones([2, 1])})[0].name)
        except ValueError as error:
            print(error)
    print([each.name for each in tf.contrib.framework.get_placeholders(tf.get_default_graph())])
    chooser = tf.contrib.framework.VariableDeviceChooser(2, replica=1)
    print([chooser(v.op), chooser(w.op), chooser(w.op), tf.contrib.framework.VariableDeviceChooser(device_type='GPU')(v.op)])

with tf.Graph().as_default() as graph:
    a, b = tf.placeholder(tf.float32, name='a'), tf.placeholder(tf.float32, name='b')
    c = tf.add(a, b, name='c')
    d = tf.identity(tf.multiply(c, a, name='m'), name='d')
    e = tf.negative(d, name='e')
fused = tf.contrib.framework.fuse_op(graph.as_graph_def(), ['a', 'b'], ['d'], [tf.float32.as_datatype_enum], False, 'fused', 'Fused')
print([(node.name, node.op, list(node.input), sorted(node.attr)) for node in fused.node], fused.versions.producer)
for arguments in ((graph, ['a']), (graph.as_graph_def(), 'a'), (graph.as_graph_def(), ['a'])):
    try:
        tf.contrib.framework.fuse_op(arguments[0], arguments[1], ['d'], [1], False, 'fused', 'Fused')
    except TypeError as error:
        print(error)
