import tempfile
step = tf.train.get_or_create_global_step()
w = tf.get_variable('w', [2], initializer=tf.ones_initializer())
count = tf.get_variable('count', [], collections=[tf.GraphKeys.LOCAL_VARIABLES], initializer=tf.zeros_initializer())
loss = tf.reduce_sum(w * w, name='loss')
tf.summary.scalar('loss', loss)
train = tf.train.GradientDescentOptimizer(0.1).minimize(loss, global_step=step)
with tf.train.MonitoredTrainingSession(checkpoint_dir=tempfile.mkdtemp(), hooks=[tf.train.StopAtStepHook(num_steps=3)]) as sess:
    while not sess.should_stop():
        sess.run(train)
