messages = tf.placeholder(tf.string, [None])
decoded = tf.io.decode_proto(messages, 'tensorflow.VersionDef', ['producer', 'bad_consumers'], [tf.int32, tf.int64])
tf.contrib.proto.decode_proto(tf.placeholder(tf.string), 'tensorflow.NodeDef', ['name'], [tf.string], sanitize=True,
                              message_format='text', name='named')
tf.io.encode_proto(decoded.sizes, list(decoded.values), ['producer', 'bad_consumers'], 'tensorflow.VersionDef')
