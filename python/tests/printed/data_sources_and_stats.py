"""Rows of SQLite databases, and what datasets record."""
import sqlite3

import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
D, X = tf.data.Dataset, tf.data.experimental
base = sqlite3.connect('rows.db')
base.execute('create table t (i integer, r real, s text, b blob, n integer)')
base.executemany('insert into t values (?,?,?,?,?)', [
    (1, 1.5, 'one', b'\x00\x01', None), (300, 2.0, 'two', b'', 7), (-1, -3.25, 'dr\u00e9', b'x', 2 ** 40)])
base.commit()
base.close()


def rows(query, types, driver='sqlite', passes=1):
    try:
        with tf.Graph().as_default(), tf.Session() as session:
            iterator = X.SqlDataset(driver, 'rows.db', query, types).make_initializable_iterator()
            element = iterator.get_next()
            for _ in range(passes):
                session.run(iterator.initializer)
                try:
                    while True:
                        row = session.run(element)
                        print('  ', *[np.asarray(value).tolist() for value in row])
                except tf.errors.OutOfRangeError:
                    print('   end')
    except Exception as error:
        print('  ', type(error).__name__, getattr(error, 'message', str(error)).split('\n')[0])


with tf.Graph().as_default():
    print(X.SqlDataset('sqlite', 'rows.db', 'select i, s from t', (tf.int32, tf.string)))
rows('select i, r, s, b, n from t order by r', (tf.int32, tf.float64, tf.string, tf.string, tf.int64), passes=2)
for number in (tf.int8, tf.int16, tf.uint8, tf.uint16, tf.bool, tf.float64):
    print(number.name)
    rows('select i from t', (number,))
rows('select i, r, n from t', (tf.string, tf.string, tf.string))
rows('select s from t', (tf.int32,))
rows('select r from t', (tf.int32,))
rows('select r from t', (tf.float32,))
rows('select i, r from t', (tf.int32,))
rows('select nope from t', (tf.int32,))
rows('selec', (tf.int32,))
rows('select i from t where i > 999', (tf.int32,))
rows('select 1', (tf.int32,), driver='mysql')
rows('select 1; select 2', (tf.int32,))


def recorded(make, prefix=None, n=5):
    with tf.Graph().as_default() as graph, tf.Session() as session:
        options = tf.data.Options()
        options.experimental_stats.aggregator = X.StatsAggregator()
        if prefix is not None:
            options.experimental_stats.prefix = prefix
        iterator = make().with_options(options).make_initializable_iterator()
        element = iterator.get_next()
        summary = options.experimental_stats.aggregator.get_summary()
        print([op.name for op in graph.get_operations() if 'Stats' in op.type])
        print(len(session.run(summary)))
        session.run(iterator.initializer)
        for _ in range(n):
            session.run(element)
        for value in sorted(tf.Summary.FromString(session.run(summary)).value, key=lambda value: value.tag):
            histogram = value.histo
            print(value.tag, histogram.num, *[] if 'time' in value.tag else [
                histogram.min, histogram.max, histogram.sum, histogram.sum_squares, list(histogram.bucket)])


recorded(lambda: D.range(9).apply(X.bytes_produced_stats('bytes')))
recorded(lambda: D.from_tensor_slices(['a', 'bcd'] * 4).apply(X.bytes_produced_stats('bytes')))
recorded(lambda: D.from_tensors(({'a': [1., 2.]}, 'text')).repeat().apply(X.bytes_produced_stats('bytes')), 'some')
recorded(lambda: D.range(9).apply(X.latency_stats('time')))
recorded(lambda: D.range(9).apply(X.latency_stats('time b')).apply(X.bytes_produced_stats('a')).apply(X.latency_stats('time c')), 'p')
recorded(lambda: D.range(9).apply(X.latency_stats('time')), n=0)
