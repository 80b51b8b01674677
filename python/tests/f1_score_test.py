"""tf.contrib.metrics.f1_score: one confusion matrix of all thresholds, as TensorFlow 1.15.5 keeps it."""
import pytest

pytest.importorskip('reflow._core', reason='only a build has the engine')
import reflow.tensorflow as tf  # noqa: E402


def test_state_and_value():
    with tf.Graph().as_default(), tf.Session() as session:
        labels, predictions = tf.placeholder(tf.int32, [None, 1]), tf.placeholder(tf.float32, [None])
        value, update_op = tf.contrib.metrics.f1_score(labels, predictions, num_thresholds=4, updates_collections='updates')
        assert [variable.name for variable in tf.local_variables()] == [
            'f1/true_positives:0', 'f1/false_negatives:0', 'f1/false_positives:0']
        assert tf.get_collection('updates') == [update_op] and update_op.name == 'f1/Max_1:0'
        session.run(tf.local_variables_initializer())
        assert session.run(update_op, {labels: [[1], [0], [1]], predictions: [.3, .6, .8]}) == pytest.approx(.8)
        assert session.run(value) == pytest.approx(.8)
        assert [list(each) for each in session.run(tf.local_variables())] == [[2, 1, 1, 0], [0, 1, 1, 2], [1, 1, 0, 0]]
        with pytest.raises(tf.errors.InvalidArgumentError, match=r'predictions must be in \[0, 1\]'):
            session.run(update_op, {labels: [[1]], predictions: [1.7]})


def test_weights():
    with tf.Graph().as_default(), tf.Session() as session:
        _, update_op = tf.contrib.metrics.f1_score([1, 0, 1], tf.constant([.3, .6, .8]), tf.constant([1., 2., 1.]))
        session.run(tf.local_variables_initializer())
        assert session.run(update_op) == pytest.approx(2 / 3)
