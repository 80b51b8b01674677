"""Moving averages, slots, rates that decay and penalties, as programs use them."""
import math

import numpy as np
import pytest

import reflow.tensorflow as tf
from reflow.contrib import layers
from reflow.training import moving_averages, slot_creator


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def test_averages_of_variables_and_tensors_in_one_list():
    v = tf.Variable(0., name='v')
    t = v * 2. + 1.
    averages = tf.train.ExponentialMovingAverage(0.5)
    update = averages.apply([v, t])
    assert averages.average(v).op.name == 'v/ExponentialMovingAverage'
    assert averages.average_name(v) == 'v/ExponentialMovingAverage'
    assert averages.average(tf.Variable(1.)) is None
    assert tf.moving_average_variables() == [v]
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        sess.run(v.assign(8.))
        sess.run(update)
        assert sess.run([averages.average(v), averages.average(t)]) == [4., 8.5]


def test_names_of_variables_to_restore():
    v, w = tf.Variable(0., name='v'), tf.Variable(0., name='w', trainable=False)
    averages = tf.train.ExponentialMovingAverage(0.9, name='ema')
    averages.apply()
    assert averages.variables_to_restore() == {'v/ema': v, 'w': w}


def test_averages_are_of_floats():
    with pytest.raises(TypeError, match='The variables must be half, float, or double: i:0'):
        tf.train.ExponentialMovingAverage(0.9).apply([tf.Variable(1, name='i')])


def test_an_assigned_moving_average():
    v = tf.Variable(2.)
    moved = moving_averages.assign_moving_average(v, 4., 0.75, zero_debias=False)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        assert sess.run(moved) == 2.5


def test_slots_are_named_after_their_variable():
    v = tf.Variable([1., 2.], name='v')
    assert slot_creator.create_zeros_slot(v, 'zeros').op.name == 'v/zeros'
    slot = slot_creator.create_slot(v, v.initialized_value(), 'copy')
    assert slot.op.name == 'v/copy' and slot not in tf.trainable_variables()
    other = slot_creator.create_slot_with_initializer(v, tf.ones_initializer(), tf.TensorShape([3]), tf.float64, 'ones')
    assert other.dtype.base_dtype == tf.float64 and other.shape == [3]


def test_the_step_of_a_schedule_is_a_variable_or_a_number():
    step = tf.Variable(25, trainable=False)
    rates = [tf.train.exponential_decay(0.8, step, 10, 0.5, staircase=True),
             tf.train.inverse_time_decay(0.8, 10, 10, 1.),
             tf.train.natural_exp_decay(1., step, 25, 1.),
             tf.train.piecewise_constant(step, [10, 20], [1., 0.5, 0.25]),
             tf.train.polynomial_decay(1., step, 50, 0., power=1.),
             tf.train.cosine_decay(1., step, 50)]
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        values = sess.run(rates)
    np.testing.assert_allclose(values, [0.2, 0.4, math.exp(-1), 0.25, 0.5, 0.5], rtol=1e-6)


def test_penalties_on_weights():
    w = tf.Variable([3., -4.])
    both = layers.l1_l2_regularizer(1.0, 0.5)
    penalties = [layers.l1_regularizer(0.5)(w), layers.l2_regularizer(0.1)(w), both(w),
                 layers.sum_regularizer([layers.l1_regularizer(1.), None])(w),
                 layers.apply_regularization(layers.l2_regularizer(2.), [w])]
    assert tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES) == penalties[-1:]
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        np.testing.assert_allclose(sess.run(penalties), [3.5, 1.25, 13.25, 7., 25.], rtol=1e-6)
    assert layers.l2_regularizer(0.0)(w) is None
    assert layers.sum_regularizer([]) is None


def test_a_regularizer_adds_to_the_losses_of_get_variable():
    tf.get_variable('w', [2], regularizer=layers.l2_regularizer(0.5))
    losses = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
    assert [loss.op.name for loss in losses] == ['w/Regularizer/l2_regularizer']


