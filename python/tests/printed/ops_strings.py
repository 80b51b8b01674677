"""Strings and tables: values and nodes."""
import tensorflow as tf
from show import show, show_nodes

s = 'tf.constant(["a b", "", "hello  world", "b"], name="s")'
for call in ('string_split(%s)', 'string_split(%s, skip_empty=False)', 'strings.split(%s)',
             'string_split(%s, delimiter="l")', 'substr(%s, 0, 1)', 'regex_replace(%s, "[aeiou]", "_")',
             'regex_replace(%s, "l", "L", replace_global=False)', 'strings.regex_full_match(%s, "a.*")',
             'reduce_join(%s)', 'reduce_join(%s, 0, separator="-")', 'reduce_join(%s, reduction_indices=[0], keep_dims=True)',
             'strings.length(%s)', 'strings.length(%s, unit="UTF8_CHAR")', 'strings.lower(%s)', 'strings.upper(%s)',
             'string_strip(%s)', 'string_to_hash_bucket(%s, 100)', 'string_to_hash_bucket_fast(%s, 100)',
             'string_to_hash_bucket_strong(%s, 100, [1, 2])', 'encode_base64(%s)', 'decode_base64(tf.encode_base64(%s))'):
    show(('tf.' + call) % s)
show('tf.string_join([["a", "b"], "x"], separator="-")')
show('tf.string_to_number(["1.5", "-2"])')
show('tf.string_to_number(string_tensor=["7"], out_type=tf.int64, name="n")')
show('tf.strings.format("{} and {}", (tf.constant([1, 2]), tf.constant(3.5)))')
show('tf.strings.format("{}", (1, 2))', False)
show('tf.as_string([1.5, 2.25], precision=1)')
lookup = 'tf.contrib.lookup.'
pairs = lookup + 'KeyValueTensorInitializer(["a", "b"], tf.constant([1, 2], tf.int64))'
show('%sHashTable(%s, -1).lookup(tf.constant(["b", "z"]))' % (lookup, pairs))
show('[tf.nn.top_k(each, 2).values for each in %sHashTable(%s, -1).export()[1:]]' % (lookup, pairs))
show('%sHashTable(%s, -1, name="t").size()' % (lookup, pairs))
show('tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer([1, 2], ["x", "y"], key_dtype=tf.int64), "?").lookup('
     'tf.constant([2, 3], tf.int64))')
show('tf.lookup.StaticVocabularyTable(%s, 3).lookup(tf.constant(["a", "q"]))' % pairs)
show('%sindex_table_from_tensor(["x", "y"]).lookup(%s)' % (lookup, s))
show('%sindex_table_from_tensor(["b", "a b"], num_oov_buckets=2).lookup(%s)' % (lookup, s))
show('%sindex_table_from_tensor([5, 6], dtype=tf.int32).lookup(tf.constant([6, 7]))' % lookup)
show('%sindex_to_string_table_from_tensor(["x", "y"]).lookup(tf.constant([1, 9], tf.int64))' % lookup)
show('%sindex_table_from_tensor(["b"]).lookup(tf.SparseTensor([[1, 2]], ["b"], [3, 3]))' % lookup)
with open('vocabulary.txt', 'w') as file:
    file.write('a\nb\nhello\n')
show('%sindex_table_from_file("vocabulary.txt", num_oov_buckets=1).lookup(%s)' % (lookup, s))
show('%sindex_to_string_table_from_file("vocabulary.txt", default_value="?").lookup(tf.constant([0, 2, 7], tf.int64))' % lookup)
show('%sMutableHashTable(tf.string, tf.int64, 0, name="m", checkpoint=False).lookup(%s)' % (lookup, s))
for wrong in ('HashTable(%s, "x")' % pairs, 'HashTable(%s, -1).lookup(tf.constant([1]))' % pairs,
              'index_table_from_tensor(None)', 'index_table_from_tensor(["a"], num_oov_buckets=-1)',
              'index_table_from_file("")', 'index_table_from_file("f", vocab_size=0)',
              'index_table_from_tensor([1.5])', 'StrongHashSpec([1])',
              'TextFileInitializer("f", tf.string, -1, tf.int64, 0)', 'TextFileInitializer("f", tf.float32, -2, tf.int64, 0)'):
    show(lookup + wrong, False)
table = tf.contrib.lookup.MutableHashTable(tf.string, tf.int64, -1, checkpoint=False)
dense = tf.contrib.lookup.MutableDenseHashTable(tf.int64, tf.float32, -1., 0, -7, checkpoint=False)
insert = table.insert(['q', 'r'], tf.constant([1, 2], tf.int64))
insert_dense = dense.insert(tf.constant([3, 4], tf.int64), [1.5, 2.5])
remove = table.remove(tf.constant(['q']))
with tf.Session() as sess:
    sess.run([insert, insert_dense])
    print(sess.run([table.size(), table.lookup(['r', 's']), dense.size(), dense.lookup(tf.constant([4, 5], tf.int64))]))
    sess.run(remove)
    print(sess.run([table.export(), table.size()]))
show_nodes(tf.get_default_graph())
