summary = tf.contrib.summary
step = tf.train.get_or_create_global_step()
writer = summary.create_file_writer('/tmp/summaries', flush_millis=1000)
with writer.as_default(), summary.always_record_summaries():
    with tf.name_scope('outer'):
        summary.scalar('loss', tf.constant(2.5))
        summary.scalar('steps', tf.constant(3, tf.int64), family='fam', step=7)
    summary.histogram('h', tf.constant([1., 2., 2.5, -1.]))
    summary.image('im', tf.zeros([2, 2, 2, 3]), max_images=1)
    summary.audio('au', tf.zeros([1, 8]), 44100., 1)
    summary.generic('g', tf.constant([1, 2, 3]), metadata=b'\n\x00')
    summary.generic('gs', tf.constant(['a', 'b']))
    with summary.never_record_summaries():
        summary.scalar('never', 1.)
    summary.record_summaries_every_n_global_steps(2)
    summary.graph(tf.placeholder(tf.string))
    summary.import_event(tf.constant(b''))
summary.scalar('nowhere', 1.)
writer.close()
