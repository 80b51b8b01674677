"""Several tasks over one trunk: tf.case chooses a head, weights of losses are learnt, gradients are summed and masked."""
import collections
import functools
import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
Task = collections.namedtuple('Task', ['name', 'size', 'loss'])
TASKS = [Task('sign', 2, 'softmax'), Task('sum', 1, 'l2'), Task('parts', 3, 'sigmoid')]


def lazy_property(function):
    attribute = '_cache_' + function.__name__

    @property
    @functools.wraps(function)
    def decorator(self):
        if not hasattr(self, attribute):
            with tf.variable_scope(function.__name__):
                setattr(self, attribute, function(self))
        return getattr(self, attribute)
    return decorator


class Model(object):
    def __init__(self, x, targets, task_id, hparams):
        self.x, self.targets, self.task_id, self.hparams = x, targets, task_id, hparams
        self.losses
        self.optimize

    @lazy_property
    def trunk(self):
        net = self.x
        with tf.contrib.framework.arg_scope([tf.contrib.layers.fully_connected], activation_fn=tf.nn.selu,
                                            weights_initializer=tf.variance_scaling_initializer(seed=1),
                                            weights_regularizer=tf.contrib.layers.l2_regularizer(self.hparams.decay)):
            net = tf.contrib.layers.stack(net, tf.contrib.layers.fully_connected, self.hparams.hidden, scope='fc')
        return tf.contrib.layers.layer_norm(net)

    @lazy_property
    def heads(self):
        return [tf.layers.dense(self.trunk, task.size, name=task.name, kernel_initializer=tf.orthogonal_initializer(seed=i))
                for i, task in enumerate(TASKS)]

    @lazy_property
    def losses(self):
        functions = {'softmax': lambda t, y: tf.losses.softmax_cross_entropy(t, y, label_smoothing=0.1),
                     'l2': lambda t, y: tf.losses.huber_loss(t, y, delta=0.5),
                     'sigmoid': lambda t, y: tf.losses.sigmoid_cross_entropy(t, y, weights=[[1., 2., 0.]])}
        return [functions[task.loss](t, y) for task, t, y in zip(TASKS, self.targets, self.heads)]

    @lazy_property
    def weighted(self):
        log_vars = tf.get_variable('log_vars', [len(TASKS)], initializer=tf.zeros_initializer())
        terms = [tf.exp(-log_vars[i]) * loss + log_vars[i] for i, loss in enumerate(self.losses)]
        chosen = tf.case([(tf.equal(self.task_id, i), functools.partial(tf.identity, term)) for i, term in enumerate(terms)],
                         default=lambda: tf.add_n(terms), exclusive=True)
        return chosen + tf.losses.get_regularization_loss()

    @lazy_property
    def optimize(self):
        step = tf.train.get_or_create_global_step()
        rate = tf.train.piecewise_constant(step, [5, 10], [0.1, 0.05, 0.01])
        optimizer = tf.train.AdamOptimizer(rate, beta1=0.8)
        tvars = tf.trainable_variables()
        gvs = optimizer.compute_gradients(self.weighted, tvars)
        gvs = [(tf.clip_by_value(g, -1., 1.) if 'trunk' in v.name else tf.clip_by_norm(g, 0.5), v) for g, v in gvs
               if g is not None]
        return optimizer.apply_gradients(gvs, global_step=step)


def main():
    hparams = tf.contrib.training.HParams(hidden=[8, 6], decay=1e-3, name='x', use=True)
    hparams.parse('decay=0.01,hidden=[7,5],use=false')
    print(sorted(hparams.values().items()), hparams.to_json(sort_keys=True))
    tf.set_random_seed(2)
    rng = np.random.RandomState(1)
    data = rng.randn(32, 4).astype(np.float32)
    targets = [np.eye(2)[(data[:, 0] > 0).astype(int)], data.sum(1, keepdims=True), (data[:, 1:] > 0).astype(np.float32)]
    x = tf.placeholder(tf.float32, [None, 4], 'x')
    t = [tf.placeholder(tf.float32, [None, task.size], task.name) for task in TASKS]
    task_id = tf.placeholder_with_default(-1, [], 'task')
    with tf.variable_scope('model'):
        model = Model(x, t, task_id, hparams)
    for v in tf.trainable_variables():
        print(v.op.name, v.shape.as_list())
    feed = dict(zip([x] + t, [data] + targets))
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for i in range(12):
            feed[task_id] = i % 4 if i % 4 < 3 else -1
            loss, losses, _ = sess.run([model.weighted, model.losses, model.optimize], feed)
            print('%d %.4f' % (i, loss), np.round(losses, 4))
        feed.pop(task_id)
        print(sess.run(model.weighted, feed))
        accuracy = tf.reduce_mean(tf.to_float(tf.equal(tf.argmax(model.heads[0], 1), tf.argmax(t[0], 1))))
        print(accuracy.eval(feed, sess))
        choice = tf.switch_case(tf.constant(1), [lambda: tf.constant('a'), lambda: tf.constant('b')])
        print(sess.run(choice))
        for ids in (0, 1, 5):
            n = tf.constant(ids)
            print(sess.run(tf.case({tf.equal(n, 0): lambda: (n, n + 1), tf.equal(n, 1): lambda: (n * 10, n)},
                                   default=lambda: (-n, -n), exclusive=True)))


main()
