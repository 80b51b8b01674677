# tf.GradientTape where a graph is built.
tf.get_variable_scope().set_use_resource(True)
x, m = tf.constant([1., 2.], name='x'), tf.constant([[1., 2.], [3., 4.], [5., 6.]], name='m')
unknown, square = tf.placeholder(tf.float32, [None, 2], name='unknown'), tf.constant([[1., 2.], [3., 4.]], name='square')
cases = {
    'product': lambda x: x * x, 'sums': lambda x: x * x + x * 2. + tf.sin(x) - 3., 'powers': lambda x: x ** 2. + tf.maximum(x, 1.),
    'parts': lambda x: tf.split(x, 2)[0] * 3., 'unstacked': lambda x: tf.unstack(x)[1], 'stopped': lambda x: tf.stop_gradient(x * x) * x,
    'variance': lambda x: tf.nn.moments(x, [0])[1], 'quotient': lambda x: 1. / x + x / 2., 'difference': lambda x: tf.squared_difference(x, 1.),
    'top': lambda x: tf.nn.top_k(x, 1)[0], 'nothing': lambda x: tf.floor(x)}
for name, function in cases.items():
    with tf.name_scope(name), tf.GradientTape() as tape:
        tape.watch(x)
        y = function(x)
        tape.gradient(y, x)
with tf.name_scope('matrices'), tf.GradientTape(persistent=True) as tape:
    tape.watch([m, unknown, square])
    rows = tf.gather(m, [0, 2]) * 2. + tf.gather(m, [1, 1])
    mean = tf.reduce_mean(tf.exp(tf.tile(m, [2, 1])), 0)
    attention = tf.reduce_sum(tf.nn.softmax(square)[:, 0] * tf.matmul(square, square, transpose_b=True)[0])
    total = tf.reduce_sum(unknown * unknown, axis=1)
    entropy = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[0, 1], logits=square)
for target, source in [(rows, m), (mean, m), (attention, square), (total, unknown), (entropy, square)]:
    tape.gradient(target, source)
with tf.name_scope('recording'), tf.GradientTape(persistent=True) as tape:
    before = x * x
    tape.watch(x)
    with tape.stop_recording():
        beside = x * x * x
    after = x + before + beside
    tape.gradient([after, before], {'x': x, 'square': square}, unconnected_gradients='zero')
with tf.name_scope('second'), tf.GradientTape() as outer:
    outer.watch(x)
    with tf.GradientTape() as inner:
        inner.watch(x)
        cube = x * x * x
    outer.gradient(inner.gradient(cube, x), x)
with tf.name_scope('weighted'), tf.GradientTape() as tape:
    tape.watch(x)
    a = x + x
    b = a * a
    c = a + b
    d = c * b
    tape.gradient([d, c], [x, a, b], output_gradients=[tf.constant([1., 2.]), x])
with tf.GradientTape() as tape:
    hidden = tf.layers.dense(square, 3, tf.nn.relu)
    images = tf.layers.conv2d(tf.ones([1, 4, 4, 1]), 2, 2)
    table = tf.get_variable('table', [5, 2], initializer=tf.ones_initializer())
    loss = tf.losses.mean_squared_error(tf.ones([2, 1]), tf.layers.dense(hidden, 1)) + tf.reduce_sum(images) + tf.reduce_sum(
        tf.nn.embedding_lookup(table, [0, 1, 1]))
variables = tape.watched_variables()
tf.train.GradientDescentOptimizer(.1).apply_gradients(zip(tape.gradient(loss, variables), variables))
tf.train.AdamOptimizer().minimize(lambda: tf.reduce_sum(tf.square(table)))
for pairs, kind in ((x, 'jacobian'), (square, 'batch_jacobian')):
    with tf.name_scope(kind), tf.GradientTape() as tape:
        tape.watch(pairs)
        y = pairs * pairs
    getattr(tape, kind)(y, pairs, experimental_use_pfor=False)
