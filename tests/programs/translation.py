"""Translation: a bidirectional encoder, a decoder with attention, beam search and greedy decoding over shared variables."""
import numpy as np
import tensorflow as tf
from tensorflow.contrib import rnn, seq2seq
from tensorflow.python.layers.core import Dense

VOCABULARY, EMBEDDING, UNITS, BATCH, STEPS, BEAMS = 20, 8, 16, 4, 6, 3
GO, END = 1, 2

tf.set_random_seed(3)
np.random.seed(3)

source = tf.placeholder(tf.int32, [None, None], name='source')
source_lengths = tf.placeholder(tf.int32, [None], name='source_lengths')
target_inputs = tf.placeholder(tf.int32, [None, None], name='target_inputs')
target_lengths = tf.placeholder(tf.int32, [None], name='target_lengths')
targets = tf.placeholder(tf.int32, [None, None], name='targets')
keep_prob = tf.placeholder_with_default(1.0, [], name='keep_prob')
embedding = tf.get_variable('embedding', [VOCABULARY, EMBEDDING])
batch_size = tf.shape(source)[0]


def encoder_cell():
    cell = rnn.LSTMCell(UNITS, initializer=tf.orthogonal_initializer(seed=1))
    return rnn.DropoutWrapper(cell, output_keep_prob=keep_prob)


with tf.variable_scope('encoder'):
    outputs, states = tf.nn.bidirectional_dynamic_rnn(
        encoder_cell(), encoder_cell(), tf.nn.embedding_lookup(embedding, source), source_lengths, dtype=tf.float32)
    memory = tf.concat(outputs, -1)
    state = rnn.LSTMStateTuple(*[tf.concat(parts, -1) for parts in zip(*states)])

projection = Dense(VOCABULARY, use_bias=False, kernel_initializer=tf.truncated_normal_initializer(stddev=0.1, seed=2))


def decoder_cell(memory, lengths, state, size, reuse=False):
    with tf.variable_scope('decoder_cell', reuse=reuse):
        attention = seq2seq.BahdanauAttention(UNITS, memory, memory_sequence_length=lengths, normalize=True)
        cell = seq2seq.AttentionWrapper(rnn.MultiRNNCell([rnn.LSTMCell(2 * UNITS)]), attention, attention_layer_size=UNITS)
        return cell, cell.zero_state(size, tf.float32).clone(cell_state=(state,))


cell, start = decoder_cell(memory, source_lengths, state, batch_size)
with tf.variable_scope('decode'):
    helper = seq2seq.TrainingHelper(tf.nn.embedding_lookup(embedding, target_inputs), target_lengths)
    decoded, _, _ = seq2seq.dynamic_decode(seq2seq.BasicDecoder(cell, helper, start, projection), impute_finished=True,
                                           maximum_iterations=tf.reduce_max(target_lengths))
weights = tf.sequence_mask(target_lengths, tf.reduce_max(target_lengths), dtype=tf.float32)
loss = seq2seq.sequence_loss(decoded.rnn_output, targets, weights)
optimizer = tf.train.AdamOptimizer(1e-2)
train_op = optimizer.apply_gradients(
    [(tf.clip_by_norm(g, 5.0), v) for g, v in optimizer.compute_gradients(loss) if g is not None])

beam_cell, beam_start = decoder_cell(seq2seq.tile_batch(memory, BEAMS), seq2seq.tile_batch(source_lengths, BEAMS),
                                     seq2seq.tile_batch(state, BEAMS), batch_size * BEAMS, reuse=True)
with tf.variable_scope('decode', reuse=True):
    go = tf.fill([batch_size], GO)
    beams, _, beam_lengths = seq2seq.dynamic_decode(
        seq2seq.BeamSearchDecoder(beam_cell, embedding, go, END, beam_start, BEAMS, projection), maximum_iterations=7)
    greedy, _, _ = seq2seq.dynamic_decode(
        seq2seq.BasicDecoder(cell, seq2seq.GreedyEmbeddingHelper(embedding, go, END), start, projection),
        maximum_iterations=7)

feeds = {source: np.random.randint(3, VOCABULARY, (BATCH, STEPS)), source_lengths: [6, 4, 5, 3],
         target_inputs: np.random.randint(3, VOCABULARY, (BATCH, STEPS)), target_lengths: [6, 6, 5, 4],
         targets: np.random.randint(3, VOCABULARY, (BATCH, STEPS))}
print(len(tf.get_default_graph().get_operations()), 'operations')
print([v.op.name for v in tf.trainable_variables()])
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for _ in range(20):
        print('%.6f' % sess.run([train_op, loss], feeds)[1])
    ids, lengths, greedy_ids = sess.run([beams.predicted_ids, beam_lengths, greedy.sample_id], feeds)
    print(ids.shape, ids[:, :, 0].tolist(), lengths.tolist())
    print(greedy_ids.tolist())
