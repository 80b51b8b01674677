"""tf.python_io. What is expected here is what TensorFlow 1.15.5 answered."""
import base64
import json
import pathlib

import pytest

import reflow.tensorflow as tf

GOLDEN = pathlib.Path(__file__).resolve().parents[2] / 'tests/data/tf-1.15/tfrecord'
Options = tf.python_io.TFRecordOptions
Type = tf.python_io.TFRecordCompressionType


def records(path, options=None):
    return list(tf.python_io.tf_record_iterator(str(path), options))


@pytest.mark.parametrize('name, kind', [('plain', Type.NONE), ('zlib', Type.ZLIB), ('gzip', Type.GZIP)])
def test_files_of_tensorflow_are_read_and_written_byte_for_byte(name, kind, tmp_path):
    values = json.loads((GOLDEN / 'values.json').read_text())
    expected = [base64.b64decode(record['base64']) for record in values['records']]
    expected += [b'big ' * 30000] if kind else []
    assert records(GOLDEN / f'{name}.tfrecord', Options(kind)) == expected
    with tf.python_io.TFRecordWriter(str(tmp_path / 'written'), Options(kind)) as writer:
        for record in expected:
            writer.write(record)
    assert (tmp_path / 'written').read_bytes() == (GOLDEN / f'{name}.tfrecord').read_bytes()


def test_compressed_file_of_a_later_tensorflow():
    folder = GOLDEN.parents[1] / 'tf-2.6'
    words = (folder / 'unicode_vocabulary').read_bytes().splitlines()
    assert records(folder / 'unicode_vocabulary.tfrecord.gz', 'GZIP') == words and len(words) == 165


def test_messages_come_back(tmp_path):
    example = tf.train.Example(features=tf.train.Features(feature={
        'label': tf.train.Feature(int64_list=tf.train.Int64List(value=[3]))}))
    with tf.io.TFRecordWriter(str(tmp_path / 'x'), 'GZIP') as writer:
        writer.write(example.SerializeToString())
    assert tf.train.Example.FromString(records(tmp_path / 'x', 'GZIP')[0]) == example


def test_damage(tmp_path):
    path = tmp_path / 'x'
    path.write_bytes(b'0123456789abcdef0123456789')
    with pytest.raises(tf.errors.DataLossError, match='^corrupted record at 0$'):
        records(path)
    with pytest.raises(tf.errors.NotFoundError, match='^/no/such; No such file or directory$'):
        records('/no/such')
    with pytest.raises(tf.errors.FailedPreconditionError, match='Is a directory$'):
        records(tmp_path)


def test_writers_say_what_is_wrong(tmp_path):
    writer = tf.python_io.TFRecordWriter(str(tmp_path / 'x'))
    with pytest.raises(TypeError, match='^expected bytes, str found$'):
        writer.write('text')
    writer.close()
    with pytest.raises(tf.errors.FailedPreconditionError, match='^Writer not initialized or previously closed$'):
        writer.write(b'')
    with pytest.raises(tf.errors.NotFoundError):
        tf.python_io.TFRecordWriter('/no/such')
    with pytest.raises(tf.errors.InvalidArgumentError, match='compression_level 77'):
        tf.python_io.TFRecordWriter(str(tmp_path / 'x'), Options('ZLIB', compression_level=77))


def test_options():
    kind = Options.get_compression_type_string
    assert [kind(x) for x in (None, '', 0, 1, 2, 'GZIP', 'ZLIB', Options(), Options('GZIP'), Options(1))] == [
        '', '', '', 'ZLIB', 'GZIP', 'GZIP', 'ZLIB', '', 'GZIP', 'ZLIB']
    assert Options('GZIP').compression_type == 'GZIP'
    for wrong in ('FOO', 7):
        with pytest.raises(ValueError, match='^Not a valid compression_type: "%s"$' % wrong):
            Options(wrong)


def test_a_reader_of_the_extension_module_goes_on_where_a_file_has_grown(tmp_path):
    from reflow import pywrap_tensorflow
    path = str(tmp_path / 'records').encode()

    def reader(path, offset=0):
        with tf.errors.raise_exception_on_not_ok_status() as status:
            return pywrap_tensorflow.PyRecordReader_New(path, offset, b'', status)

    writer = tf.python_io.TFRecordWriter(path.decode())
    writer.write(b'abc')
    writer.write(b'de')
    writer.flush()
    records = reader(path)
    for record, offset in (b'abc', 19), (b'de', 37):
        records.GetNext()
        assert (records.record(), records.offset()) == (record, offset)
    with pytest.raises(tf.errors.OutOfRangeError, match='Read less bytes than requested'):
        records.GetNext()
    writer.write(b'x')
    writer.close()
    records.GetNext()
    assert (records.record(), records.offset()) == (b'x', 54)
    later = reader(path, 19)
    later.GetNext()
    assert later.record() == b'de'
    later.Close()
    with pytest.raises(tf.errors.FailedPreconditionError, match='Reader is closed.'):
        later.GetNext()
    with pytest.raises(tf.errors.NotFoundError, match='No such file or directory'):
        reader(path + b'.not')
