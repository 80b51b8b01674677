"""tf.contrib.learn.io reads arrays, generators and files into the graphs of TensorFlow 1.15.5."""
import re

import numpy as np
import pytest

import reflow.tensorflow as tf

learn = tf.contrib.learn


def batches(make, number=4):
    """The first batches, up to the end, and the graph's names with their types."""
    with tf.Graph().as_default() as graph, tf.Session() as session:
        tensors = make()
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        got = []
        try:
            while len(got) < number:
                got.append(session.run(tensors))
        except tf.errors.OutOfRangeError:
            got.append('end')
        coordinator.request_stop()
        coordinator.join(threads)
        return got, [op.name + ':' + op.type for op in graph.get_operations()]


@pytest.fixture
def lines(tmp_path):
    for name in 'ba':
        (tmp_path / name).write_text(''.join('%s%d\n' % (name, i) for i in range(3)))
    return str(tmp_path / '*')


def test_batches_of_lines_in_order(lines):
    got, names = batches(lambda: learn.read_batch_examples(
        lines, 4, tf.TextLineReader, randomize_input=False, num_epochs=1, queue_capacity=10))
    assert [list(each) for each in got[:2]] == [[b'a0', b'a1', b'a2', b'b0'], [b'b1', b'b2']] and got[2] == 'end'
    prefix = 'read_batch_examples/'
    assert prefix + 'read/TextLineReaderV2:TextLineReaderV2' in names
    assert prefix + 'file_name_queue/limit_epochs/epochs:VariableV2' in names
    assert [name for name in names if name.startswith('read_batch_examples')][-2:] == [
        prefix + 'n:Const', 'read_batch_examples:QueueDequeueUpToV2']


def test_shuffled_features_of_records(tmp_path):
    with tf.python_io.TFRecordWriter(str(tmp_path / 'records')) as writer:
        for i in range(5):
            feature = {'x': tf.train.Feature(float_list=tf.train.FloatList(value=[i, i])),
                       's': tf.train.Feature(bytes_list=tf.train.BytesList(value=[b'a'] * (i % 3)))}
            writer.write(tf.train.Example(features=tf.train.Features(feature=feature)).SerializeToString())
    features = {'x': tf.FixedLenFeature([2], tf.float32), 's': tf.VarLenFeature(tf.string)}
    got, _ = batches(lambda: learn.read_batch_record_features([str(tmp_path / 'records')], 2, features, num_epochs=1))
    assert got[-1] == 'end' and sorted(x for batch in got[:-1] for x in batch['x'][:, 0]) == [0, 1, 2, 3, 4]
    assert sum(len(batch['s'].values) for batch in got[:-1]) == 4
    keys, _ = batches(lambda: learn.io.read_keyed_batch_features(
        [str(tmp_path / 'records')], 5, features, tf.TFRecordReader, num_epochs=1, queue_capacity=20), 1)
    assert all(re.search(rb'records:\d+$', key) for key in keys[0][0])


def test_what_is_parsed_may_be_a_dict(lines):
    (keys, values), = batches(lambda: learn.io.read_keyed_batch_examples(
        lines, 2, tf.TextLineReader, randomize_input=False, num_epochs=1, parse_fn=lambda line: {'n': tf.substr(line, 1, 1)}), 1)[0]
    assert list(values) == ['n'] and list(values['n']) == [b'0', b'1'] and keys[1].endswith(b'a:2')


@pytest.mark.parametrize('pattern, given, message', [
    ([], {}, 'No files given to dequeue_examples.'),
    ('/nothing*', {}, 'No files match /nothing*.'),
    (None, {'queue_capacity': 2}, 'Invalid batch_size 3, with queue_capacity 2.'),
    (None, {'num_threads': 0}, 'Invalid num_threads 0.'),
    (None, {'num_epochs': 0}, 'Invalid num_epochs 0.'),
    (None, {'read_batch_size': 0}, 'Invalid read_batch_size 0.')])
def test_mistakes(lines, pattern, given, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        learn.read_batch_examples(lines if pattern is None else pattern, 3, tf.TextLineReader, **given)


def generator():
    for i in range(5):
        yield {'a': np.array([i]), 'b': np.array([2 * i])}


def test_generators_and_arrays():
    got, _ = batches(learn.io.generator_input_fn(generator, target_key='b', batch_size=2, shuffle=False))
    assert [x['a'].ravel().tolist() for x, _ in got[:-1]] == [[0, 1], [2, 3], [4, 0]] and got[0][1].tolist() == [[0], [2]]
    got, _ = batches(learn.io.numpy_input_fn({'x': np.arange(4.)}, np.arange(4), batch_size=3, shuffle=False))
    assert [y.tolist() for _, y in got[:-1]] == [[0, 1, 2], [3]]


@pytest.mark.parametrize('arguments, error, message', [
    ((1,), TypeError, 'x must be generator function; got int'),
    ((lambda: 1,), TypeError, 'x() must be generator; got int'),
    ((generator, 3), TypeError, 'target_key must be str or Container of str; got int'),
    ((generator, [4]), TypeError, 'target_key must be str or Container of str; got int'),
    ((generator, ['c']), KeyError, "target_key not in yielded dict. Expected ['a', 'b'] keys; got c")])
def test_mistakes_of_generators(arguments, error, message):
    with pytest.raises(error) as raised:
        learn.io.generator_input_fn(*arguments)
    assert raised.value.args[0] == message


def test_data_without_frames_is_handed_on():
    data = np.arange(3)
    for extract in (learn.extract_pandas_data, learn.extract_pandas_labels, learn.extract_pandas_matrix,
                    learn.extract_dask_data, learn.extract_dask_labels):
        assert extract(data) is data
