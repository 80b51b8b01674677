"""Gradients of operations of which only some rows have one; and zeros where there are none."""
import numpy as np
import reflow.tensorflow as tf


def gradients(axis):
    a, b = tf.Variable(tf.zeros([1, 2])), tf.Variable(tf.zeros([3, 2]))
    table = tf.concat([a, b], axis)
    rows = tf.gather(table, [0, 2, 2, 3])
    return tf.gradients(rows, [a, b], tf.constant(np.arange(8, dtype=np.float32).reshape(4, 2)))


def test_rows_go_to_the_values_that_they_come_from():
    with tf.Graph().as_default() as graph, tf.Session() as sess:
        da, db = gradients(0)
        assert isinstance(da, tf.IndexedSlices) and isinstance(db, tf.IndexedSlices)
        assert sess.run(da.indices).tolist() == [0] and sess.run(da.values).tolist() == [[0, 1]]
        assert sess.run(db.indices).tolist() == [1, 1, 2]
        assert sess.run(db.values).tolist() == [[2, 3], [4, 5], [6, 7]]
        # As TensorFlow 1.15.5 builds them.
        types = [op.type for op in graph.get_operations() if op.name.startswith('gradients/concat_grad/') and op.type != 'Const']
        assert types == ['FloorMod'] + 2 * [
            'GatherV2', 'AddV2', 'GreaterEqual', 'Less', 'LogicalAnd', 'Where', 'Squeeze', 'GatherV2', 'Sub', 'GatherV2']


def test_columns_go_to_the_values_that_they_come_from():
    with tf.Graph().as_default(), tf.Session() as sess:
        a, b = tf.Variable(tf.zeros([3, 1])), tf.Variable(tf.zeros([3, 2]))
        rows = tf.gather(tf.concat([a, b], 1), [2, 0])
        da, db = tf.gradients(rows, [a, b], tf.constant([[1., 2., 3.], [4., 5., 6.]]))
        assert sess.run(da.indices).tolist() == [2, 0] == sess.run(db.indices).tolist()
        assert sess.run(da.values).tolist() == [[1], [4]]
        assert sess.run(db.values).tolist() == [[2, 3], [5, 6]]


def test_in_loops():
    with tf.Graph().as_default(), tf.Session() as sess:
        a, b = tf.Variable(tf.zeros([1, 2])), tf.Variable(tf.ones([3, 2]))

        def add_rows(i, total):
            return i + 1, total + tf.reduce_sum(tf.gather(tf.concat([a, b], 0), [0, i + 1]) * 2.0)

        total = tf.while_loop(lambda i, _: i < 2, add_rows, [0, 0.0])[1]
        da, db = [tf.convert_to_tensor(g) for g in tf.gradients(total, [a, b])]
        sess.run(tf.global_variables_initializer())
        assert sess.run(da).tolist() == [[4, 4]]
        assert sess.run(db).tolist() == [[2, 2], [2, 2], [0, 0]]


def test_rows_of_rows_by_index_vectors():
    with tf.Graph().as_default(), tf.Session() as sess:
        table = tf.Variable(tf.zeros([4, 3]))
        rows = tf.gather(tf.gather_nd(table, [[1], [2], [1]]), [0, 2, 2])
        dy = tf.gradients(rows, table, tf.constant(np.arange(9, dtype=np.float32).reshape(3, 3)))[0]
        assert isinstance(dy, tf.IndexedSlices)
        assert sess.run(tf.convert_to_tensor(dy)).tolist() == [[0, 0, 0], [9, 12, 15], [0, 0, 0], [0, 0, 0]]


def test_zeros_of_gradients_are_written_as_one_value():
    with tf.Graph().as_default() as graph:
        x = tf.constant(np.ones([4, 6], np.float32))
        tf.gradients(tf.where(x > 0., x, -x), x)
        zeros = graph.get_operation_by_name('gradients/Select_grad/zeros_like').get_attr('value')
        assert list(zeros.float_val) == [0.] and not zeros.tensor_content


def test_gradients_within_vectorized_map():
    with tf.Graph().as_default(), tf.Session() as sess:
        w = tf.get_variable('w', [3], initializer=tf.ones_initializer())
        losses = tf.reduce_sum((tf.constant([[1., 2., 3.], [4., 5., 6.], [0., 1., 2.]]) * w)**2, 1)
        clipped, same = tf.vectorized_map(lambda loss: (tf.clip_by_norm(tf.gradients(loss, [w])[0], 1.), loss), losses)
        sess.run(w.initializer)
        assert sess.run(same).tolist() == [14, 77, 5]
        np.testing.assert_allclose(sess.run(clipped), [
            [.10101525, .40406102, .90913725], [.3429184, .53581, .77156633], [0., .24253564, .97014254]], rtol=1e-6)
