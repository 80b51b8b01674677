"""Objects of the wrong kind as arguments end in the errors of TensorFlow 1.15.5, and never end the interpreter."""
import json
import pathlib
import re

import numpy as np
import pytest

# One a line: [program, class of the error, its text], where a program knows what _objects gives.
VECTORS = [json.loads(line) for line in (
    pathlib.Path(__file__).resolve().parents[2] / 'tests/data/errors/python_mistakes.jsonl').read_text().splitlines()]


def _objects(tf, graph):
    return {'tf': tf, 'np': np, 'v': tf.Variable([[1.]], name='v'), 'x': tf.constant([1.], name='x'), 'o': lambda: 1,
            'opt': tf.train.GradientDescentOptimizer(.1), 'S': tf.Session(graph=graph)}


@pytest.mark.parametrize('program,error,text', VECTORS, ids=[program for program, _, _ in VECTORS])
def test_mistake(program, error, text):
    import reflow.tensorflow as tf
    with tf.Graph().as_default() as graph:
        objects = _objects(tf, graph)
        with pytest.raises(Exception) as caught:
            eval(program, objects)
    assert type(caught.value).__name__ == error
    assert re.sub('0x[0-9a-f]+', '0x0', re.sub('<function .*?<lambda>', '<lambda>', str(caught.value))) == text


@pytest.mark.parametrize('compare', ['lt', 'le', 'gt', 'ge'])
def test_comparison_with_what_is_no_tensor(compare):
    import operator
    import reflow.tensorflow as tf
    with tf.Graph().as_default(), pytest.raises(TypeError):
        getattr(operator, compare)(tf.constant(1.), object())


def test_variables_take_anything_for_true():
    import reflow.tensorflow as tf
    with tf.Graph().as_default():
        tf.get_variable('a', [1], trainable='yes')
        tf.get_variable('b', [1], trainable=[])
        assert [variable.op.name for variable in tf.trainable_variables()] == ['a']


@pytest.mark.parametrize('given', [3, None])
def test_device_functions_that_give_no_device(given):
    import reflow.tensorflow as tf
    with tf.Graph().as_default(), tf.device(lambda op: given):
        with pytest.raises(TypeError, match='Expected binary or unicode string, got %s' % given):
            tf.constant(1)


def test_device_functions_of_what_variables_are_cached_on():
    import reflow.tensorflow as tf
    with tf.Graph().as_default():
        variable = tf.Variable(1., caching_device=lambda op: '/job:a')
        assert variable.value().device == '/job:a'
        with tf.variable_scope('scope', caching_device=lambda op: op.device):
            tf.get_variable('w', [])


def test_gradients_of_functions_run_after_the_loss():
    import reflow.tensorflow as tf
    with tf.Graph().as_default() as graph:
        variable = tf.Variable(2., use_resource=True)
        tf.train.GradientDescentOptimizer(.1).compute_gradients(lambda: tf.square(variable))
        last = [op for op in graph.get_operations() if op.type == 'Const'][-1]
        assert [each.name for each in last.control_inputs][:1] == ['Square']


def test_gradients_of_sparse_tensors():
    import reflow.tensorflow as tf
    with tf.Graph().as_default():
        x = tf.constant([1.])
        sparse = tf.SparseTensor([[0]], [1.], [2])
        assert tf.gradients(x, sparse) == [None]
        assert tf.gradients(tf.sparse.to_dense(tf.SparseTensor([[0]], x, [2])), [sparse]) == [None]


def test_what_is_accepted_as_tensorflow_does():
    import reflow.tensorflow as tf
    with tf.Graph().as_default():
        tf.train.AdamOptimizer(name=3)
        for nothing in (0, False, '', None):
            with tf.device(nothing):
                assert tf.constant(1).device == ''
        assert tf.case([(tf.constant(True), lambda: None)]) is None
        assert tf.case([(tf.constant(True), lambda: 3)]) == 3
        made = tf.get_variable('a', [2], initializer=lambda shape, dtype, partition_info: 3)
        assert made.shape == () and made.dtype.base_dtype == tf.float32
        assert tf.get_variable('b', [1], synchronization=3) not in tf.trainable_variables()


def test_concat_in_the_order_of_tensorflow_0_12_says_that_the_axis_is_no_scalar():
    import reflow.tensorflow as tf
    with tf.Graph().as_default(), pytest.raises(ValueError, match=r'^Shape \(2, 2, 3\) must have rank 0$'):
        tf.concat(1, [tf.ones([2, 3]), tf.ones([2, 3])])
