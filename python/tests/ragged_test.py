"""Ragged tensors: what rows there are, from and to other tensors, and what is run, fed and computed of them."""
import numpy as np
import pytest

import reflow.tensorflow as tf

ROWS = [[1, 2], [], [3, 4, 5]]


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default():
        yield


def run(fetches, feeds=None):
    with tf.Session() as session:
        value = session.run(fetches, feeds)
    return value.to_list() if hasattr(value, 'to_list') else value.tolist()


def test_constant():
    rt = tf.ragged.constant(ROWS)
    assert (rt.dtype, rt.ragged_rank, rt.shape.as_list()) == (tf.int32, 1, [3, None])
    assert run(rt) == ROWS
    nested = tf.ragged.constant([[[1, 2], [3]], [[4]]])
    assert nested.ragged_rank == 2
    assert run(nested) == [[[1, 2], [3]], [[4]]]
    inner = tf.ragged.constant([[[1, 2], [3, 4]], [[5, 6]]], ragged_rank=1)
    assert inner.shape.as_list() == [2, None, 2]
    with pytest.raises(ValueError, match='all scalar values must have the same nesting depth'):
        tf.ragged.constant([[1], 2])


@pytest.mark.parametrize('make', [
    lambda values: tf.RaggedTensor.from_row_splits(values, [0, 2, 2, 5]),
    lambda values: tf.RaggedTensor.from_row_lengths(values, [2, 0, 3]),
    lambda values: tf.RaggedTensor.from_row_starts(values, [0, 2, 2]),
    lambda values: tf.RaggedTensor.from_row_limits(values, [2, 2, 5]),
    lambda values: tf.RaggedTensor.from_value_rowids(values, [0, 0, 2, 2, 2]),
    lambda values: tf.RaggedTensor.from_value_rowids(values, [0, 0, 2, 2, 2], nrows=3),
    lambda values: tf.RaggedTensor.from_nested_row_splits(values, [[0, 2, 2, 5]]),
])
def test_rows_can_be_told_in_many_ways(make):
    rt = make([1, 2, 3, 4, 5])
    assert run(rt) == ROWS
    assert run(rt.row_splits) == [0, 2, 2, 5]
    assert run(rt.row_lengths()) == [2, 0, 3]
    assert run(rt.value_rowids()) == [0, 0, 2, 2, 2]
    assert run(rt.nrows()) == 3
    assert run(rt.bounding_shape()) == [3, 3]


def test_wrong_rows_are_errors():
    for splits in ([0, 3], [1, 2], [0, 2, 1, 2]):
        with pytest.raises(tf.errors.InvalidArgumentError, match='do not form a valid RaggedTensor'):
            run(tf.RaggedTensor.from_row_splits([1, 2], splits))
    with pytest.raises(ValueError, match='constructor is private'):
        tf.RaggedTensor([1, 2], [0, 2])


def test_from_tensors():
    assert run(tf.RaggedTensor.from_tensor([[1, 0, 2, 0], [0, 0, 0, 0]], padding=0)) == [[1, 0, 2], []]
    assert run(tf.RaggedTensor.from_tensor([[1, 2], [3, 4]], lengths=[1, 2])) == [[1], [3, 4]]
    assert run(tf.RaggedTensor.from_tensor([[1, 2], [3, 4]])) == [[1, 2], [3, 4]]
    sparse = tf.SparseTensor([[0, 0], [0, 1], [2, 0], [2, 1], [2, 2]], [1, 2, 3, 4, 5], [3, 3])
    assert run(tf.RaggedTensor.from_sparse(sparse)) == ROWS
    ragged_sparse = tf.SparseTensor([[0, 1]], [1], [2, 2])
    with pytest.raises(tf.errors.InvalidArgumentError, match='SparseTensor is not right-ragged'):
        run(tf.RaggedTensor.from_sparse(ragged_sparse))


def test_to_tensors():
    rt = tf.ragged.constant(ROWS)
    assert run(rt.to_tensor()) == [[1, 2, 0], [0, 0, 0], [3, 4, 5]]
    assert run(rt.to_tensor(-1)) == [[1, 2, -1], [-1, -1, -1], [3, 4, 5]]
    assert run(tf.RaggedTensor.from_sparse(rt.to_sparse())) == ROWS
    nested = tf.ragged.constant([[[1, 2], [3]], [[4]]])
    assert run(nested.to_tensor()) == [[[1, 2], [3, 0]], [[4, 0], [0, 0]]]
    assert run(nested.to_sparse().indices) == [[0, 0, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0]]
    pairs = tf.RaggedTensor.from_row_splits([[1, 2], [3, 4], [5, 6]], [0, 1, 3])
    assert run(pairs.to_tensor()) == [[[1, 2], [0, 0]], [[3, 4], [5, 6]]]


def test_gradients_flow_through():
    values = tf.constant([1., 2., 3.])
    dense = tf.RaggedTensor.from_row_splits(values, [0, 1, 3]).to_tensor()
    assert run(tf.gradients(dense * dense, values)[0]) == [2., 4., 6.]


