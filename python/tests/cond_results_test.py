"""What the branches of tf.cond and tf.case may give, and what comes out: as TensorFlow 1.15 does."""

import collections

import pytest
import reflow.tensorflow as tf

One = collections.namedtuple('One', 'value')


def both(true_fn, false_fn, **options):
    with tf.Graph().as_default(), tf.Session() as sess:
        which = tf.placeholder(tf.bool, [])
        result = tf.cond(which, true_fn, false_fn, **options)
        return [sess.run([result], {which: value})[0] for value in (True, False)]


def constant(value):
    return lambda: tf.constant(value)


@pytest.mark.parametrize('true_fn, false_fn, wanted', [
    (lambda: [tf.constant(1)], constant(2), [1, 2]),
    (constant(1), lambda: [tf.constant(2)], [1, 2]),
    (lambda: (tf.constant(1),), lambda: [tf.constant(2)], [1, 2]),
    (lambda: One(tf.constant(1)), constant(2), [1, 2]),
    (lambda: [tf.no_op()], lambda: tf.no_op(), [True, False]),
    (lambda: [tf.no_op(), tf.constant(1)], lambda: [tf.no_op(), tf.constant(2)], [[True, 1], [False, 2]]),
    (lambda: [tf.no_op(), tf.constant(1)], lambda: [tf.constant(True), tf.constant(2)], [[True, 1], [True, 2]]),
    (lambda: {'op': tf.no_op(), 'x': [1]}, lambda: {'op': tf.no_op(), 'x': [2]}, [{'op': True, 'x': [1]}, {'op': False, 'x': [2]}]),
])
def test_single_results_are_unpacked_and_operations_give_the_predicate(true_fn, false_fn, wanted):
    assert both(true_fn, false_fn) == wanted


def test_slices_in_a_list_are_unpacked():
    def rows(value):
        return tf.IndexedSlices(tf.constant([value]), tf.constant([0]))
    true, false = both(lambda: [rows(1.)], lambda: rows(2.))
    assert true.values.tolist() == [1] and false.values.tolist() == [2]


def test_strict_conds_keep_what_is_single():
    assert both(lambda: [tf.constant(1)], lambda: [tf.constant(2)], strict=True) == [[1], [2]]
    with pytest.raises(TypeError, match="don't have the same sequence type"):
        both(lambda: (tf.constant(1),), lambda: [tf.constant(2)], strict=True)
    with pytest.raises(ValueError, match="don't have the same nested structure"):
        both(lambda: [tf.constant(1)], constant(2), strict=True)


def test_what_is_compared_has_been_unpacked():
    with pytest.raises(ValueError) as error:
        both(lambda: [[tf.constant(1)]], lambda: [tf.constant(1)])
    assert "First structure: type=list str=[<tf.Tensor 'cond/Const:0' shape=() dtype=int32>]" in str(error.value)


def test_cases_unpack_too():
    with tf.Graph().as_default(), tf.Session() as sess:
        number = tf.placeholder(tf.int32, [])
        result = tf.case([(number < 1, lambda: [tf.constant(1)]), (number < 2, constant(2))], default=lambda: (tf.constant(3),))
        assert [sess.run(result, {number: value}) for value in range(3)] == [1, 2, 3]


def test_work_done_in_a_branch_comes_before_its_tensors():
    with tf.Graph().as_default(), tf.Session() as sess:
        which = tf.placeholder(tf.bool, [])
        v = tf.Variable(1.)
        done, value = tf.cond(which, lambda: [tf.group(v.assign_add(1.)), tf.constant(1)], lambda: [tf.no_op(), tf.constant(2)])
        sess.run(v.initializer)
        assert sess.run([done, value], {which: True}) == [True, 1] and sess.run(v) == 2
        assert sess.run([done, value], {which: False}) == [False, 2] and sess.run(v) == 2
