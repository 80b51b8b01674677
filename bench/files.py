"""Checkpoints, records and pictures."""
import os
import tempfile

import numpy as np
import reflow.tensorflow as tf

import harness
from harness import emit, rates, seconds_per_call, wall_seconds
from sessions import session, started

RECORDS, BUILT, SCALARS = 100000, 20000, 200000
PIXELS, WEIGHTS = bytes(i % 256 for i in range(784)), [0.5 * i for i in range(48)]


def _repeated(times, call):
    return [wall_seconds(call) for _ in range(times)]


def _save_and_restore(count, shape, label, megabytes, times):
    """megabytes: rates are printed; None: seconds."""
    tf.reset_default_graph()
    for _ in range(count):
        tf.Variable(tf.zeros(shape))
    saver = tf.train.Saver()
    with started() as sess, tempfile.TemporaryDirectory(dir=harness.SCRATCH) as folder:
        path = os.path.join(folder, 'model')
        saver.save(sess, path, write_meta_graph=False)
        for verb, call in (('save', lambda: saver.save(sess, path, write_meta_graph=False)),
                           ('restore', lambda: saver.restore(sess, path))):
            seconds = _repeated(times, call)
            if megabytes:
                emit('checkpoint', verb + label, 'MB/s', rates(megabytes, seconds))
            else:
                emit('checkpoint', verb + label, 's', seconds)


def checkpoint():
    _save_and_restore(16, [4096, 4096], '_16x64MiB', 16 * 4096 * 4096 * 4e-6, 5)
    _save_and_restore(10000, [10], '_10000_small', None, 3)


def _example(i):
    feature = {'image': tf.train.Feature(bytes_list=tf.train.BytesList(value=[PIXELS])),
               'label': tf.train.Feature(int64_list=tf.train.Int64List(value=[i % 10])),
               'weights': tf.train.Feature(float_list=tf.train.FloatList(value=WEIGHTS))}
    return tf.train.Example(features=tf.train.Features(feature=feature)).SerializeToString()


def _write(path, records):
    with tf.python_io.TFRecordWriter(path) as writer:
        for record in records:
            writer.write(record)


def _parse_rates(records, spec):
    """Records each second that ParseExample alone takes, fed with a batch."""
    tf.reset_default_graph()
    serialized = tf.placeholder(tf.string, [128])
    parsed = tf.parse_example(serialized, spec)
    with session() as sess:
        parse = sess.make_callable([parsed[key] for key in sorted(parsed)], [serialized])
        batch = np.array(records[:128], dtype=object)
        return rates(128, seconds_per_call(lambda: parse(batch)))


def _scalar_rates(folder):
    """Scalars each second that a loop hands to a writer, and with the time until the file is complete."""
    adding, written = [], []
    for _ in range(5):
        with tf.summary.FileWriter(os.path.join(folder, 'events')) as writer:
            summary = tf.Summary(value=[tf.Summary.Value(tag='loss', simple_value=0.5)])

            def add():
                for step in range(SCALARS):
                    writer.add_summary(summary, step)
            adding.append(wall_seconds(add))
            written.append(adding[-1] + wall_seconds(writer.close))
    return rates(SCALARS, adding), rates(SCALARS, written)


def _dataset_rates(path, parse):
    """Records each second that a dataset gives, from the start of its session to its end."""
    def run():
        with session() as sess:
            try:
                while True:
                    sess.run(batch)
            except tf.errors.OutOfRangeError:
                pass
    seconds = []
    for _ in range(5):
        tf.reset_default_graph()
        batch = tf.data.make_one_shot_iterator(parse(tf.data.TFRecordDataset(path))).get_next()
        seconds.append(wall_seconds(run))
    return rates(RECORDS, seconds)


def _queue_rates(path, spec):
    tf.reset_default_graph()
    _, record = tf.TFRecordReader().read(tf.train.string_input_producer([path], shuffle=False))
    batch = tf.train.shuffle_batch(tf.parse_single_example(record, spec), 128, capacity=10000, min_after_dequeue=5000,
                                   num_threads=2, seed=1)

    def run(times):
        for _ in range(times):
            sess.run(batch)
    with session() as sess:
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(sess, coordinator)
        run(10)
        seconds = _repeated(5, lambda: run(80))
        coordinator.request_stop()
        coordinator.join(threads, stop_grace_period_secs=5, ignore_live_threads=True)
    return rates(80 * 128, seconds)


def tfrecord():
    spec = {'image': tf.FixedLenFeature([], tf.string), 'label': tf.FixedLenFeature([], tf.int64),
            'weights': tf.FixedLenFeature([48], tf.float32)}
    with tempfile.TemporaryDirectory(dir=harness.SCRATCH) as folder:
        path = os.path.join(folder, 'records')
        emit('tfrecord', 'build_and_write', 'records/s',
             rates(BUILT, _repeated(5, lambda: _write(path, map(_example, range(BUILT))))))
        records = [_example(i) for i in range(RECORDS)]
        emit('tfrecord', 'write', 'records/s', rates(RECORDS, _repeated(5, lambda: _write(path, records))))
        emit('tfrecord', 'python_iterator', 'records/s',
             rates(RECORDS, _repeated(5, lambda: sum(1 for _ in tf.python_io.tf_record_iterator(path)))))
        emit('tfrecord', 'parse_example_batch', 'records/s', _parse_rates(records, spec))
        adding, written = _scalar_rates(folder)
        emit('tfrecord', 'add_summary', 'scalars/s', adding)
        emit('tfrecord', 'add_summary_and_close', 'scalars/s', written)
        emit('tfrecord', 'queue_shuffle_batch', 'records/s', _queue_rates(path, spec))

        def parse_single(record):
            return tf.parse_single_example(record, spec)
        for metric, parse in (
                ('dataset_map_parse_single_batch', lambda d: d.map(parse_single).batch(128)),
                ('dataset_map_parallel_2_prefetch', lambda d: d.map(parse_single, 2).batch(128).prefetch(2)),
                ('dataset_batch_parse_example', lambda d: d.batch(128).map(lambda r: tf.parse_example(r, spec)))):
            emit('tfrecord', metric, 'records/s', _dataset_rates(path, parse))


def image():
    with open(os.path.join(harness.DATA, 'images/jpeg/grace_hopper.jpg'), 'rb') as file:
        content = file.read()
    contents, photo = tf.placeholder(tf.string, []), tf.placeholder(tf.uint8, [1, 600, 500, 3])
    decoded, resized = tf.image.decode_jpeg(contents, channels=3), tf.image.resize_bilinear(photo, [299, 299])
    pixels = np.random.RandomState(1).randint(0, 256, [1, 600, 500, 3]).astype(np.uint8)
    with session() as sess:
        decode, resize = sess.make_callable(decoded.op, [contents]), sess.make_callable(resized.op, [photo])
        emit('image', 'decode_jpeg', 'images/s', rates(1, seconds_per_call(lambda: decode(content))))
        emit('image', 'resize_bilinear', 'images/s', rates(1, seconds_per_call(lambda: resize(pixels))))