@pytest.mark.parametrize('make, message', [
    (lambda: layers.l1_regularizer(1), 'scale cannot be an integer: 1'),
    (lambda: layers.l2_regularizer(-0.5), 'Setting a scale less than 0 on a regularizer: -0.5.'),
    (lambda: layers.l1_l2_regularizer(1, 0.5), 'scale_l1 cannot be an integer: 1'),
    (lambda: layers.apply_regularization(layers.l1_regularizer(1.)), 'No weights to regularize.')])
def test_mistakes_in_penalties(make, message):
    with pytest.raises(ValueError) as error:
        make()
    assert str(error.value) == message


def test_xavier_initializers_scale_by_the_fans():
    weights = [tf.get_variable('u', [100, 300], initializer=layers.xavier_initializer(seed=1)),
               tf.get_variable('n', [3, 3, 8, 16], initializer=layers.xavier_initializer_conv2d(False, seed=1))]
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        uniform, normal = sess.run(weights)
    limit = math.sqrt(6. / 400)
    assert np.abs(uniform).max() <= limit and np.abs(uniform).max() > 0.99 * limit
    assert normal.std() == pytest.approx(math.sqrt(2. / (9 * 24)), rel=0.05)


def test_savers_make_their_operations():
    v, w = tf.Variable(1., name='v'), tf.get_variable('r', [2], use_resource=True)
    saver = tf.train.Saver([v, w], max_to_keep=3)
    assert saver.saver_def.save_tensor_name == 'save/control_dependency:0'
    assert saver.saver_def.restore_op_name == 'save/restore_all' and saver.saver_def.max_to_keep == 3
    assert saver.to_proto('other') is None
    with tf.Session() as sess, pytest.raises(tf.errors.NotFoundError, match='Failed to find any matching files for model'):
        sess.run(saver.saver_def.restore_op_name)


def test_a_saver_comes_back_with_its_graph():
    tf.Variable(1., name='v')
    exported = tf.train.Saver().export_meta_graph()
    with tf.Graph().as_default():
        saver = tf.train.import_meta_graph(exported, import_scope='imported')
        assert saver.saver_def.restore_op_name == 'imported/save/restore_all'


@pytest.mark.parametrize('make, message', [
    (lambda: tf.train.Saver(), 'No variables to save'),
    (lambda: tf.train.Saver([tf.Variable(1., name='a')] * 2), 'At least two variables have the same name: a'),
    (lambda: tf.train.Saver(dict.fromkeys('xy', tf.Variable(1., name='a'))),
     'The same saveable will be restored with two names: y')])
def test_mistakes_with_savers(make, message):
    with pytest.raises(ValueError) as error:
        make()
    assert str(error.value) == message


def test_all_of_training_is_in_one_module():
    from reflow.training import training
    assert training.AdamOptimizer is tf.train.AdamOptimizer and training.Saver is tf.train.Saver


def test_variables_are_found_by_scope_and_name():
    from reflow.contrib import framework
    with tf.variable_scope('a'):
        v, w = tf.get_variable('v', []), tf.get_variable('w', [], trainable=False)
    other = tf.get_variable('v', [])
    framework.add_model_variable(v)
    framework.add_model_variable(v)
    assert framework.get_variables('a') == [v, w]
    assert framework.get_trainable_variables('a') == [v]
    assert framework.get_model_variables() == [v]
    assert framework.get_variables_by_suffix('w') == [w]
    assert framework.get_unique_variable('a/v') is v
    assert framework.get_variables_to_restore(exclude=['a']) == [other]
    assert framework.get_variables_to_restore(include=['a/v']) == [v]
    assert framework.filter_variables([v, w, other], ['v'], ['^a/']) == [other]
    with pytest.raises(ValueError, match='Variable a does not uniquely identify a variable'):
        framework.get_unique_variable('a')
