p = tf.placeholder(tf.bool, [], 'p')
q = tf.placeholder(tf.bool, [], 'q')
x = tf.placeholder(tf.float32, [2], 'x')
fetch(tf.case([(p, lambda: tf.constant(1)), (q, lambda: tf.constant(2))], exclusive=True))
fetch(tf.case([(p, lambda: x * 2.), (q, lambda: x + 1.)], default=lambda: x, exclusive=True, name='with_default'))
fetch(tf.case([(p, lambda: [x, x]), (q, lambda: [x * 2., x])], default=lambda: [x, x + 1.]))
e = tf.get_variable('e', [5, 2], initializer=tf.constant_initializer([1., 2., 3.]))
z = tf.cond(p, lambda: tf.nn.embedding_lookup(e, [1]), lambda: e[:1])
fetch(tf.gradients(z, e))
with tf.control_dependencies([x]):
    fetch(tf.while_loop(lambda i: i < 3, lambda i: i + 1, [0]))
    def body(i):
        with tf.control_dependencies([q]):
            j = i + 1
        return tf.cond(p, lambda: j, lambda: tf.constant(3))
    fetch(tf.while_loop(lambda i: i < 3, body, [0]))
