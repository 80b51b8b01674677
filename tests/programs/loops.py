"""Loops, conds, scans and their gradients, and the errors of wrong ones."""
import numpy as np
import tensorflow as tf
tf.logging.set_verbosity(tf.logging.ERROR)
sess = tf.InteractiveSession()
i = tf.constant(0)
m = tf.zeros([1, 2])
r = tf.while_loop(lambda i, m: i < 4, lambda i, m: [
                  i + 1, tf.concat([m, [[tf.to_float(i), 1.]]], 0)], [i, m], shape_invariants=[i.get_shape(), tf.TensorShape([None, 2])])
print(r)
print(r[1].eval())
fib = tf.scan(lambda a, _: (a[1], a[0] + a[1]), tf.range(8), initializer=(0, 1))
print(fib, sess.run(fib))
print(tf.map_fn(lambda x: (x[0] * x[1], x[0] - x[1]),
      (np.arange(4.), np.ones(4)), dtype=(tf.float64, tf.float64))[0].eval())
print(tf.foldl(lambda a, x: a * 2 + x, tf.constant([1, 0, 1, 1])).eval(),
      tf.foldr(lambda a, x: a - x, tf.constant([1, 2, 3])).eval())
x = tf.constant(2.)
n = tf.placeholder(tf.int32, [])
p = tf.while_loop(lambda k, v: tf.less(k, n), lambda k, v: (k + 1, v * x), (0, tf.constant(1.)))[1]
g = tf.gradients(p, x)[0]
print(p.eval({n: 5}), g.eval({n: 5}))
c = tf.cond(x > 1, lambda: tf.square(x), lambda: x + 1)
print(c, c.eval(), tf.gradients(c, x)[0].eval())
ca = tf.case([(x < 1, lambda: tf.constant(1)), (x > 1, lambda: tf.constant(2))],
             default=lambda: tf.constant(3), exclusive=True)
print(ca, ca.eval())
ta = tf.TensorArray(tf.float32, size=0, dynamic_size=True, clear_after_read=False)
_, ta = tf.while_loop(lambda j, t: j < 5, lambda j, t: (j + 1, t.write(j, tf.cast(j, tf.float32) ** 2)), (0, ta))
print(ta.stack().eval(), ta.size().eval(), ta.read(3).eval(), ta.gather([1, 2]).eval())


def newton(A, iters):
    Y = A / tf.norm(A)
    Z = tf.eye(2)
    def body(k, y, z): t = 0.5 * (3. * tf.eye(2) - tf.matmul(z, y)); return k + 1, tf.matmul(y, t), tf.matmul(t, z)
    return tf.while_loop(lambda k, *_: k < iters, body, [0, Y, Z], parallel_iterations=1, back_prop=False, name='newton')[1] * tf.sqrt(tf.norm(A))


print(newton(tf.constant([[4., 1.], [1., 3.]]), 12).eval())
v = tf.Variable(0)
w = tf.while_loop(lambda k: k < 3, lambda k: tf.tuple(
    [k + 1], control_inputs=[tf.assign_add(v, k)])[0], [tf.constant(0)])
v.initializer.run()
w.eval()
print(v.eval())
nested = tf.while_loop(lambda a, b: a < 3, lambda a, b: (a + 1, tf.while_loop(lambda c,
                       d: c < a, lambda c, d: (c + 1, d + 10 * c + a), (0, b))[1]), (0, 0))
print(sess.run(nested))
maps = tf.map_fn(lambda s: tf.reduce_sum(tf.range(s)), tf.constant([1, 3, 5]))
print(maps.eval())
h = tf.hessians(tf.reduce_sum(tf.constant(
    [[2., 1], [1, 3]]) * tf.matmul(tf.reshape(x * tf.ones([2]), [2, 1]), tf.reshape(x * tf.ones([2]), [1, 2]))), x)
print(sess.run(h))
z = tf.Variable([1., 2.])
sess.run(z.initializer)
hz = tf.hessians(tf.reduce_sum(z ** 3) + z[0] * z[1], z)[0]
print(hz.eval())
jac = tf.stack([tf.gradients(o, z)[0] for o in tf.unstack(tf.stack([z[0] * z[1], tf.sin(z[0]), z[1] ** 2]))])
print(jac.eval())
def body_shape(i, a): return i + 1, tf.concat([a, a], 0)


try:
    tf.while_loop(lambda i, a: i < 3, body_shape, (0, tf.zeros([2])))
except ValueError as e:
    print(e)
try:
    tf.cond(x > 1, lambda: 1, lambda: 2.)
except (TypeError, ValueError) as e:
    print(type(e).__name__, e)
try:
    tf.while_loop(lambda i: i < 3, lambda i: (i, i), [0])
except ValueError as e:
    print(e)
try:
    if x > 1:
        pass
except TypeError as e:
    print(e)
try:
    for q in x:
        pass
except TypeError as e:
    print(e)
try:
    bool(tf.equal(x, 1))
except TypeError as e:
    print(e)
with tf.control_dependencies([tf.assign(z, [5., 6.])]):
    print(sess.run(tf.identity(z)))
out, st = tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(3, kernel_initializer=tf.ones_initializer()),
                            tf.ones([2, 4, 2]), sequence_length=[2, 4], dtype=tf.float32)
sess.run(tf.global_variables_initializer())
print(out.eval()[0], st.eval())
