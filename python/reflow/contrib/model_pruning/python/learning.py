"""Training with tf-slim that updates masks after each step."""

from reflow.contrib.slim.python.slim import learning

_USE_DEFAULT = 0
train_step = learning.train_step


def train(train_op, logdir, mask_update_op, train_step_fn=train_step, train_step_kwargs=_USE_DEFAULT, log_every_n_steps=1,
          graph=None, master='', is_chief=True, global_step=None, number_of_steps=None, init_op=_USE_DEFAULT,
          init_feed_dict=None, local_init_op=_USE_DEFAULT, init_fn=None, ready_op=_USE_DEFAULT, summary_op=_USE_DEFAULT,
          save_summaries_secs=600, summary_writer=_USE_DEFAULT, startup_delay_steps=0, saver=None, save_interval_secs=600,
          sync_optimizer=None, session_config=None, trace_every_n_steps=None):
    """The loss after training: tf.contrib.slim.learning.train with an operation that updates masks.

    TensorFlow 1.15 trains too, but then ends in a TypeError.
    """
    options = dict(locals())
    for name in ('train_op', 'logdir', 'mask_update_op', 'train_step_fn'):
        del options[name]

    def step_and_update(session, *arguments):
        result = train_step_fn(session, *arguments)
        session.run(mask_update_op)
        return result

    return learning.train(train_op, logdir, train_step_fn=step_and_update, **options)
