"""tf.io.decode_proto and encode_proto, with what TensorFlow 1.15.5 gives."""
import numpy as np
import pytest
from google.protobuf import descriptor_pb2

import reflow.tensorflow as tf

_KINDS = {'double': '1.5', 'float': '2.5', 'int64': '-7', 'uint64': '9', 'int32': '-3', 'bool': 'true', 'string': 'abc',
          'uint32': '4000000000', 'sint32': '-8', 'sint64': '-9', 'fixed32': '5', 'sfixed64': '-6'}


def _source():
    """The descriptors of a message M with an optional and a repeated field of each kind."""
    field_proto = descriptor_pb2.FieldDescriptorProto
    files = descriptor_pb2.FileDescriptorSet()
    file = files.file.add(name='t.proto', package='t', syntax='proto2')
    message = file.message_type.add(name='M')
    number = 1
    for kind, default in _KINDS.items():
        field_type = getattr(field_proto, 'TYPE_' + kind.upper())
        message.field.add(name=kind, number=number, type=field_type, label=1, default_value=default)
        message.field.add(name='r_' + kind, number=number + 1, type=field_type, label=3)
        number += 2
    message.field.add(name='sub', number=number, type=field_proto.TYPE_MESSAGE, type_name='.t.M', label=1)
    packed = message.field.add(name='packed', number=number + 1, type=field_proto.TYPE_INT32, label=3)
    packed.options.packed = True
    return b'bytes://' + files.SerializeToString()


SOURCE = _source()


@pytest.fixture
def session():
    with tf.Graph().as_default(), tf.Session() as sess:
        yield sess


def _decode(session, messages, names, types, **kwargs):
    decoded = tf.io.decode_proto(tf.constant(messages), 't.M', names, types, descriptor_source=SOURCE, **kwargs)
    return session.run(decoded)


def _encode(session, sizes, values, names):
    return session.run(tf.io.encode_proto(sizes, values, names, 't.M', descriptor_source=SOURCE))


def test_every_type_there_and_back(session):
    names = [name for kind in _KINDS for name in (kind, 'r_' + kind)]
    types = [tf.as_dtype(dict(double='float64', float='float32', sint32='int32', sint64='int64', fixed32='uint32',
                              sfixed64='int64').get(kind, kind)) for kind in _KINDS for _ in range(2)]
    values = [np.array([[b'x' if t == tf.string else 1] * 2], t.as_numpy_dtype) for t in types]
    sizes = [[1, 2] * len(_KINDS)]
    message = _encode(session, sizes, [value[:, :1 + i % 2] for i, value in enumerate(values)], names)
    decoded = _decode(session, message, names, types)
    assert decoded.sizes.tolist() == sizes
    for i, (found, wanted) in enumerate(zip(decoded.values, values)):
        assert found.dtype == wanted.dtype and found.tolist() == wanted[:, :1 + i % 2].tolist(), names[i]


def test_missing_fields_have_their_defaults(session):
    decoded = _decode(session, [b'', b''], list(_KINDS)[:3] + ['r_int32'], [tf.float64, tf.float64, tf.int64, tf.int32])
    assert decoded.sizes.tolist() == [[0, 0, 0, 0]] * 2
    assert [value.tolist() for value in decoded.values] == [[[1.5]] * 2, [[2.5]] * 2, [[-7]] * 2, [[], []]]


def test_shorter_fields_are_filled_up(session):
    messages = _encode(session, [[2], [1]], [np.array([[1., 2.], [9., 0.]])], ['r_double'])
    decoded = _decode(session, messages, ['r_double'], [tf.float64])
    assert decoded.sizes.tolist() == [[2], [1]] and decoded.values[0].tolist() == [[1., 2.], [9., 0.]]


def test_bytes_are_tensorflows(session):
    assert _encode(session, [[3]], [np.array([[1, 2, -3]], np.int32)], ['packed'])[0] == (
        b'\xd2\x01\x0c\x01\x02\xfd\xff\xff\xff\xff\xff\xff\xff\xff\x01')
    assert _encode(session, [[2]], [np.array([[1, 2]], np.int64)], ['int32'])[0] == b'H\x01H\x02'
    assert _encode(session, [[1, 2]], [np.array([['a', 'b']]), np.array([[1.5, 2.5]])], ['r_string', 'double'])[0] == (
        b'\t\0\0\0\0\0\0\xf8?\t\0\0\0\0\0\0\x04@r\x01a')
    assert _encode(session, [[-1]], [np.array([[1.5]])], ['r_double']).tolist() == [b'']