def test_ranges():
    assert run(tf.ragged.range([3, 5, 2])) == [[0, 1, 2], [0, 1, 2, 3, 4], [0, 1]]
    assert run(tf.ragged.range([0, 5, 8], [3, 3, 12], 2)) == [[0, 2], [], [8, 10]]
    assert run(tf.ragged.range([10, 5], 0, [-3, -5])) == [[10, 7, 4, 1], [5]]
    assert run(tf.ragged.range([0, 1.5], [1, 3.2], [.25, .5])) == [[0, .25, .5, .75], [1.5, 2, 2.5, 3]]


def test_flat_values_are_mapped():
    rt = tf.ragged.constant(ROWS)
    assert run(tf.ragged.map_flat_values(tf.square, rt)) == [[1, 4], [], [9, 16, 25]]
    assert run(rt + 1) == [[2, 3], [], [4, 5, 6]]
    assert run(10 - rt * rt) == [[9, 6], [], [1, -6, -15]]
    with pytest.raises(tf.errors.InvalidArgumentError, match='Inputs must have identical ragged splits'):
        run(rt + tf.ragged.constant([[1], [2], [3, 4, 5]]))


def test_placeholders_are_fed():
    p = tf.ragged.placeholder(tf.int32, 1)
    value = tf.ragged.constant_value([[7], [8, 9]], dtype='int32')
    assert run(p, {p: value}) == [[7], [8, 9]]
    assert run(p + p, {p: value}) == [[14], [16, 18]]


def test_values():
    value = tf.ragged.constant_value([[1, 2], [3]])
    assert str(value) == '<tf.RaggedTensorValue [[1, 2], [3]]>'
    assert (value.ragged_rank, value.shape) == (1, (2, None))
    assert [s.tolist() for s in value.nested_row_splits] == [[0, 2, 3]]
    with pytest.raises(TypeError, match='row_splits must be a 1D int32 or int64 numpy array'):
        tf.ragged.RaggedTensorValue(np.array([1]), [0, 1])


def test_segment_ids():
    assert run(tf.ragged.row_splits_to_segment_ids([0, 3, 3, 5])) == [0, 0, 0, 2, 2]
    assert run(tf.ragged.segment_ids_to_row_splits([0, 0, 0, 2, 2])) == [0, 3, 3, 5]
    assert run(tf.ragged.segment_ids_to_row_splits([0, 2], num_segments=4)) == [0, 1, 1, 2, 2]


def test_strings_are_split():
    assert run(tf.strings.split(['a b', '', 'c'], result_type='RaggedTensor')) == [[b'a', b'b'], [], [b'c']]


def test_gradient_of_gathered_rows():
    values = tf.constant(np.arange(10, dtype=np.float32).reshape(5, 2))
    gathered = tf.raw_ops.RaggedGather(
        params_nested_splits=[tf.constant([0, 2, 2, 5], tf.int64)], params_dense_values=values,
        indices=tf.constant([2, 0, 2]), OUTPUT_RAGGED_RANK=1)
    gradient = tf.gradients(gathered.output_dense_values * 2., values)[0]
    assert run(tf.convert_to_tensor(gradient)) == [[2, 2], [2, 2], [4, 4], [4, 4], [4, 4]]


def test_shapes_of_dense_results_that_are_scalars():
    def dense(shape):
        return tf.raw_ops.RaggedTensorToTensor(
            shape=shape, values=tf.placeholder(tf.float32, [None]), default_value=0.,
            row_partition_tensors=[tf.placeholder(tf.int64, [4])], row_partition_types=['ROW_SPLITS'])
    assert dense(tf.constant(-1)).shape.as_list() == [None, None]
    with pytest.raises(ValueError, match="^Received an invalid shape scalar with a static value that is not '-1': "
                                         r'Tensor<type: int32 shape: \[\] values: 5>$'):
        dense(tf.constant(5))
    with pytest.raises(ValueError, match="^Received a shape scalar with unknown static value.  A static value of '-1' is required "
                                         'to represent an unknown shape.$'):
        dense(tf.placeholder(tf.int64, []))


@pytest.mark.parametrize('values, message', [
    (([0., 1], [3.] * 40, 1.), 'starts, limits, and deltas must have the same shape'),
    (([[1.]], [3.], [1.]), 'starts must be a scalar or vector'),
    ((0., 1., [[1.]]), 'deltas must be a scalar or vector'),
])
def test_ranges_of_unknown_shapes_are_checked_in_the_run(values, message):
    feeds = {tf.placeholder(tf.float32): value for value in values}
    rows = tf.raw_ops.RaggedRange(**dict(zip(('starts', 'limits', 'deltas'), feeds)))
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        run(rows.rt_nested_splits, feeds)


@pytest.mark.parametrize('lengths, rows', [([2, 1, 0], [0, 0, 1]), ([0, 2, 0], [1, 1]), ([0, 0, 0], []), ([1, 0, 3], [0, 2, 2, 2])])
def test_rows_of_values_where_the_last_rows_are_empty(lengths, rows):
    with tf.Graph().as_default(), tf.Session() as session:
        ragged = tf.RaggedTensor.from_row_lengths(tf.range(sum(lengths)), lengths)
        assert session.run(ragged.value_rowids()).tolist() == rows
        assert session.run(tf.shape(ragged.to_tensor())).tolist() == [3, max(lengths)]
