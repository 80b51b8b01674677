import tempfile
step = tf.train.get_or_create_global_step()
w = tf.get_variable('w', [2], initializer=tf.ones_initializer())
loss = tf.reduce_sum(w * w, name='loss')
tf.summary.scalar('loss', loss)
train = tf.train.GradientDescentOptimizer(0.1).minimize(loss, global_step=step)
sv = tf.train.Supervisor(logdir=tempfile.mkdtemp())
with sv.managed_session() as sess:
    sess.run(train)
