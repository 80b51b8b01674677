"""TensorProtos where functions take values, and what test cases give of values of several tensors, as TensorFlow 1.15.5."""
import pytest

pytest.importorskip('reflow._core', reason='only a build has the engine')
import reflow.tensorflow as tf


def test_messages_are_values():
    two, one = tf.make_tensor_proto([2, 2], tf.int32), tf.make_tensor_proto([1])
    with tf.Graph().as_default():
        found = [tf.batch_to_space_nd(tf.ones([4, 1, 1, 1]), two, [[0, 0], [0, 0]]), tf.reshape(tf.ones([4]), two),
                 tf.strided_slice(tf.ones([3]), one, [2]), tf.constant(two, tf.float32, [4]),
                 tf.convert_to_tensor(two, name='n'), tf.convert_to_tensor(tf.make_tensor_proto('s')),
                 tf.Variable(two), tf.ones([2], tf.int32) * two]
        assert [(tensor.shape.as_list(), tensor.dtype.base_dtype.name) for tensor in found] == [
            ([1, 2, 2, 1], 'float32'), ([2, 2], 'float32'), ([1], 'float32'), ([2], 'int32'), ([2], 'int32'), ([], 'string'),
            ([2], 'int32'), ([2], 'int32')]
        assert found[4].name == 'n:0'
        with tf.Session() as sess:
            assert sess.run(found[3]).tolist() == [2, 2] and sess.run(found[5]) == b's'
        with pytest.raises(RuntimeError, match='returned incompatible dtype'):
            tf.convert_to_tensor(two, tf.float32)


def test_eager_values_of_several_tensors():
    from reflow.framework import test_util
    from reflow.eager import context
    with context.eager_mode():
        sparse, ragged, slices = [test_util._value_of_eager_tensor(value) for value in (
            tf.SparseTensor([[0, 1]], [5], [2, 2]), tf.ragged.constant([[1], [2, 3]]),
            tf.IndexedSlices(tf.constant([1.]), tf.constant([0]), tf.constant([3])))]
        with pytest.raises(ValueError, match='Unsupported type .*IndexedSlices'):
            test_util._value_of_eager_tensor(tf.IndexedSlices(tf.constant([1.]), tf.constant([0])))
    assert type(sparse) is tf.SparseTensorValue and [part.tolist() for part in sparse] == [[[0, 1]], [5], [2, 2]]
    assert type(ragged).__name__ == 'RaggedTensorValue' and ragged.to_list() == [[1], [2, 3]]
    assert type(slices).__name__ == 'IndexedSlicesValue' and [part.tolist() for part in slices] == [[1.], [0], [3]]
