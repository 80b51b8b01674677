"""Functions of each element, and concat and stack, over ragged tensors."""
import tensorflow as tf

rt = tf.ragged.constant([['Ab', 'c d'], [], ['\u00e9f']])
ri = tf.ragged.constant([[1, 2], [], [3]])
rf = tf.ragged.constant([[1.5, -2.], [], [3.25]])
rb = tf.ragged.constant([[True, False], [], [True]])
with tf.Session() as sess:
    for expression in '''
tf.strings.length(rt)
tf.strings.strip(rt)
tf.strings.substr(rt, 0, 1)
tf.strings.to_hash_bucket_fast(rt, 10)
tf.strings.to_hash_bucket_strong(rt, 10, [1, 2])
tf.strings.regex_replace(rt, 'b', 'X')
tf.strings.regex_full_match(rt, 'Ab')
tf.strings.join([rt, rt], '-')
tf.strings.split(['a b', 'c'], result_type='RaggedTensor')
tf.strings.bytes_split(rt)
tf.strings.bytes_split(['ab', 'c'])
tf.strings.unicode_decode(rt, 'UTF-8')
tf.strings.unicode_decode(['ab', 'é'], 'UTF-8')
tf.strings.unicode_split(rt, 'UTF-8')
tf.strings.unicode_encode(tf.ragged.constant([[[97, 98], [233]], []]), 'UTF-8')
tf.strings.unicode_script(ri)
tf.strings.as_string(ri)
tf.as_string(ri)
tf.strings.ngrams(rt, 2)
tf.string_join([rt, rt])
tf.substr(rt, 0, 1)
tf.regex_replace(rt, 'b', 'X')
tf.decode_base64(tf.encode_base64(rt))
tf.encode_base64(rt)
ri + 1
ri + ri
1 + ri
-ri
abs(ri)
~rb
rb & rb
ri < 2
ri // 2
ri % 2
rf / 2.
rf ** 2.
tf.abs(rf)
tf.square(ri)
tf.cast(ri, tf.float32)
tf.round(rf)
tf.exp(rf)
tf.equal(ri, 2)
tf.equal(ri, ri)
tf.logical_and(rb, rb)
tf.logical_not(rb)
tf.maximum(ri, 2)
tf.add_n([ri, ri])
tf.add(ri, ri)
tf.clip_by_value(rf, 0., 1.)
tf.identity(ri)
tf.zeros_like(ri)
tf.ones_like(ri)
tf.is_nan(rf)
tf.debugging.check_numerics(rf, 'm')
tf.dtypes.saturate_cast(ri, tf.uint8)
tf.RaggedTensor.from_tensor([[1, 0], [2, 3]], padding=0)
tf.one_hot(ri, 4)
tf.concat([ri, ri], 0)
tf.concat(values=[ri, ri], axis=1)
tf.stack([ri, ri])
'''.strip().splitlines():
        print(expression, sess.run(eval(expression)))
    nested = tf.ragged.constant([[[1], [2, 3]], []])
    print(sess.run(tf.multiply(nested, 2)), sess.run(tf.math.maximum(y=nested, x=2)), tf.add(1, 2).dtype, tf.abs is tf.math.abs)
