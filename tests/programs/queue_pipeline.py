"""Queue runners: CSV lines by string_input_producer, and Examples of TFRecords by shuffle_batch, as readers of CIFAR do."""
import os
import re
import shutil
import tempfile

import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
BATCH_SIZE = 4


def write_csv(path, n, offset):
    with open(path, 'w') as f:
        for i in range(n):
            f.write('%d.5,%d,name%d\n' % (offset + i, (offset + i) % 3, offset + i))


def read_csv(filename_queue):
    reader = tf.TextLineReader(skip_header_lines=0)
    key, value = reader.read(filename_queue)
    x, label, name = tf.decode_csv(value, record_defaults=[[0.0], [0], ['']])
    return key, x, label, name


def _int64_feature(value):
    return tf.train.Feature(int64_list=tf.train.Int64List(value=[value]))


def _bytes_feature(value):
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))


def convert_to(images, labels, path):
    writer = tf.python_io.TFRecordWriter(path)
    for index in range(len(images)):
        example = tf.train.Example(features=tf.train.Features(feature={
            'height': _int64_feature(images.shape[1]), 'label': _int64_feature(int(labels[index])),
            'image_raw': _bytes_feature(images[index].tobytes())}))
        writer.write(example.SerializeToString())
    writer.close()


def read_and_decode(filename_queue):
    reader = tf.TFRecordReader()
    _, serialized_example = reader.read(filename_queue)
    features = tf.parse_single_example(serialized_example, features={
        'image_raw': tf.FixedLenFeature([], tf.string), 'label': tf.FixedLenFeature([], tf.int64),
        'extra': tf.VarLenFeature(tf.float32)})
    image = tf.decode_raw(features['image_raw'], tf.uint8)
    image.set_shape([12])
    image = tf.reshape(image, [2, 2, 3])
    image = tf.cast(image, tf.float32) * (1. / 255) - 0.5
    return image, tf.cast(features['label'], tf.int32)


def inputs(path, num_epochs):
    with tf.name_scope('input'):
        filename_queue = tf.train.string_input_producer([path], num_epochs=num_epochs)
        image, label = read_and_decode(filename_queue)
        return tf.train.shuffle_batch([image, label], batch_size=BATCH_SIZE, num_threads=2, capacity=20 + 3 * BATCH_SIZE,
                                      min_after_dequeue=10, allow_smaller_final_batch=True)


def main():
    folder = tempfile.mkdtemp()
    paths = [os.path.join(folder, 'file%d.csv' % i) for i in range(3)]
    for i, path in enumerate(paths):
        write_csv(path, 3, 3 * i)
    filenames = tf.train.match_filenames_once(os.path.join(folder, '*.csv'))
    queue = tf.train.string_input_producer(filenames, shuffle=False, num_epochs=1)
    key, x, label, name = read_csv(queue)
    xs, labels, names = tf.train.batch([x, label, name], batch_size=BATCH_SIZE, allow_smaller_final_batch=True)
    print(xs, labels)
    with tf.Session() as sess:
        sess.run(tf.group(tf.global_variables_initializer(), tf.local_variables_initializer()))
        coord = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(coord=coord)
        try:
            while not coord.should_stop():
                print(*sess.run([xs, labels, names]))
        except tf.errors.OutOfRangeError as e:
            # A queue's number counts who came first, and the batching threads race with the reader.
            print('Done', re.sub(r"'_\d+_", "'_N_", e.message.split('(')[0].replace(e.op.name, '*')))
        finally:
            coord.request_stop()
        coord.join(threads)

    tf.reset_default_graph()
    rng = np.random.RandomState(1)
    images = rng.randint(0, 256, [10, 2, 2, 3]).astype(np.uint8)
    labels = np.arange(10)
    record = os.path.join(folder, 'train.tfrecords')
    convert_to(images, labels, record)
    print(sum(1 for _ in tf.python_io.tf_record_iterator(record)))
    image_batch, label_batch = inputs(record, 2)
    print(image_batch, label_batch)
    print([q.name for q in tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)])
    print([s.op.name for s in tf.get_collection(tf.GraphKeys.SUMMARIES)])
    sess = tf.Session()
    sess.run(tf.local_variables_initializer())
    coord = tf.train.Coordinator()
    threads = tf.train.start_queue_runners(sess=sess, coord=coord)
    seen, sizes = [], []
    try:
        while not coord.should_stop():
            im, la = sess.run([image_batch, label_batch])
            assert np.allclose(im, images[la] / 255. - 0.5, atol=1e-6)
            seen += la.tolist()
            sizes.append(len(la))
    except tf.errors.OutOfRangeError:
        print('Done training for 2 epochs')
    finally:
        coord.request_stop()
    coord.join(threads)
    sess.close()
    print(sorted(seen), sizes)

    tf.reset_default_graph()
    a = tf.train.range_input_producer(5, shuffle=False, num_epochs=1).dequeue()
    b, c = tf.train.slice_input_producer([np.arange(4.) * 2, ['p', 'q', 'r', 's']], shuffle=False)
    bb, cc = tf.train.batch([b, c], 3)
    lengths = tf.range(a + 1)
    padded = tf.train.batch([lengths], 2, dynamic_pad=True)
    bucket_len, bucketed = tf.contrib.training.bucket_by_sequence_length(
        tf.constant(3), [tf.constant([1, 2, 3])], 2, [2, 5], dynamic_pad=True)
    with tf.Session() as sess:
        sess.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        coord = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(sess, coord)
        for _ in range(2):
            print(*sess.run([bb, cc]))
        print(sess.run(padded))
        print(sess.run(padded))
        print(sess.run([bucket_len, bucketed]))
        coord.request_stop()
        coord.join(threads, stop_grace_period_secs=5)
    shutil.rmtree(folder)


if __name__ == '__main__':
    main()
