"""Functions that TensorFlow 1.15 has for itself, and that layers, cells and losses of programs import from it."""
import numpy as np
import pytest

pytest.importorskip('reflow._core', reason='only a build has the engine')
import reflow.tensorflow as tf  # noqa: E402
from reflow.contrib.layers.python.layers import layers as contrib_layers  # noqa: E402
from reflow.contrib.legacy_seq2seq.python.ops import seq2seq  # noqa: E402
from reflow.contrib.seq2seq.python.ops import attention_wrapper  # noqa: E402
from reflow.keras import backend as K  # noqa: E402
from reflow.keras.layers import recurrent  # noqa: E402
from reflow.ops import image_ops_impl, init_ops, nn_impl, rnn  # noqa: E402
from reflow.ops.losses import losses_impl  # noqa: E402


@pytest.fixture(autouse=True)
def fresh():
    tf.reset_default_graph()


def value(x):
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        return sess.run(x)


def test_scores_of_attention():
    rng = np.random.RandomState(0)
    query, keys, v = rng.randn(2, 4), rng.randn(2, 3, 4), rng.randn(4)
    score = attention_wrapper._bahdanau_score(tf.constant(query), tf.constant(keys), tf.constant(v))
    np.testing.assert_allclose(value(score), (v * np.tanh(keys + query[:, None])).sum(2))
    score = attention_wrapper._bahdanau_score(tf.constant(query), tf.constant(keys), tf.constant(v), 3., np.ones(4))
    np.testing.assert_allclose(value(score), (3 * v / np.linalg.norm(v) * np.tanh(keys + query[:, None] + 1)).sum(2))
    masked = attention_wrapper._maybe_mask_score(score, memory_mask=tf.constant([[True, False, True]] * 2), score_mask_value=-9.)
    assert (value(masked)[:, 1] == -9).all() and (value(masked)[:, 0] != -9).all()
    with pytest.raises(ValueError, match="memory_sequence_length and memory_mask can't be provided at same time"):
        attention_wrapper._maybe_mask_score(score, [3, 2], [[True] * 3] * 2)


def test_memory_with_a_mask():
    memory = attention_wrapper._prepare_memory(tf.ones([1, 3, 2]), memory_mask=tf.constant([[1, 0, 1]]))
    assert value(memory)[0, :, 0].tolist() == [1, 0, 1]


def test_best_symbols_embedded():
    loop = seq2seq._extract_argmax_and_embed(tf.constant([[0.], [10.], [20.]]))
    assert value(loop(tf.constant([[1., 3., 2.], [0., 0., 9.]]), 0)).tolist() == [[10.], [20.]]


def test_getters_of_layers():
    with tf.variable_scope('a', custom_getter=contrib_layers._build_variable_getter({'kernel': 'weights'})):
        v = tf.get_variable('kernel', [2])
    contrib_layers._add_variable_to_collections(v, {'weights': ['mine']}, 'weights')
    assert v.op.name == 'a/weights' and tf.get_collection('mine') == [v] == tf.get_collection(tf.GraphKeys.MODEL_VARIABLES)


def test_recurrent_layers():
    assert recurrent._standardize_args(['x', 's', 'c'], None, None, 1) == ('x', ['s'], ['c'])
    masks = recurrent._generate_dropout_mask(tf.ones([100]), .5, training=True, count=2)
    assert len(masks) == 2 and set(value(masks[0])) == {0, 2}
    assert recurrent._generate_dropout_mask(K._to_tensor([1., 1.], 'float32'), .5, training=False).shape == [2]
    assert issubclass(recurrent.LSTMCell, recurrent.DropoutRNNCellMixin)
    assert K._to_tensor(1, 'float64').dtype == tf.float64 and K._preprocess_padding('same') == 'SAME'


def test_fans():
    assert [init_ops._compute_fans(shape) for shape in ((), (7,), (3, 4), (3, 3, 4, 5))] == [(1, 1), (7, 7), (3, 4), (36, 45)]


def test_sampled_logits():
    logits, labels = nn_impl._compute_sampled_logits(tf.ones([9, 3]), tf.zeros([9]), tf.constant([[1], [2]]), tf.ones([2, 3]), 4, 9)
    assert logits.shape == labels.shape == [2, 5] and value(nn_impl._sum_rows(labels)).tolist() == [1, 1]


def test_present_losses():
    weights = tf.constant([[1.], [0.], [2.]])
    assert value(losses_impl._num_present(tf.ones([3, 4]), weights)) == 8
    assert value(losses_impl._num_present(tf.ones([3, 4]), weights, per_batch=True)).tolist() == [[4], [0], [4]]
    assert value(losses_impl._num_present(tf.ones([3, 4]), 1.)) == 12
    assert value(losses_impl._safe_mean(tf.constant([2., 4.]), 2.)) == 3 and value(losses_impl._safe_mean(tf.ones([2]), 0.)) == 0


def test_images():
    image = tf.placeholder(tf.float32, [None, 4, 3])
    height, width, channels = image_ops_impl._ImageDimensions(image, 3)
    assert (width, channels) == (4, 3) and image_ops_impl._is_tensor(height)
    assert len(image_ops_impl._Check3DImage(image, require_static=False)) == 1
    with pytest.raises(ValueError, match=r"'image' \(shape \(\?, 4, 3\)\) must be fully defined"):
        image_ops_impl._Check3DImage(image)
    with pytest.raises(KeyError, match='no'):
        image_ops_impl._assert(False, KeyError, 'no')


def test_recurrent_networks():
    assert rnn._infer_state_dtype(None, (tf.zeros([1]), tf.zeros([2]))) == tf.float32
    with pytest.raises(ValueError, match='State has tensors of different inferred_dtypes'):
        rnn._infer_state_dtype(None, (tf.zeros([1]), tf.zeros([2], tf.int32)))
    assert rnn._maybe_tensor_shape_from_tensor(tf.constant([2, 3])) == [2, 3]
    seen = []
    tf.while_loop(lambda i: i < 2, lambda i: [seen.append(rnn._should_cache()) or i + 1], [0])
    assert rnn._should_cache() and seen == [False]
