"""A decoder by while_loop: greedy and beam search with TensorArrays, shape invariants, gather_nd and top_k."""
import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
VOCAB, HIDDEN, BEAM, MAX_LEN, GO, EOS = 7, 5, 3, 6, 0, 1
rng = np.random.RandomState(5)
embedding = tf.get_variable('embedding', initializer=tf.constant(rng.randn(VOCAB, HIDDEN).astype(np.float32)))
kernel = tf.get_variable('kernel', initializer=tf.constant(rng.randn(2 * HIDDEN, HIDDEN).astype(np.float32)))
projection = tf.get_variable('projection', initializer=tf.constant(rng.randn(HIDDEN, VOCAB).astype(np.float32)))


def step(tokens, state):
    inputs = tf.nn.embedding_lookup(embedding, tokens)
    state = tf.tanh(tf.matmul(tf.concat([inputs, state], -1), kernel))
    return tf.matmul(state, projection), state


def greedy(initial_state):
    batch = tf.shape(initial_state)[0]

    def condition(i, tokens, state, finished, ids):
        return tf.logical_and(i < MAX_LEN, tf.logical_not(tf.reduce_all(finished)))

    def body(i, tokens, state, finished, ids):
        logits, new_state = step(tokens, state)
        next_tokens = tf.to_int32(tf.argmax(logits, -1))
        next_tokens = tf.where(finished, tf.fill([batch], EOS), next_tokens)
        return (i + 1, next_tokens, tf.where(tf.tile(finished[:, None], [1, HIDDEN]), state, new_state),
                finished | tf.equal(next_tokens, EOS), ids.write(i, next_tokens))

    ids = tf.TensorArray(tf.int32, size=0, dynamic_size=True, element_shape=[None])
    i, _, state, finished, ids = tf.while_loop(
        condition, body, [0, tf.fill([batch], GO), initial_state, tf.zeros([batch], tf.bool), ids])
    return tf.transpose(ids.stack()), i, finished


def expand(x):
    multiples = [1] * (x.shape.ndims + 1)
    multiples[1] = BEAM
    return tf.tile(tf.expand_dims(x, 1), multiples)


def flatten(x):
    return tf.reshape(x, tf.concat([[-1], tf.shape(x)[2:]], 0))


def beam_search(initial_state):
    batch = tf.shape(initial_state)[0]
    state = expand(initial_state)
    scores = tf.tile([[0.] + [-1e9] * (BEAM - 1)], [batch, 1])
    sequences = tf.fill([batch, BEAM, 1], GO)
    finished = tf.zeros([batch, BEAM], tf.bool)

    def body(i, state, scores, sequences, finished):
        tokens = tf.reshape(sequences[:, :, -1], [-1])
        flat_state = flatten(state)
        flat_state.set_shape([None, HIDDEN])
        logits, flat_state = step(tokens, flat_state)
        log_probs = tf.nn.log_softmax(logits)
        log_probs = tf.reshape(log_probs, [batch, BEAM, VOCAB])
        keep_eos = tf.one_hot(EOS, VOCAB, on_value=0., off_value=-1e9)
        log_probs = tf.where(tf.tile(finished[:, :, None], [1, 1, VOCAB]),
                             tf.zeros_like(log_probs) + keep_eos, log_probs)
        total = tf.reshape(scores[:, :, None] + log_probs, [batch, BEAM * VOCAB])
        best, indices = tf.nn.top_k(total, k=BEAM)
        beams, tokens = indices // VOCAB, indices % VOCAB
        where = tf.stack([tf.tile(tf.range(batch)[:, None], [1, BEAM]), beams], -1)
        sequences = tf.concat([tf.gather_nd(sequences, where), tokens[:, :, None]], -1)
        state = tf.gather_nd(tf.reshape(flat_state, [batch, BEAM, HIDDEN]), where)
        finished = tf.logical_or(tf.gather_nd(finished, where), tf.equal(tokens, EOS))
        return [i + 1, state, best, sequences, finished]

    result = tf.while_loop(
        lambda i, state, scores, sequences, finished: tf.logical_and(tf.less(i, MAX_LEN), tf.logical_not(tf.reduce_all(finished))),
        body, [tf.constant(0), state, scores, sequences, finished],
        shape_invariants=[tf.TensorShape([]), tf.TensorShape([None, BEAM, HIDDEN]), tf.TensorShape([None, BEAM]),
                          tf.TensorShape([None, BEAM, None]), tf.TensorShape([None, BEAM])],
        back_prop=False, parallel_iterations=4)
    return result[3], result[2]


def sampled(initial_state, length):
    """Teacher forcing by scan, and its gradient."""
    targets = tf.constant([[2, 3, 4, 1], [5, 6, 2, 1]])

    def one(carry, tokens):
        state, _ = carry
        logits, state = step(tokens, state)
        return state, logits

    inputs = tf.concat([tf.fill([2, 1], GO), targets[:, :-1]], 1)
    states, logits = tf.scan(one, tf.transpose(inputs), (initial_state, tf.zeros([2, VOCAB])))
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.transpose(targets), logits=logits)
    mask = tf.transpose(tf.sequence_mask(length, 4, tf.float32))
    return tf.reduce_sum(loss * mask) / tf.reduce_sum(mask)


start = tf.placeholder(tf.float32, [None, HIDDEN])
greedy_ids, steps, done = greedy(start)
beam_ids, beam_scores = beam_search(start)
print(greedy_ids, beam_ids, beam_scores)
loss = sampled(start, [4, 2])
train = tf.train.AdamOptimizer(0.05).minimize(loss)
first = rng.randn(2, HIDDEN)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print(sess.run([greedy_ids, steps, done], {start: first}))
    print(*sess.run([beam_ids, beam_scores], {start: first}))
    for i in range(30):
        value, _ = sess.run([loss, train], {start: first})
        if i % 10 == 0:
            print('%d %.5f' % (i, value))
    print(sess.run(greedy_ids, {start: first}))
    print(sess.run(beam_ids[:, 0], {start: first}))
print([op.type for op in tf.get_default_graph().get_operations() if op.type.startswith('TensorArray')][:8])
