"""tf.parse_example and its sisters. What is expected here is what TensorFlow 1.15.5 answered."""
import numpy as np
import pytest

import reflow.tensorflow as tf


@pytest.fixture(autouse=True)
def session():
    with tf.Graph().as_default(), tf.Session() as session:
        yield session


def feature(*values):
    if values and isinstance(values[0], bytes):
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=values))
    if values and isinstance(values[0], float):
        return tf.train.Feature(float_list=tf.train.FloatList(value=values))
    return tf.train.Feature(int64_list=tf.train.Int64List(value=values))


def features(named):
    return tf.train.Features(feature={key: feature(*values) for key, values in named.items()})


def example(**named):
    return tf.train.Example(features=features(named)).SerializeToString()


def test_all_kinds_of_features(session):
    batch = [example(i=[1, 2], s=[b'a'], f=[0.5], ix=[3, 1], val=[0.5, 1.5]), example(i=[3, 4], f=[1.0, 2.0, 3.0])]
    parsed = session.run(tf.parse_example(batch, {
        'i': tf.FixedLenFeature([2], tf.int64), 's': tf.FixedLenFeature([], tf.string, default_value='none'),
        'f': tf.VarLenFeature(tf.float32)}))
    assert parsed['i'].tolist() == [[1, 2], [3, 4]]
    assert parsed['s'].tolist() == [b'a', b'none']
    assert parsed['f'].indices.tolist() == [[0, 0], [1, 0], [1, 1], [1, 2]]
    assert parsed['f'].dense_shape.tolist() == [2, 3]
    rows = session.run(tf.parse_example(batch, {
        'f': tf.FixedLenSequenceFeature([], tf.float32, allow_missing=True, default_value=-1.0)}))
    assert rows['f'].tolist() == [[0.5, -1, -1], [1, 2, 3]]


def test_shapes_and_names_of_nodes():
    serialized = tf.placeholder(tf.string, [None])
    parsed = tf.parse_example(serialized, {
        'a b': tf.FixedLenFeature([2], tf.int64, default_value=[1, 2]), 'v': tf.VarLenFeature(tf.string)})
    assert parsed['a b'].shape.as_list() == [None, 2]
    assert parsed['a b'].op.name == 'ParseExample/ParseExample'
    assert parsed['v'].dense_shape.shape.as_list() == [2]
    names = [op.name for op in tf.get_default_graph().get_operations()]
    assert names == ['Placeholder', 'ParseExample/key_a_b', 'ParseExample/Reshape/shape', 'ParseExample/Reshape',
                     'ParseExample/ParseExample/names', 'ParseExample/ParseExample/sparse_keys_0',
                     'ParseExample/ParseExample/dense_keys_0', 'ParseExample/ParseExample']


def test_one_example(session):
    parsed = tf.parse_single_example(example(i=[7], s=[b'x', b'y']), {
        'i': tf.FixedLenFeature([], tf.int64), 's': tf.VarLenFeature(tf.string)})
    assert parsed['i'].op.name == 'ParseSingleExample/ParseSingleExample' and parsed['i'].shape == ()
    values = session.run(parsed)
    assert values['i'] == 7 and values['s'].values.tolist() == [b'x', b'y'] and values['s'].dense_shape.tolist() == [2]
    named = session.run(tf.parse_single_example(example(i=[7]), {'i': tf.FixedLenFeature([], tf.int64)}, example_names='me'))
    assert named['i'] == 7


def test_mistakes(session):
    for features_, text in (
            ({}, 'Missing: features was {}.'),
            ({'a': 3}, 'Invalid feature a:3.'),
            ({'a': tf.VarLenFeature(None)}, 'Missing type for feature a.'),
            ({'a': tf.FixedLenFeature(None, tf.int64)}, 'Missing shape for feature a.'),
            ({'a': tf.FixedLenFeature([None], tf.int64)},
             'First dimension of shape for feature a unknown. Consider using FixedLenSequenceFeature.'),
            ({'a': tf.FixedLenFeature([2, None], tf.int64)},
             'All dimensions of shape for feature a need to be known but received [2, None].'),
            ({'a': tf.FixedLenSequenceFeature([], tf.int64)},
             'Unsupported: FixedLenSequenceFeature requires allow_missing to be True.')):
        with pytest.raises(ValueError) as error:
            tf.parse_example(['x'], features_)
        assert str(error.value) == text
    with pytest.raises(tf.errors.InvalidArgumentError, match=r'Name: <unknown>, Feature: a \(data type: int64\) is required'):
        session.run(tf.parse_example([example()], {'a': tf.FixedLenFeature([], tf.int64)}))


def test_sequences(session):
    lists = tf.train.FeatureLists(feature_list={
        'w': tf.train.FeatureList(feature=[feature(1, 2), feature(3, 4)]),
        't': tf.train.FeatureList(feature=[feature(b'a'), feature(b'b', b'c')])})
    serialized = tf.train.SequenceExample(context=features({'n': [2]}), feature_lists=lists).SerializeToString()
    context_features = {'n': tf.FixedLenFeature([], tf.int64)}
    sequence_features = {'w': tf.FixedLenSequenceFeature([2], tf.int64), 't': tf.VarLenFeature(tf.string)}
    context, parsed = session.run(tf.parse_single_sequence_example(serialized, context_features, sequence_features))
    assert context['n'] == 2 and parsed['w'].tolist() == [[1, 2], [3, 4]]
    assert parsed['t'].indices.tolist() == [[0, 0], [1, 0], [1, 1]]
    context, parsed, lengths = session.run(tf.io.parse_sequence_example([serialized] * 2, context_features, sequence_features))
    assert context['n'].tolist() == [2, 2] and parsed['w'].shape == (2, 2, 2) and lengths['w'].tolist() == [2, 2]


def test_csv_and_raw(session):
    columns = session.run(tf.decode_csv(['1,a', ',"b,c"'], [[7], ['x']]))
    assert [column.tolist() for column in columns] == [[1, 7], [b'a', b'b,c']]
    with pytest.raises(ValueError, match='^select_cols is not strictly increasing.$'):
        tf.decode_csv(['1'], [[0], [0]], select_cols=[1, 1])
    assert session.run(tf.decode_raw([np.array([1, 2], np.int16).tobytes()], tf.int16)).tolist() == [[1, 2]]
