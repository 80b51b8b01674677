"""Functions of datasets that look words up in tables of the graph around."""
import tensorflow as tf
from tensorflow.python.framework import function

table = tf.contrib.lookup.index_table_from_tensor(tf.constant(['a', 'b', 'c']), default_value=7)
words = tf.data.Dataset.from_tensor_slices(['b c', 'd', 'a a b']).map(lambda line: tf.string_split([line]).values)
ids = words.map(lambda line: (table.lookup(line), tf.size(line))).padded_batch(3, ([None], []), (tf.constant(9, tf.int64), 0))
iterator = ids.make_initializable_iterator()
batch = iterator.get_next()
with tf.Session() as sess:
    sess.run([tf.tables_initializer(), iterator.initializer])
    print(*sess.run(batch))


@function.Defun(tf.string)
def found(word):
    print(tf.get_default_graph().building_function)
    with tf.name_scope('found', values=[table.resource_handle, word]):
        return table.lookup(word)


result = found(tf.constant(['c', 'x']))
print(tf.get_default_graph().building_function)
with tf.Session() as sess:
    sess.run(tf.tables_initializer())
    print(sess.run(result))
