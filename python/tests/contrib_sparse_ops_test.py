"""Dense ids made sparse as tf.contrib.layers does, by itself and in bow_encoder; names as in TensorFlow 1.15.5."""
import pytest

pytest.importorskip('reflow._core', reason='only a build has the engine')
import reflow.tensorflow as tf  # noqa: E402
from reflow.contrib.layers.python.ops import sparse_ops  # noqa: E402


@pytest.fixture(autouse=True)
def fresh():
    tf.reset_default_graph()


def test_what_is_not_ignored():
    with tf.Session() as sess:
        found = sess.run(sparse_ops.dense_to_sparse_tensor([[0, 2], [3, 0]]))
        assert (found.indices.tolist(), found.values.tolist(), found.dense_shape.tolist()) == ([[0, 1], [1, 0]], [2, 3], [2, 2])
        assert sess.run(sparse_ops.dense_to_sparse_tensor(tf.constant(['a', '', 'b']))).values.tolist() == [b'a', b'b']
        assert sess.run(sparse_ops.dense_to_sparse_tensor([1, 2], ignore_value=2)).values.tolist() == [1]
    assert tf.get_default_graph().get_operation_by_name('DenseToSparseTensor/ignore_value/x')


def test_means_of_embeddings():
    means = tf.contrib.layers.bow_encoder([[1, 2], [0, 3]], 5, 1, initializer=tf.constant_initializer([[0.], [1.], [2.], [3.], [4.]]))
    assert means.name == 'bow_encoder/embedding_lookup/Reshape_1:0'
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        assert sess.run(means).tolist() == [[1.5], [3.]]
    with pytest.raises(AttributeError, match="module 'tensorflow.contrib.layers' has no attribute 'no_such_encoder'"):
        tf.contrib.layers.no_such_encoder
