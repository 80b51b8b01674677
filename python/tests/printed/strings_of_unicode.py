"""Decoding, encoding and splitting strings of Unicode, bytes and n-grams; other small functions."""
import tensorflow as tf
from show import rounded


def attempt(expression):
    with tf.Graph().as_default():
        print(expression)
        try:
            result = eval(expression)
            with tf.Session() as sess:
                sess.run(tf.global_variables_initializer())
                for each in sess.run(result if isinstance(result, tuple) else [result]):
                    print('  =', each.to_list() if hasattr(each, 'to_list') else each.tolist() if hasattr(each, 'tolist') else each)
        except Exception as error:
            print('  !', type(error).__name__, str(error).split('\n')[0])


S = 'tf.strings.'
for text in ('u"G\\xf6\\xf6dnight".encode("utf-8")', '[u"G\\xf6\\xf6".encode("utf-8"), b"", u"\\U0001f60a".encode("utf-8")]', '[[b"ab", b"c"], [u"\\u4e2d".encode("utf-8"), b"\\xfe"]]',
             'tf.ragged.constant([["a", "bc"], ["def"]])'):
    attempt('%sunicode_decode(%s, "UTF-8")' % (S, text))
    attempt('%sunicode_decode_with_offsets(%s, "UTF-8")' % (S, text))
    attempt('%sunicode_split(%s, "UTF-8")' % (S, text))
    attempt('%sunicode_split_with_offsets(%s, "UTF-8")' % (S, text))
    attempt('%sbytes_split(%s)' % (S, text))
for codes in ('[71, 246, 246]', '[[72, 105], [20013, 33]]', '[[[72, 105], [20013, 33]]]', 'tf.ragged.constant([[72, 105, 33], [128522]])', 'tf.ragged.constant([[[72], [105, 33]], [[128522]]])'):
    attempt('%sunicode_encode(%s, "UTF-8")' % (S, codes))
    attempt('%sunicode_encode(%s, "UTF-16-BE")' % (S, codes))
attempt(S + 'unicode_encode(3, "UTF-8")')
attempt(S + 'unicode_decode(b"\\xfe", "UTF-8", errors="strict")')
attempt(S + 'unicode_decode(b"a\\xfeb", "UTF-8", errors="ignore")')
attempt(S + 'unicode_decode(tf.placeholder(tf.string), "UTF-8")')
attempt(S + 'ngrams(["a", "b", "c", "d"], 2)')
attempt(S + 'ngrams([["a", "b", "c"], ["d", "e", "f"]], [1, 2], separator="|")')
attempt(S + 'ngrams(tf.ragged.constant([["a", "b", "c"], ["d"]]), 2, pad_values=("L", "R"))')
attempt(S + 'ngrams(tf.ragged.constant([["a", "b", "c"], ["d"]]), 3, pad_values="P", padding_width=1)')
attempt(S + 'ngrams(tf.ragged.constant([[["a", "b"], ["c"]], [["d", "e"]]]), 2, preserve_short_sequences=True)')
attempt(S + 'ngrams(["a"], 0)')
attempt(S + 'ngrams(["a"], 1, pad_values=3)')
attempt(S + 'ngrams(["a"], 1, padding_width=1)')
attempt(S + 'ngrams(["a"], 1, pad_values="a", padding_width=0)')
attempt(S + 'ngrams("a", 1)')
attempt('tf.nn.compute_average_loss([1., 2., 6.])')
attempt('tf.nn.compute_average_loss([1., 2., 6.], [1., 0., 2.], global_batch_size=6)')
attempt('tf.nn.compute_average_loss(1.)')
attempt('tf.nn.scale_regularization_loss([1., 2.])')
attempt('tf.user_ops.my_fact()')
attempt('tf.load_op_library("./none.so")')

for seed in (7, 2**70 + 5, [1, 2]):
    print(tf.random.experimental.create_rng_state(seed, 1).tolist(), tf.random.experimental.create_rng_state(seed, 2).tolist())
with tf.Graph().as_default():
    for alg in (1,):
        g = tf.random.experimental.Generator.from_seed(5, alg)
        values = [g.normal([2]), g.uniform([2], 1., 3.), g.uniform([2], 0, 10, tf.int32), g.uniform_full_int([2], tf.int64), g.truncated_normal([2], 1., 2.), g.make_seeds(2), g.key, g.state, g.binomial([2], 10., .5)]
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            for value in values:
                print(rounded(sess.run(value)))
    for mistake in (lambda: g.uniform([2], dtype=tf.int32), lambda: tf.random.experimental.create_rng_state(1, 7), lambda: tf.random.experimental.Generator(state=[1, 2], alg=1)):
        try:
            mistake()
        except ValueError as error:
            print(error)

with tf.Graph().as_default():
    e = tf.train.experimental
    v = tf.get_variable('v', initializer=[1., 2.])
    x = tf.placeholder(tf.float32, [])
    for scale in (8., e.DynamicLossScale(initial_loss_scale=4, increment_period=2, multiplier=2.)):
        optimizer = e.MixedPrecisionLossScaleOptimizer(tf.train.GradientDescentOptimizer(.1), scale)
        train = optimizer.minimize(tf.reduce_sum(v * v) * x)
        print(repr(optimizer._loss_scale), optimizer._loss_scale.get_config())
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            for value in (1., 1., 1., float('nan'), 1.):
                if value == value or scale != 8.:
                    sess.run(train, {x: value})
                    print(rounded(sess.run([v, optimizer._loss_scale()])))
    wrapped = e.enable_mixed_precision_graph_rewrite(tf.train.AdamOptimizer())
    print(type(wrapped).__name__, tf.config.optimizer.get_experimental_options())
    e.disable_mixed_precision_graph_rewrite()
    for mistake in (lambda: e.enable_mixed_precision_graph_rewrite(wrapped), lambda: e.enable_mixed_precision_graph_rewrite(3), lambda: e.FixedLossScale('a'), lambda: e.FixedLossScale(.5)):
        try:
            mistake()
        except ValueError as error:
            print(error)
    print(sorted(each.name for each in tf.global_variables()))