def test_text_and_sanitized_messages(session):
    assert _decode(session, ['int32: 8', 'int32: 9'], ['int32'], [tf.int32], message_format='text').values[0].tolist() == [
        [8], [9]]
    assert _decode(session, [b'\x48\x05\xf8\x7f\x01'], ['int32'], [tf.int32], sanitize=True).values[0].tolist() == [[5]]
    sub = _encode(session, [[1]], [np.array([[b'\x48\x05']])], ['sub'])
    assert _decode(session, sub, ['sub'], [tf.string]).values[0].tolist() == [[b'\x48\x05']]


def test_tensorflows_own_messages_and_files(session, tmp_path):
    version = tf.contrib.proto.encode_proto([[1, 2]], [np.array([[7]], np.int32), np.array([[1, 2]], np.int32)],
                                            ['producer', 'bad_consumers'], 'tensorflow.VersionDef')
    assert session.run(version)[0] == b'\x08\x07\x1a\x02\x01\x02'
    path = tmp_path / 'descriptors'
    path.write_bytes(SOURCE[len(b'bytes://'):])
    message = tf.io.encode_proto([[1]], [np.array([[3]], np.int32)], ['int32'], 't.M', descriptor_source=str(path))
    assert session.run(message)[0] == b'H\x03'


@pytest.mark.parametrize('names,types,messages,text', [
    (['nope'], [tf.int32], [b''], 'Unknown field: nope in message type t.M'),
    (['double'], [tf.float32], [b''], 'Unexpected output type for t.M.double: 5 to 1'),
    (['bool'], [tf.int32], [b''], 'Unexpected output type for t.M.bool: 7 to 3'),
    (['int32'], [tf.int32], [b'\xff\xff'], 'CountFields: Failed to consume entire buffer'),
    (['int32', 'bool'], [tf.int32], [b''], 'must have the same length'),
])
def test_errors_of_decoding(session, names, types, messages, text):
    with pytest.raises((tf.errors.InvalidArgumentError, tf.errors.DataLossError), match=text):
        _decode(session, messages, names, types)


def test_errors_of_sources_and_formats(session):
    def decode(message_type='t.M', source=SOURCE, text='binary'):
        session.run(tf.io.decode_proto(tf.constant(['x']), message_type, ['int32'], [tf.int32], descriptor_source=source,
                                       message_format=text))
    for kwargs, text in ((dict(message_type='t.X'), 'No descriptor found for message type t.X'),
                         (dict(source=b'bytes://zz'), 'Source does not represent serialized file descriptor set proto.'),
                         (dict(source='/no/such'), 'Source does not represent serialized file descriptor set proto.'),
                         (dict(source='local://'), 'No descriptor found for message type t.M'),
                         (dict(text='xx'), 'format must be one of binary or text'),
                         (dict(text='text'), 'Unable to parse text protobuf')):
        with pytest.raises((tf.errors.InvalidArgumentError, tf.errors.DataLossError), match=text):
            decode(**kwargs)


@pytest.mark.parametrize('sizes,values,name,text', [
    ([[1]], np.array([[1.]], np.float32), 'double', 'Incompatible type for field double.  Saw dtype: float but field type is'),
    ([[1, 1]], np.array([[1.5]]), 'double', r'Saw: \[1,2\] but expected: \[1,1\]'),
    ([[2]], np.array([[1.5]]), 'double', 'must not be larger than value tensor; but saw: 2 > 1 at message 0 field 0'),
    ([[1]], np.array([[1.5]]), 'nope', 'Unknown field: nope in message type t.M'),
])
def test_errors_of_encoding(session, sizes, values, name, text):
    with pytest.raises(tf.errors.InvalidArgumentError, match=text):
        _encode(session, sizes, [values], [name])
