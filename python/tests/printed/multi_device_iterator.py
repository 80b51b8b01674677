"""Iterators that deal elements out to devices."""
import tensorflow as tf
from tensorflow.python.data.ops import multi_device_iterator_ops

tf.logging.set_verbosity(tf.logging.ERROR)
D, M = tf.data.Dataset, multi_device_iterator_ops.MultiDeviceIterator
config = tf.ConfigProto(device_count={'CPU': 3})


def steps(make, n=9, passes=1):
    with tf.Graph().as_default(), tf.Session(config=config) as session:
        iterator, fetches = make()
        for _ in range(passes):
            session.run(iterator.initializer)
            try:
                for _ in range(n):
                    print(*session.run(fetches), end='; ')
                print()
            except tf.errors.OutOfRangeError:
                print('end')


def whole(dataset, devices=('/cpu:1', '/cpu:2'), **options):
    iterator = M(dataset, list(devices), **options)
    return iterator, iterator.get_next()


def parts(dataset):
    iterator = M(dataset, ['/cpu:1', '/cpu:2'])
    return iterator, [iterator.get_next('/cpu:1'), iterator.get_next('/cpu:2')]


def optionals(dataset):
    iterator = M(dataset, ['/cpu:1', '/cpu:2'])
    first, second = iterator.get_next_as_optional()
    return iterator, [first.has_value(), second.has_value()]


steps(lambda: whole(D.range(10)))
steps(lambda: whole(D.range(10)), 3, 2)
steps(lambda: whole(D.range(9), ('/cpu:0', '/cpu:1', '/cpu:2')))
steps(lambda: whole(D.range(8).map(lambda x: x * x), max_buffer_size=4, prefetch_buffer_size=2))
steps(lambda: parts(D.range(6)))
steps(lambda: optionals(D.range(3)), 3)
with tf.Graph().as_default():
    iterator = M(D.from_tensors({'a': [1], 'b': ('x', 2.)}), ['/cpu:0'])
    print(iterator.element_spec, sorted(iterator.get_next()[0]), iterator.get_next('/cpu:0')['b'][1].shape)
