"""A translator with attention: training with teacher forcing, greedy decoding, beam search."""
import numpy as np
import tensorflow as tf
from tensorflow.contrib import seq2seq
from tensorflow.python.layers.core import Dense

tf.logging.set_verbosity(tf.logging.ERROR)
tf.set_random_seed(4)
V, E, H, BATCH, GO, EOS, BEAM = 12, 6, 8, 4, 0, 1, 3
source = tf.placeholder(tf.int32, [None, None], name='source')
source_length = tf.placeholder(tf.int32, [None])
target = tf.placeholder(tf.int32, [None, None], name='target')
target_length = tf.placeholder(tf.int32, [None])
embedding = tf.get_variable('embedding', [V, E], initializer=tf.random_uniform_initializer(-1, 1, seed=1))
init = tf.random_uniform_initializer(-0.3, 0.3, seed=2)
with tf.variable_scope('encoder', initializer=init):
    cell = tf.contrib.rnn.BasicLSTMCell(H)
    encoder_outputs, encoder_state = tf.nn.dynamic_rnn(
        cell, tf.nn.embedding_lookup(embedding, source), source_length, dtype=tf.float32)
batch_size = tf.shape(source)[0]
output_layer = Dense(V, use_bias=False, name='projection', kernel_initializer=init)


def decoder_cell(memory, length, mechanism):
    attention = {'luong': lambda: seq2seq.LuongAttention(H, memory, memory_sequence_length=length, scale=True),
                 'bahdanau': lambda: seq2seq.BahdanauAttention(H, memory, memory_sequence_length=length, normalize=True),
                 'monotonic': lambda: seq2seq.BahdanauMonotonicAttention(H, memory, memory_sequence_length=length)}[mechanism]()
    return seq2seq.AttentionWrapper(tf.contrib.rnn.BasicLSTMCell(H), attention, attention_layer_size=H, alignment_history=mechanism == 'luong')


losses, greedy, beams, histories = {}, {}, {}, {}
for mechanism in ('luong', 'bahdanau', 'monotonic'):
    with tf.variable_scope('decoder_' + mechanism, initializer=init) as scope:
        cell = decoder_cell(encoder_outputs, source_length, mechanism)
        state = cell.zero_state(batch_size, tf.float32).clone(cell_state=encoder_state)
        inputs = tf.concat([tf.fill([batch_size, 1], GO), target[:, :-1]], 1)
        helper = seq2seq.TrainingHelper(tf.nn.embedding_lookup(embedding, inputs), target_length)
        decoder = seq2seq.BasicDecoder(cell, helper, state, output_layer)
        outputs, final_state, lengths = seq2seq.dynamic_decode(
            decoder, impute_finished=True, maximum_iterations=tf.reduce_max(target_length), scope='decode')
        mask = tf.sequence_mask(target_length, dtype=tf.float32)
        losses[mechanism] = seq2seq.sequence_loss(outputs.rnn_output, target, mask)
        print(outputs.rnn_output, outputs.sample_id, lengths)
    with tf.variable_scope('decoder_' + mechanism, reuse=True):
        helper = seq2seq.GreedyEmbeddingHelper(embedding, tf.fill([batch_size], GO), EOS)
        cell = decoder_cell(encoder_outputs, source_length, mechanism)
        state = cell.zero_state(batch_size, tf.float32).clone(cell_state=encoder_state)
        decoded, s, _ = seq2seq.dynamic_decode(seq2seq.BasicDecoder(
            cell, helper, state, output_layer), maximum_iterations=6, scope='decode')
        greedy[mechanism] = decoded.sample_id
        if mechanism == 'luong':
            histories[mechanism] = s.alignment_history.stack()
    with tf.variable_scope('decoder_' + mechanism, reuse=True):
        tiled = seq2seq.tile_batch(encoder_outputs, BEAM)
        cell = decoder_cell(tiled, seq2seq.tile_batch(source_length, BEAM), mechanism)
        state = cell.zero_state(batch_size * BEAM, tf.float32).clone(cell_state=seq2seq.tile_batch(encoder_state, BEAM))
        decoder = seq2seq.BeamSearchDecoder(cell, embedding, tf.fill([batch_size], GO), EOS, state, BEAM, output_layer, length_penalty_weight=0.6,
                                            coverage_penalty_weight=0.1 if mechanism == 'bahdanau' else 0.)
        found, beam_state, beam_lengths = seq2seq.dynamic_decode(decoder, maximum_iterations=6, scope='decode')
        beams[mechanism] = found.predicted_ids, beam_state.log_probs, beam_lengths, found.beam_search_decoder_output.scores
        print(found.predicted_ids)
loss = tf.add_n(list(losses.values()))
optimizer = tf.train.AdamOptimizer(0.05)
gradients, variables = zip(*optimizer.compute_gradients(loss))
clipped, norm = tf.clip_by_global_norm(gradients, 5.)
train = optimizer.apply_gradients(zip(clipped, variables))
for v in tf.trainable_variables():
    print(v.name, v.shape)
random = np.random.RandomState(0)
x, n = random.randint(2, V, [BATCH, 5]), np.array([5, 4, 2, 3])
y = np.concatenate([x[:, ::-1], np.full([BATCH, 1], EOS)], 1)
feed = {source: x, source_length: n, target: y, target_length: n + 1}
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(8):
        _, values, total = sess.run([train, losses, norm], feed)
        print(step, ' '.join('%s %.4f' % item for item in sorted(values.items())), 'norm %.4f' % total)
    for mechanism in greedy:
        print(mechanism, sess.run(greedy[mechanism], feed).tolist())
        ids, log_probs, beam_length, scores = sess.run(beams[mechanism], feed)
        print(ids.transpose([0, 2, 1]).tolist(), log_probs, beam_length, scores.shape, sep='\n')
    print(np.round(sess.run(histories['luong'], feed)[:, 0], 3))
scheduled = seq2seq.ScheduledEmbeddingTrainingHelper(tf.nn.embedding_lookup(
    embedding, inputs), target_length, embedding, 0.5, seed=3, scheduling_seed=5)
decoder = seq2seq.BasicDecoder(tf.contrib.rnn.BasicLSTMCell(H), scheduled, encoder_state, output_layer)
with tf.variable_scope('scheduled', initializer=init):
    scheduled_outputs, _, _ = seq2seq.dynamic_decode(decoder)
sampled = seq2seq.SampleEmbeddingHelper(embedding, tf.fill([4], GO), EOS, softmax_temperature=0.7, seed=9)
with tf.variable_scope('scheduled', reuse=True):
    sampled_outputs, _, _ = seq2seq.dynamic_decode(seq2seq.BasicDecoder(tf.contrib.rnn.BasicLSTMCell(
        H), sampled, encoder_state, output_layer), maximum_iterations=5, scope='decoder')
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print(sess.run(scheduled_outputs.sample_id, feed))
    print(sess.run(sampled_outputs.sample_id, feed))
print(seq2seq.AttentionWrapperState._fields, seq2seq.FinalBeamSearchDecoderOutput._fields)
try:
    seq2seq.dynamic_decode('decoder')
except TypeError as error:
    print(error)
try:
    seq2seq.BasicDecoder(tf.contrib.rnn.BasicLSTMCell(H), 'helper', None)
except TypeError as error:
    print(error)
