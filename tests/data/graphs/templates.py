def layer(x, size):
    w = tf.get_variable('w', [3, size])
    return tf.matmul(x, w)
x = tf.placeholder(tf.float32, [2, 3], 'x')
t = tf.make_template('dense', layer, size=4)
t(x); t(x)
with tf.variable_scope('outer'):
    u = tf.make_template('dense', layer, create_scope_now_=True)
u(x, 2); u(x, 2)
v = tf.make_template('ignored', layer, unique_name_='named')
v(x, 1); v(x, 1)
