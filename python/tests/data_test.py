"""tf.data: what datasets and iterators give; the values are those of TensorFlow 1.15.5."""
import numpy as np
import pytest

import reflow.tensorflow as tf

Dataset = tf.data.Dataset


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def passes(dataset, count=1, limit=60):
    """The elements of so many passes over a dataset; an error ends one with its first line."""
    iterator = dataset.make_initializable_iterator()
    element = iterator.get_next()
    result = []
    with tf.Session() as session:
        for _ in range(count):
            session.run(iterator.initializer)
            result.append([])
            try:
                while len(result[-1]) < limit:
                    result[-1].append(session.run(element))
            except tf.errors.OutOfRangeError:
                pass
            except tf.errors.OpError as error:
                result[-1].append(error.message.split('\n')[0])
    return result


def elements(dataset, limit=60):
    """The elements of one pass."""
    return passes(dataset, 1, limit)[0]


def lists(dataset):
    """The elements of one pass as lists."""
    return [value.tolist() for value in elements(dataset)]


def test_slices_batches_and_the_rest():
    dataset = Dataset.from_tensor_slices(np.arange(7))
    assert lists(dataset.batch(3)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert lists(dataset.batch(3, drop_remainder=True)) == [[0, 1, 2], [3, 4, 5]]
    assert elements(dataset.skip(2).take(3)) == [2, 3, 4]
    assert elements(dataset.shard(3, 1)) == [1, 4]


def test_shuffled_as_by_tensorflow():
    numbers = Dataset.range(10)
    assert passes(numbers.shuffle(4, seed=7).repeat(2), 2) == [
        [3, 4, 0, 5, 1, 8, 2, 7, 6, 9, 0, 2, 3, 1, 7, 4, 8, 6, 9, 5]] * 2
    assert passes(numbers.shuffle(4, seed=7, reshuffle_each_iteration=False).repeat(2))[0] == [
        3, 4, 0, 5, 1, 8, 2, 7, 6, 9] * 2
    assert elements(numbers.repeat(2).shuffle(25, seed=7)) == [
        2, 5, 8, 2, 9, 8, 0, 4, 0, 4, 3, 1, 5, 7, 9, 7, 6, 3, 6, 1]
    assert lists(numbers.shuffle(4, seed=7).batch(10).repeat(3)) == [
        [0, 4, 2, 3, 5, 6, 1, 8, 7, 9], [1, 3, 0, 4, 6, 5, 7, 8, 9, 2], [3, 2, 4, 6, 1, 8, 5, 7, 0, 9]]
    shuffled = Dataset.range(5).shuffle(4, seed=7)
    assert elements(Dataset.zip((shuffled, shuffled))) == [(0, 0), (4, 4), (2, 2), (3, 3), (1, 1)]


def test_shuffled_by_the_seed_of_the_graph():
    tf.set_random_seed(5)
    assert elements(Dataset.range(10).shuffle(20)) == [9, 2, 0, 8, 4, 1, 3, 5, 7, 6]


def test_random_numbers_in_functions_begin_again_with_the_iterator():
    dataset = Dataset.range(3).map(lambda x: tf.random_uniform([], seed=1)).repeat(2)
    first, second = passes(dataset, 2)
    np.testing.assert_array_equal(first, np.float32([0.2390374, 0.22267115, 0.34304976, 0.8514762, 0.97840536, 0.93370306]))
    assert first == second


def test_maps_of_structures_and_captures():
    factor = tf.constant(10, name='factor')
    dataset = Dataset.from_tensor_slices({'a': [1, 2], 'b': (['x', 'y'], [[1., 2.], [3., 4.]])})
    mapped = dataset.map(lambda e: {'sum': e['a'] * factor, 'row': [e['b'][1], e['b'][1]]})
    assert mapped.output_types == {'sum': tf.int32, 'row': tf.float32}
    assert mapped.output_shapes == {'sum': tf.TensorShape([]), 'row': tf.TensorShape([2, 2])}
    first, second = elements(mapped)
    assert first['sum'] == 10 and second['row'].tolist() == [[3, 4], [3, 4]]
    assert repr(mapped) == '<DatasetV1Adapter shapes: {sum: (), row: (2, 2)}, types: {sum: tf.int32, row: tf.float32}>'


def test_variables_are_captured():
    variable = tf.Variable(3)
    resource = tf.get_variable('resource', initializer=4, use_resource=True)
    iterator = Dataset.range(2).map(lambda x: tf.cast(x, tf.int32) + variable * resource).make_initializable_iterator()
    element = iterator.get_next()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(iterator.initializer)
        assert session.run(element) == 12
        session.run(resource.assign(100))
        assert session.run(element) == 301


def test_parallel_calls_keep_the_order():
    assert elements(Dataset.range(50).map(lambda x: x * x, num_parallel_calls=3)) == [x * x for x in range(50)]
    assert lists(Dataset.range(7).apply(tf.data.experimental.map_and_batch(lambda x: x * x, 3))) == [
        [0, 1, 4], [9, 16, 25], [36]]


def test_datasets_of_datasets():
    def copies(x):
        return Dataset.from_tensors(x).repeat(x + 1)

    interleaved = [0, 1, 1, 2, 2, 3, 3, 2, 3, 3, 4, 4, 4, 4, 4]
    assert elements(Dataset.range(3).flat_map(copies)) == [0, 1, 1, 2, 2, 2]
    assert elements(Dataset.range(5).interleave(copies, cycle_length=3, block_length=2)) == interleaved
    assert elements(Dataset.range(5).interleave(copies, cycle_length=3, block_length=2, num_parallel_calls=2)) == interleaved
    assert elements(Dataset.range(4).apply(tf.data.experimental.parallel_interleave(
        lambda x: Dataset.from_tensors(x).repeat(3), cycle_length=2, block_length=2))) == [
            0, 0, 1, 1, 0, 1, 2, 2, 3, 3, 2, 3]


def test_windows():
    def rows(**options):
        return lists(Dataset.range(7).window(**options).flat_map(lambda window: window.batch(3)))

    assert rows(size=3, shift=2, stride=2) == [[0, 2, 4], [2, 4, 6], [4, 6], [6]]
    assert rows(size=2, shift=3, drop_remainder=True) == [[0, 1], [3, 4]]


def test_padded_batches():
    dataset = Dataset.range(3).map(lambda x: tf.fill([x], 1))
    assert lists(dataset.padded_batch(2, [None], padding_values=7)) == [[[7], [1]], [[1, 1]]]
    first, error = elements(dataset.padded_batch(2, [1]))
    assert first.tolist() == [[0], [1]]
    assert error == 'Attempted to pad to a smaller size than the input element.'


def test_caches(tmp_path):
    assert elements(Dataset.range(3).cache().repeat(2)) == [0, 1, 2] * 2
    files = Dataset.range(3).cache(str(tmp_path / 'kept'))
    assert elements(files) == elements(files) == [0, 1, 2]
    assert (tmp_path / 'kept.index').exists() and not list(tmp_path.glob('*lockfile'))


def test_generators():
    passes_begun = []

    def generate(stop):
        passes_begun.append(int(stop))
        for i in range(stop):
            yield i, [i] * i

    dataset = Dataset.from_generator(generate, (tf.int64, tf.int32), ([], [None]), args=(3,))
    assert [(a, b.tolist()) for a, b in elements(dataset.repeat(2))] == [(0, []), (1, [1]), (2, [2, 2])] * 2
    assert passes_begun == [3, 3]
    error = elements(Dataset.from_generator(lambda: iter([1, 2, 'a']), tf.int32))[-1]
    assert error.endswith('TypeError: `generator` yielded an element that could not be converted to the expected type. The '
                          'expected type was int32, but the yielded element was a.')


def test_the_end_and_what_comes_before_the_beginning():
    iterator = Dataset.range(1).make_one_shot_iterator()
    element = iterator.get_next()
    with tf.Session() as session:
        assert session.run(element) == 0
        for _ in range(2):
            with pytest.raises(tf.errors.OutOfRangeError, match='End of sequence'):
                session.run(element)
    with tf.Session() as session, pytest.raises(tf.errors.FailedPreconditionError, match=r'GetNext\(\) failed because the iterator'):
        session.run(Dataset.range(1).make_initializable_iterator().get_next())


def test_iterators_by_structure_and_by_handle():
    first, second = Dataset.range(2), Dataset.range(10, 13)
    iterator = tf.data.Iterator.from_structure(first.output_types, first.output_shapes)
    element = iterator.get_next()
    initializers = [iterator.make_initializer(dataset) for dataset in (first, second)]
    handle = tf.placeholder(tf.string, [])
    fed = tf.data.Iterator.from_string_handle(handle, tf.int64, []).get_next()
    one_shot = second.make_one_shot_iterator()
    with tf.Session() as session:
        for initializer, value in zip(initializers, (0, 10)):
            session.run(initializer)
            assert session.run(element) == value
        handles = session.run([iterator.string_handle(), one_shot.string_handle()])
        assert [session.run(fed, {handle: each}) for each in (handles[0], handles[1], handles[1])] == [11, 10, 11]
        with pytest.raises(tf.errors.InvalidArgumentError, match='Could not parse string_handle'):
            session.run(fed, {handle: 'abc'})
    with pytest.raises(TypeError, match='Expected output types'):
        iterator.make_initializer(Dataset.from_tensors(1.))


def test_sparse_elements():
    sparse = tf.SparseTensor([[0, 1], [2, 0]], [5, 6], [3, 2])
    dense = Dataset.from_tensor_slices(sparse).map(tf.sparse.to_dense)
    assert lists(dense) == [[0, 5], [0, 0], [6, 0]]
    batched = elements(Dataset.from_tensors(sparse).repeat(2).batch(2))[0]
    assert batched.dense_shape.tolist() == [2, 3, 2] and batched.values.tolist() == [5, 6, 5, 6]
    indices, values, shape = elements(Dataset.from_sparse_tensor_slices(sparse))[2]
    assert (indices.tolist(), values.tolist(), shape.tolist()) == ([[0]], [6], [2])


def test_experimental_transformations():
    experimental = tf.data.experimental
    assert elements(Dataset.range(5).apply(experimental.scan(np.int64(0), lambda s, x: (s + x, s * x)))) == [0, 0, 2, 9, 24]
    assert elements(Dataset.range(9).apply(experimental.take_while(lambda x: x < 4))) == [0, 1, 2, 3]
    assert elements(Dataset.from_tensor_slices([1, 2, 1, 3, 2]).apply(experimental.unique())) == [1, 2, 3]
    reciprocals = Dataset.from_tensor_slices([1., 2., 0., 4.]).map(lambda x: tf.check_numerics(1. / x, 'bad'))
    assert elements(reciprocals.apply(experimental.ignore_errors())) == [1., .5, .25]
    assert elements(reciprocals)[-1].endswith('bad : Tensor had Inf values')
    assert lists(Dataset.range(10).apply(experimental.group_by_window(
        lambda x: x % 3, lambda _, group: group.batch(4), window_size=2))) == [[0, 3], [1, 4], [2, 5], [6, 9], [7], [8]]
    assert lists(Dataset.from_tensor_slices([[1, 2], [3, 4]]).apply(experimental.unbatch())) == [1, 2, 3, 4]
    assert elements(Dataset.range(5).enumerate(start=3))[1] == (4, 1)
    assert elements(experimental.Counter(start=2, step=3).take(3)) == [2, 5, 8]


def test_buckets():
    dataset = Dataset.range(8).map(lambda x: tf.fill([x + 1], x)).apply(
        tf.data.experimental.bucket_by_sequence_length(lambda x: tf.shape(x)[0], [3, 6], [2, 2, 2]))
    assert [batch.shape for batch in elements(dataset)] == [(2, 2), (2, 4), (2, 7), (1, 5), (1, 8)]


def test_draws_as_by_tensorflow():
    experimental = tf.data.experimental
    ones, hundreds = Dataset.range(5), Dataset.range(100, 105)
    assert elements(experimental.sample_from_datasets([ones, hundreds], [0.4, 0.6], seed=3)) == [
        100, 101, 102, 0, 103, 104, 1, 2, 3, 4]
    choices = Dataset.from_tensor_slices(np.int64([0, 1, 1, 0, 1, 0, 0, 1]))
    assert elements(experimental.choose_from_datasets([ones.take(3), hundreds.take(3)], choices)) == [
        0, 100, 101, 1, 102, 2]
    assert elements(experimental.RandomDataset(seed=3).take(5)) == [
        3534849767, 279844183, 888998500, 1099633400, 2034269327]


def test_resampled_as_by_tensorflow():
    dataset = Dataset.from_tensor_slices([0, 0, 0, 0, 1, 0, 0, 0, 1, 1]).repeat(3).apply(
        tf.data.experimental.rejection_resample(lambda x: x, [0.5, 0.5], seed=4))
    assert ''.join(str(c) for c, _ in elements(dataset)) == '01000100011101000100101100100100'


def test_reduced_and_single():
    with tf.Session() as session:
        assert session.run(Dataset.range(5).reduce(np.int64(1), lambda state, x: state * (x + 1))) == 120
        assert session.run(tf.data.experimental.get_single_element(Dataset.range(7).batch(9))).tolist() == list(range(7))
        assert session.run(tf.data.experimental.cardinality(Dataset.range(7).batch(2).repeat(3))) == 12
        with pytest.raises(tf.errors.InvalidArgumentError, match='Dataset was empty.'):
            session.run(tf.data.experimental.get_single_element(Dataset.range(0)))


def test_optionals():
    iterator = Dataset.range(1).make_initializable_iterator()
    optional = tf.data.experimental.get_next_as_optional(iterator)
    has_value, value = optional.has_value(), optional.get_value()
    with tf.Session() as session:
        session.run(iterator.initializer)
        assert session.run([has_value, value]) == [True, 0]
        assert not session.run(has_value)
        with pytest.raises(tf.errors.InvalidArgumentError, match='The given optional does not have a value.'):
            session.run(value)


def test_files(tmp_path):
    (tmp_path / 'a.txt').write_text('one\r\ntwo\n')
    (tmp_path / 'b.txt').write_text('three')
    names = [str(tmp_path / name) for name in ('a.txt', 'b.txt')]
    assert elements(tf.data.TextLineDataset(names)) == [b'one', b'two', b'three']
    assert elements(tf.data.TextLineDataset(names, num_parallel_reads=2)) == [b'one', b'three', b'two']
    assert elements(Dataset.list_files(str(tmp_path / '*.txt'), shuffle=False)) == [name.encode() for name in names]
    with tf.python_io.TFRecordWriter(str(tmp_path / 'records')) as writer:
        for text in (b'x', b'', b'yz'):
            writer.write(text)
    assert elements(tf.data.TFRecordDataset(str(tmp_path / 'records'))) == [b'x', b'', b'yz']
    assert elements(tf.data.FixedLengthRecordDataset(names[1], 2, header_bytes=1)) == [b'hr', b'ee']


def test_csv_files(tmp_path):
    path = str(tmp_path / 'rows.csv')
    with open(path, 'w') as file:
        file.write('a,b,c\n1,2.5,x\n3,,"y, ""z"""\n5,1e2,\n')
    experimental = tf.data.experimental
    assert elements(experimental.CsvDataset(path, [tf.int32, [0.5], ['none']], header=True)) == [
        (1, 2.5, b'x'), (3, 0.5, b'y, "z"'), (5, 100.0, b'none')]
    assert elements(experimental.CsvDataset(path, [tf.int32, tf.float32], header=True, select_cols=[0, 1])) == [
        (1, 2.5), 'Field 1 is required but missing in record!']

    def made(*args, **kwargs):
        return [{key: value.tolist() for key, value in batch.items()}
                for batch in elements(experimental.make_csv_dataset(path, *args, **kwargs))]

    assert made(2, shuffle=False, num_epochs=1) == [{'a': [1, 3], 'b': [2.5, 0.0], 'c': [b'x', b'y, "z"']},
                                                    {'a': [5], 'b': [100.0], 'c': [b'']}]
    assert [batch['a'] for batch in made(3, shuffle=True, shuffle_seed=7, num_epochs=2)] == [[1, 5, 3], [3, 1, 5]]
    (features, label), = elements(experimental.make_csv_dataset(path, 3, label_name='a', shuffle=False, num_epochs=1))
    assert sorted(features) == ['b', 'c'] and label.tolist() == [1, 3, 5]


def test_written_to_tfrecord_files(tmp_path):
    path = str(tmp_path / 'records')
    write = tf.data.experimental.TFRecordWriter(path).write(Dataset.from_tensor_slices(['a', 'bc', '']))
    assert write.name == 'DatasetToTFRecord'
    with tf.Session() as session:
        session.run(write)
    assert elements(tf.data.TFRecordDataset(path)) == [b'a', b'bc', b'']


def test_reduced_by_key():
    reducer = tf.data.experimental.Reducer(
        lambda key: (tf.constant(0, tf.int64), tf.constant(0.)),
        lambda state, x: (state[0] + 1, state[1] + tf.cast(x, tf.float32)),
        lambda number, total: total / tf.cast(number, tf.float32))
    assert elements(Dataset.range(7).apply(tf.data.experimental.group_by_reducer(lambda x: x % 3, reducer))) == [3.0, 2.5, 3.5]


@pytest.mark.parametrize('size', [5, None])
def test_batches_of_rows_of_different_length(size):
    rows = Dataset.range(4).map(lambda x: tf.fill([x], x))
    first, second = elements(rows.apply(tf.data.experimental.dense_to_sparse_batch(3, [size])))
    assert first.indices.tolist() == [[1, 0], [2, 0], [2, 1]] and first.values.tolist() == [1, 2, 2]
    assert first.dense_shape.tolist() == [3, size or 2] and second.dense_shape.tolist() == [1, size or 3]


def test_sessions_close_and_iterators_end_while_threads_work():
    endless = Dataset.range(1000).repeat().map(lambda x: tf.py_func(lambda v: v, [x], tf.int64), num_parallel_calls=4)
    element = endless.prefetch(50).make_one_shot_iterator().get_next()
    for _ in range(3):
        with tf.Session() as session:
            assert session.run(element) == 0
            assert session.run(element) == 1


def test_mistakes():
    with pytest.raises(TypeError, match='must return a `Dataset` object'):
        Dataset.range(2).flat_map(lambda x: x)
    with pytest.raises(ValueError, match='return type must be convertible to a scalar boolean tensor'):
        Dataset.range(2).filter(lambda x: x)
    with pytest.raises(ValueError, match='Dimensions 2 and 3 are not compatible'):
        Dataset.from_tensor_slices(([1, 2], [1, 2, 3]))
    with pytest.raises(TypeError, match=r'must be a nested structure of `Dataset` objects'):
        Dataset.zip((1, 2))
    with pytest.raises(TypeError, match='different types'):
        Dataset.range(2).concatenate(Dataset.from_tensors('a'))
    with pytest.raises(RuntimeError, match='only supported inside of tf.function or when eager execution is enabled'):
        iter(Dataset.range(3))


def test_branches_of_functions_use_captured_variables():
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.get_variable('v', [], tf.int64, tf.ones_initializer(), use_resource=True)
        dataset = tf.data.Dataset.range(3).map(lambda x: tf.cond(x > 0, lambda: x + v, lambda: x))
        iterator = dataset.make_initializable_iterator()
        element = iterator.get_next()
        session.run([v.initializer, iterator.initializer])
        assert [session.run(element) for _ in range(3)] == [0, 2, 3]


def test_shuffled_by_a_tensor():
    dataset = Dataset.range(6).shuffle(6, seed=tf.constant(3, tf.int64))
    assert passes(dataset) == [[0, 1, 2, 3, 4, 5]]
    tf.set_random_seed(5)
    dataset = Dataset.range(6).shuffle(6, seed=tf.constant(3, tf.int64))
    assert passes(dataset) == [[4, 5, 0, 2, 1, 3]]
    names = [op.name for op in tf.get_default_graph().get_operations()]
    assert {'mod/y', 'mod', 'seed', 'seed2/Equal', 'seed2'} <= set(names)
