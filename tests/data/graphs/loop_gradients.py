x = tf.placeholder(tf.float32, [None], 'x')
n = tf.placeholder(tf.int32, [], 'n')
w = tf.get_variable('w', [2], initializer=tf.constant_initializer([1.5, -0.5]))
r = tf.get_variable('r', [2], initializer=tf.constant_initializer([0.5, 2.]), use_resource=True)
e = tf.get_variable('e', [5, 2], initializer=tf.constant_initializer([1., 2., 3.]))
p = tf.placeholder(tf.bool, [], 'p')
# Values of unknown shape, an invariant of unknown shape, an exit that nothing reads.
_, a, _ = tf.while_loop(lambda i, a, b: i < n, lambda i, a, b: (i + 1, a * x, b + a), [0, x, x], name='unknown')
fetch(tf.gradients(a, x))
# Nested loops.
def outer(i, a):
    return i + 1, tf.while_loop(lambda j, b: j < i, lambda j, b: (j + 1, tf.sin(b) * w), [0, a])[1]
fetch(tf.gradients(tf.while_loop(lambda i, a: i < n, outer, [0, tf.ones([2])])[1], w, name='gradients_nested'))
# A cond within a loop, of known and of unknown shape.
def choose(i, a):
    return i + 1, tf.cond(i < 2, lambda: tf.sin(a), lambda: a * w)
fetch(tf.gradients(tf.while_loop(lambda i, a: i < n, choose, [0, tf.ones([2])])[1], w, name='gradients_cond'))
def choose_unknown(i, a):
    return i + 1, tf.cond(i < 2, lambda: tf.sin(a) + x, lambda: a)
fetch(tf.gradients(tf.while_loop(lambda i, a: i < n, choose_unknown, [0, x])[1], x, name='gradients_cond_unknown'))
# Slices, and a resource variable.
def look_up(i, a):
    return i + 1, a + tf.nn.embedding_lookup(e, [i])
fetch(tf.gradients(tf.while_loop(lambda i, a: i < 3, look_up, [0, tf.zeros([1, 2])])[1], e, name='gradients_slices'))
fetch(tf.gradients(tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * r), [0, tf.ones([2])])[1], r, name='gradients_resource'))
# A gradient within a loop.
fetch(tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a - tf.gradients(tf.square(a) * w, a)[0]), [0, tf.ones([2])]))
# A value that doesn't depend on the iteration before; limits; no gradient.
fetch(tf.gradients(tf.while_loop(lambda i, a: i < 3, lambda i, a: [i + 1, w * 2.], [0, tf.ones([2])], maximum_iterations=5)[1], w, name='gradients_constant'))
fetch(tf.gradients(tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * w), [0, tf.ones([2])], back_prop=False, parallel_iterations=1, swap_memory=True)[1], w, name='gradients_none'))
# A loop in a branch.
fetch(tf.gradients(tf.cond(p, lambda: tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * w), [0, tf.ones([2])])[1], lambda: w), w, name='gradients_branch'))
