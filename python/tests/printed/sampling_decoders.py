"""Decoders of tf.contrib.seq2seq that draw what they are fed with: nodes, samples, lengths."""
import numpy as np
import tensorflow as tf
from show import show_nodes

S = tf.contrib.seq2seq
random = np.random.RandomState(1).randn(3, 6, 5)
for expression in ('S.SampleEmbeddingHelper(embedding, tf.fill([3], 1), 2, softmax_temperature=.7, seed=3)',
                   'S.ScheduledEmbeddingTrainingHelper(x, lengths, embedding, tf.placeholder_with_default(.5, []))',
                   'S.ScheduledOutputTrainingHelper(x, lengths, .4, seed=7)',
                   'S.ScheduledOutputTrainingHelper(x[:, :, :3], lengths, .4, auxiliary_inputs=x[:, :, 3:], next_inputs_fn=tf.layers.Dense(3))'):
    print(expression)
    with tf.Graph().as_default() as graph, tf.Session() as sess:
        tf.set_random_seed(1)
        x, lengths = tf.constant(random, tf.float32), tf.constant([6, 2, 4])
        embedding = tf.get_variable('embedding', [9, 5])
        cell = tf.nn.rnn_cell.GRUCell(7)
        projection = tf.layers.Dense(5 if 'Output' in expression else 9)
        decoder = S.BasicDecoder(cell, eval(expression), cell.zero_state(3, tf.float32), projection)
        output, _, ends = S.dynamic_decode(decoder, maximum_iterations=5, impute_finished=True)
        show_nodes(graph)
        sess.run(tf.global_variables_initializer())
        for _ in range(2):
            ids, end, total = sess.run([output.sample_id, ends, tf.reduce_sum(output.rnn_output)])
            print('  ', ids.tolist(), end.tolist(), round(float(total), 3))
