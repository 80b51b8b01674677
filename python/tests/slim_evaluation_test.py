"""slim.evaluation and HParams as with real TensorFlow 1.15.5."""
import os

import numpy as np
import pytest


@pytest.fixture(name='tf')
def _tf():
    import reflow.tensorflow as tf
    tf.logging.set_verbosity(tf.logging.ERROR)
    return tf


def _network(tf, **options):
    x = tf.constant(np.arange(12, dtype='f').reshape(4, 3) / 10)
    return tf.contrib.slim.fully_connected(x, 1, activation_fn=None, scope='fc', **options), tf.constant([[1.], [0.], [1.], [0.]])


@pytest.fixture(name='trained')
def _trained(tf, tmp_path):
    slim = tf.contrib.slim
    with tf.Graph().as_default():
        predictions, labels = _network(tf, weights_initializer=tf.ones_initializer())
        slim.losses.mean_squared_error(predictions, labels)
        train_op = slim.learning.create_train_op(slim.losses.get_total_loss(), tf.train.GradientDescentOptimizer(.1))
        slim.learning.train(train_op, str(tmp_path), number_of_steps=3, save_summaries_secs=0)
    return tmp_path


def test_evaluation_of_a_checkpoint(tf, trained):
    slim = tf.contrib.slim
    with tf.Graph().as_default():
        predictions, labels = _network(tf)
        values, updates = slim.metrics.aggregate_metric_map({
            'mse': slim.metrics.streaming_mean_squared_error(predictions, labels),
            'mae': slim.metrics.streaming_mean_absolute_error(predictions, labels)})
        for name in sorted(values):
            tf.summary.scalar(name, values[name])
        checkpoint = tf.train.latest_checkpoint(str(trained))
        found = slim.evaluation.evaluate_once('', checkpoint, str(trained / 'eval'), num_evals=2,
                                              eval_op=list(updates.values()), final_op=[values['mse'], values['mae']])
    assert found == pytest.approx([0.84443, 0.75837], abs=1e-5)
    [events] = os.listdir(trained / 'eval')
    summaries = {value.tag: (value.simple_value, event.step)
                 for event in tf.train.summary_iterator(str(trained / 'eval' / events)) for value in event.summary.value}
    assert summaries == {'mae': (pytest.approx(0.75837, abs=1e-5), 3), 'mse': (pytest.approx(0.84443, abs=1e-5), 3)}


def test_evaluation_loop(tf, trained):
    with tf.Graph().as_default():
        predictions, _ = _network(tf)
        total = tf.contrib.slim.evaluation.evaluation_loop(
            '', str(trained), str(trained / 'eval'), num_evals=1, eval_op=predictions, final_op=tf.reduce_sum(predictions),
            eval_interval_secs=0, max_number_of_evaluations=1)
    assert total == pytest.approx(2.191441, rel=1e-4)


def test_hparams(tf):
    hparams = tf.contrib.training.HParams(a=1, b=[1., 2.], c='x', d=True)
    hparams.parse('a=3,b=[4,5.5],d=false')
    assert str(hparams) == 'a=3,b=[4.0, 5.5],c=x,d=False'
    assert repr(hparams) == "HParams([('a', 3), ('b', [4.0, 5.5]), ('c', 'x'), ('d', False)])"
    assert hparams.to_json(sort_keys=True) == '{"a": 3, "b": [4.0, 5.5], "c": "x", "d": false}'
    assert tf.contrib.training.HParams.from_proto(hparams.to_proto()).values() == hparams.values()


@pytest.mark.parametrize('values, message', [
    ('a=x', "Could not parse hparam 'a' of type 'int' with value 'x' in a=x"),
    ('z=1', 'Unknown hyperparameter type for z'),
    ('b=3', 'Must pass a list for multi-valued parameter: b.'),
    ('a=[1]', 'Must not pass a list for single-valued parameter: a'),
    ('a=1,a=2', "Multiple assignments to variable 'a' in a=1,a=2"),
    ('c', 'Malformed hyperparameter value: c'),
])
def test_mistakes_with_hparams(tf, values, message):
    hparams = tf.contrib.training.HParams(a=1, b=[1., 2.], c='x')
    with pytest.raises(ValueError) as caught:
        hparams.parse(values)
    assert str(caught.value) == message
