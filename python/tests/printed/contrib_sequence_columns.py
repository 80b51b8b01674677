"""The input layer of tf.contrib.feature_column: its graph, values and mistakes."""
import numpy as np
import tensorflow as tf

columns = tf.contrib.feature_column
ids = columns.sequence_categorical_column_with_identity('ids', num_buckets=4)
words = columns.sequence_categorical_column_with_vocabulary_list('words', ['a', 'b', 'c'])
hashed = columns.sequence_categorical_column_with_hash_bucket('words', 5)
rating = columns.sequence_numeric_column('rating', shape=(2,))
features = {
    'ids': tf.SparseTensor([[0, 0], [0, 1], [1, 0]], [1, 3, 0], [2, 2]),
    'words': tf.SparseTensor([[0, 0], [0, 1], [1, 0]], ['b', 'x', 'c'], [2, 2]),
    'rating': tf.SparseTensor([[0, 0], [0, 1], [0, 2], [0, 3], [1, 0], [1, 1]], [1., 2., 3., 4., 5., 6.], [2, 4])}
made = [tf.feature_column.embedding_column(ids, 3, initializer=tf.truncated_normal_initializer(seed=2)), rating,
        tf.feature_column.indicator_column(words),
        tf.feature_column.embedding_column(hashed, 2, initializer=tf.ones_initializer())]
layer, length = columns.sequence_input_layer(features, made, weight_collections=['mine'], trainable=False)
again, _ = columns.sequence_input_layer(features, made[:1])
print(layer, length, [each.name for each in tf.get_collection('mine')], [each.name for each in tf.trainable_variables()])
for column in ids, tf.feature_column.numeric_column('rating'):
    try:
        columns.sequence_input_layer(features, [column])
    except ValueError as error:
        print(str(error).partition('Given')[0])
outputs, _ = tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(3), layer, length, dtype=tf.float32)
with tf.Session() as session:
    session.run([tf.global_variables_initializer(), tf.tables_initializer()])
    print(np.round(session.run(layer), 4), session.run(length), session.run(again).shape, session.run(outputs).shape)
    short = dict(features, ids=tf.SparseTensor([[0, 0], [1, 0]], [1, 3], [2, 2]))
    try:
        session.run(columns.sequence_input_layer(short, [tf.feature_column.indicator_column(ids), rating]))
    except tf.errors.InvalidArgumentError as error:
        print(error.message.partition(']')[0])
print(tf.feature_column.make_parse_example_spec(made))
for operation in tf.get_default_graph().get_operations()[:400]:
    print(operation.name, operation.type)
