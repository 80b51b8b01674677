"""Training: batches, epochs, validation, logs, checkpoints."""

import os

import numpy as np

import reflow.tensorflow as tf
from reflow.tflearn import callbacks as callbacks_module
from reflow.tflearn import config
from reflow.tflearn import keys
from reflow.tflearn import utils


class TrainingState:
    """How far training is."""

    def __init__(self):
        self.epoch = 0
        self.step = 0
        self.current_iter = 0
        self.max_iter = 0
        self.step_time = 0.0
        self.step_time_total = 0.0
        self.best_accuracy = 0.0
        self.acc_value = self.loss_value = self.val_acc = self.val_loss = None
        self.global_acc = self.global_loss = None

    def increaseEpoch(self):
        """Another epoch begins."""
        self.epoch += 1

    def increaseStep(self):
        """Another step begins."""
        self.step += 1

    def resetGlobal(self):
        """Forgets the values of the last step."""
        self.global_acc = self.global_loss = 0.0

    def update(self, train_op, train_ops_count=1):
        """Takes the values of a train op."""
        self.acc_value, self.loss_value = train_op.acc_value, train_op.loss_value
        self.val_acc, self.val_loss = train_op.val_acc, train_op.val_loss
        self.current_iter = train_op.current_iter
        if self.acc_value:
            self.global_acc += self.acc_value / train_ops_count
        if self.loss_value:
            self.global_loss += self.loss_value / train_ops_count
        if self.acc_value and self.acc_value > self.best_accuracy:
            self.best_accuracy = self.acc_value


class Trainer:
    """Runs train ops in a session."""

    def __init__(self, train_ops, graph=None, clip_gradients=5.0, tensorboard_dir='/tmp/tflearn_logs/',
                 tensorboard_verbose=0, checkpoint_path=None, best_checkpoint_path=None, max_checkpoints=None,
                 keep_checkpoint_every_n_hours=10000.0, random_seed=None, session=None, best_val_accuracy=0.0):
        self.graph = graph or tf.get_default_graph()
        self.summ_writer = None
        with self.graph.as_default():
            config.init_training_mode()
            if random_seed:
                tf.set_random_seed(random_seed)
            self.restored = session is not None
            self.tensorboard_dir = tensorboard_dir if tensorboard_dir.endswith('/') else tensorboard_dir + '/'
            self.training_state = TrainingState()
            self.train_ops = utils.to_list(train_ops)
            _name(self.train_ops)
            self.global_step = tf.Variable(0., name='Global_Step', trainable=False)
            self.incr_global_step = tf.assign(self.global_step, tf.add(self.global_step, 1))
            self.best_val_accuracy = best_val_accuracy
            self.checkpoint_path = checkpoint_path
            self.best_checkpoint_path = best_checkpoint_path
            self.session = session or self._new_session()
            for number, train_op in enumerate(self.train_ops):
                if len(self.train_ops) == 1:
                    train_op.scope_name = ''
                train_op.initialize_training_ops(number, self.session, tensorboard_verbose, clip_gradients)
            self._make_savers(max_checkpoints, keep_checkpoint_every_n_hours)
            if not self.restored:
                self.session.run(tf.variables_initializer(tf.get_collection_ref('is_training')))
                self.session.run(tf.group(tf.global_variables_initializer(), tf.local_variables_initializer()))

    @staticmethod
    def _new_session():
        configs = tf.get_collection(keys.GRAPH_CONFIG)
        return tf.Session(config=configs[0] if configs else None)

    def _make_savers(self, max_to_keep, hours):
        excluded = tf.get_collection(keys.EXCL_RESTORE_VARS)

        def saver(variables=None, kept=max_to_keep):
            return tf.train.Saver(var_list=variables, max_to_keep=kept, keep_checkpoint_every_n_hours=hours,
                                  allow_empty=True)

        self.saver = saver()
        self.val_saver = saver(kept=1) if self.best_checkpoint_path else None
        self.to_restore = [each for each in tf.global_variables() if _is_restored(each, excluded)]
        self.to_restore_trainvars = [each for each in tf.trainable_variables() if _is_restored(each, excluded)]
        self.restorer = saver(self.to_restore)
        self.restorer_trainvars = saver(self.to_restore_trainvars)

    def fit(self, feed_dicts, n_epoch=10, val_feed_dicts=None, show_metric=False, snapshot_step=None, snapshot_epoch=True,
            shuffle_all=None, dprep_dict=None, daug_dict=None, excl_trainops=None, run_id=None, callbacks=()):
        """Trains with arrays: a dictionary {placeholder: array} for each train op."""
        run_id = run_id or utils.id_generator(6)
        print('---------------------------------')
        print('Run id: ' + run_id)
        print('Log directory: ' + self.tensorboard_dir)
        train_ops = [each for each in self.train_ops if each not in (excl_trainops or ())]
        if isinstance(shuffle_all, bool):
            for each in train_ops:
                each.shuffle = shuffle_all
        with self.graph.as_default():
            self.summ_writer = tf.summary.FileWriter(self.tensorboard_dir + run_id, self.session.graph)
            feed_dicts = utils.to_list(feed_dicts)
            val_feed_dicts = utils.to_list(val_feed_dicts)
            if val_feed_dicts and len(val_feed_dicts) < len(train_ops):
                val_feed_dicts = list(val_feed_dicts) * len(train_ops)
            terminal = callbacks_module.TermLogger()
            for number, train_op in enumerate(train_ops):
                train_op.initialize_fit(feed_dicts[number], val_feed_dicts[number] if val_feed_dicts else None, dprep_dict,
                                        daug_dict, self.summ_writer)
                metric_name = None
                if train_op.metric is not None:
                    metric_name = getattr(train_op.metric, 'm_name', train_op.metric.name.split(':')[0])
                terminal.add(train_op.n_train_samples, val_size=train_op.n_val_samples, metric_name=metric_name,
                             name=train_op.name)
            saver = callbacks_module.ModelSaver(self.save, self.checkpoint_path, self.best_checkpoint_path,
                                                self.best_val_accuracy, snapshot_step, snapshot_epoch)
            chain = callbacks_module.ChainCallback([terminal, saver])
            for each in utils.to_list(callbacks) or ():
                chain.add(each)
            chain.on_train_begin(self.training_state)
            try:
                self._epochs(train_ops, n_epoch, chain, snapshot_epoch, snapshot_step, show_metric)
            finally:
                chain.on_train_end(self.training_state)
        self.summ_writer.close()

    def _epochs(self, train_ops, n_epoch, chain, snapshot_epoch, snapshot_step, show_metric):
        state = self.training_state
        steps = max(each.n_batches for each in train_ops)
        for _ in range(n_epoch):
            state.increaseEpoch()
            chain.on_epoch_begin(state)
            for _ in range(steps):
                state.increaseStep()
                state.resetGlobal()
                chain.on_batch_begin(state)
                snapshot = False
                for number, train_op in enumerate(train_ops):
                    chain.on_sub_batch_begin(state)
                    snapshot = train_op.train_step(state.step, bool(self.best_checkpoint_path) or snapshot_epoch,
                                                   snapshot_step, show_metric)
                    state.update(train_op, len(train_ops))
                    chain.on_sub_batch_end(state, number)
                self.session.run(self.incr_global_step)
                chain.on_batch_end(state, snapshot)
            chain.on_epoch_end(state)

    def fit_batch(self, feed_dicts, dprep_dict=None, daug_dict=None):
        """Trains with one batch. Gives the loss."""
        losses = [train_op.train_batch(_prepared(feed, dprep_dict, daug_dict, True))
                  for train_op, feed in zip(self.train_ops, utils.to_list(feed_dicts))]
        return losses[0] if len(losses) == 1 else losses

    def save(self, model_file, global_step=None, use_val_saver=False):
        """Writes a checkpoint."""
        saver = self.val_saver if use_val_saver else self.saver
        saver.save(self.session, os.path.abspath(model_file), global_step=global_step)

    def restore(self, model_file, trainable_variable_only=False, variable_name_map=None, scope_for_restore=None,
                create_new_session=True, verbose=False):
        """Reads a checkpoint; names in the file may be others."""
        model_file = os.path.abspath(model_file)
        if create_new_session:
            self.close_session()
            with self.graph.as_default():
                self.session = self._new_session()
                self.session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        if scope_for_restore is not None:
            prefix = scope_for_restore + '/'

            def variable_name_map(name):
                return name[len(prefix):] if name.startswith(prefix) else None

        variables = self.to_restore_trainvars if trainable_variable_only else self.to_restore
        if variable_name_map is not None:
            restorer = tf.train.Saver(var_list=_renamed(variables, variable_name_map, verbose))
        else:
            restorer = self.restorer_trainvars if trainable_variable_only else self.restorer
        restorer.restore(self.session, model_file)
        for each in self.train_ops:
            each.session = self.session
        self.restored = True
        self.training_state.step = int(self.global_step.eval(session=self.session))

    def close_session(self):
        """Ends the session."""
        self.session.close()


def _renamed(variables, name_map, verbose):
    if isinstance(name_map, tuple):
        import re
        pattern, replacement = name_map
        name_map = lambda name: re.sub(pattern, replacement, name)  # noqa: E731
    result = {}
    for variable in variables:
        name = name_map(variable.op.name)
        if name is not None:
            if verbose:
                print('Restoring %s <- %s' % (variable.op.name, name))
            result[name] = variable
    return result


def _name(train_ops):
    """Gives the train ops names of their own."""
    seen = {}
    names = [each.name or 'Optimizer' for each in train_ops]
    for train_op, name in zip(train_ops, names):
        number = seen.get(name, 0)
        seen[name] = number + 1
        train_op.name = name if names.count(name) == 1 else '%s_%d' % (name, number)
        train_op.scope_name = train_op.name


def _is_restored(variable, excluded):
    for each in excluded:
        if each is variable or isinstance(each, str) and each in variable.name:
            return False
    return True


def _prepared(feed, dprep_dict, daug_dict, is_training):
    """The arrays after augmentation and preprocessing."""
    feed = dict(feed)
    for dictionary, applies in ((daug_dict, is_training), (dprep_dict, True)):
        for key, function in (dictionary or {}).items():
            if applies:
                feed[key] = function.apply(feed[key])
    return feed


class TrainOp:
    """A loss that an optimizer lowers, with a metric, and the batches for it."""

    def __init__(self, loss, optimizer, metric=None, batch_size=64, ema=0., trainable_vars=None, shuffle=True,
                 step_tensor=None, validation_monitors=None, validation_batch_size=None, name=None, graph=None):
        self.graph = graph or tf.get_default_graph()
        self.name = self.scope_name = name
        if not isinstance(loss, tf.Tensor):
            raise ValueError('Unknown Loss type')
        if not isinstance(optimizer, tf.train.Optimizer):
            raise ValueError('Unknown Optimizer')
        self.loss, self.optimizer, self.metric = loss, optimizer, metric
        self.metric_summ_name = '' if metric is None else metric.name.split('/')[0]
        self.validation_monitors = utils.to_list(validation_monitors) or []
        self.train_vars = tf.trainable_variables() if trainable_vars is None else utils.to_list(trainable_vars)
        self.shuffle, self.batch_size, self.ema = shuffle, batch_size, ema
        self.validation_batch_size = validation_batch_size or batch_size
        self.n_batches = self.current_iter = 0
        self.loss_value = self.acc_value = self.val_loss = self.val_acc = None
        if step_tensor is None:
            with self.graph.as_default():
                step_tensor = tf.Variable(0., name='Training_step', trainable=False)
        self.training_steps = step_tensor

    def initialize_training_ops(self, number, session, tensorboard_verbose, clip_gradients):
        """Makes the operations of training."""
        self.session = session
        self.val_loss_T = tf.Variable(0., name='val_loss', trainable=False)
        self.val_acc_T = tf.Variable(0., name='val_acc', trainable=False)
        averages = []
        if self.metric is not None:
            of_metric = tf.train.ExponentialMovingAverage(0.9, self.training_steps, name='moving_avg')
            averages.append(of_metric.apply([self.metric]))
            self.metric_average = of_metric.average(self.metric)
        with tf.name_scope(self.name):
            regularization = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
            total_loss = tf.add_n([self.loss] + regularization, name='Total_Loss')
            of_losses = tf.train.ExponentialMovingAverage(0.9, self.training_steps, name='moving_avg')
            averages.append(of_losses.apply([self.loss] + regularization + [total_loss]))
            self.loss_average = of_losses.average(self.loss)
            with tf.control_dependencies(averages):
                grads = tf.gradients(total_loss, self.train_vars)
                if clip_gradients > 0.0:
                    grads, self.grad_norm = tf.clip_by_global_norm(grads, clip_gradients)
            self.grad = list(zip(grads, self.train_vars))
            self.apply_grad = self.optimizer.apply_gradients(self.grad, global_step=self.training_steps,
                                                             name='apply_grad_op_' + str(number))
            self._make_summaries(tensorboard_verbose)
            after = [self.apply_grad]
            if self.ema > 0.:
                with tf.control_dependencies(after):
                    after = [tf.train.ExponentialMovingAverage(self.ema, self.training_steps).apply(self.train_vars)]
            with tf.control_dependencies(after):
                self.train = tf.no_op(name='train_op_' + str(number))

    def _make_summaries(self, verbose):
        self.loss_tag, self.metric_tag = 'Loss/' + self.scope_name, self.metric_summ_name + '/' + self.scope_name
        made = [_scalar(self.loss_tag, self.loss_average), _scalar(self.loss_tag + '/(raw)', self.loss)]
        if self.metric is not None:
            made += [_scalar(self.metric_tag, self.metric_average), _scalar(self.metric_tag + '/(raw)', self.metric)]
        if verbose in (1, 2, 3):
            made += [tf.summary.histogram(variable.op.name + '/Gradients', grad) for grad, variable in self.grad
                     if grad is not None]
        if verbose in (2, 3):
            made += [tf.summary.histogram(variable.op.name, variable) for variable in self.train_vars]
        if verbose == 3:
            made += [tf.summary.histogram(each.op.name + '/Activations', each)
                     for each in tf.get_collection(keys.ACTIVATIONS)]
        self.summ_op = tf.summary.merge(made)

    def initialize_fit(self, feed_dict, val_feed_dict, dprep_dict, daug_dict, summary_writer):
        """Takes the arrays of a call of fit."""
        self.summary_writer = summary_writer
        self.feed_dict, self.val_feed_dict = _arrays(feed_dict), val_feed_dict
        self.dprep_dict, self.daug_dict = dprep_dict, daug_dict
        self.n_train_samples = len(next(iter(self.feed_dict.values())))
        self.index_array = np.arange(self.n_train_samples)
        self.val_index_array = None
        self.n_val_samples = 0
        if isinstance(val_feed_dict, float):
            split_at = int(self.n_train_samples * (1 - val_feed_dict))
            np.random.shuffle(self.index_array)
            self.val_index_array, self.index_array = self.index_array[split_at:], self.index_array[:split_at]
            self.n_train_samples, self.n_val_samples = len(self.index_array), len(self.val_index_array)
            self.val_feed_dict = self.feed_dict
        elif val_feed_dict is not None:
            self.val_feed_dict = _arrays(val_feed_dict)
            self.n_val_samples = len(next(iter(self.val_feed_dict.values())))
            self.val_index_array = np.arange(self.n_val_samples)
        for key, function in (dprep_dict or {}).items():
            assert self.feed_dict[key] is not None, 'Unknown DataPreprocessing dict key!'
            function.initialize(self.feed_dict[key], self.session)
        self.n_batches = -(-self.n_train_samples // self.batch_size)
        self._batch_index = None
        self._step_of_epoch = 0
        self.val_summary = None

    def _next_batch(self):
        """(arrays, whether it is the epoch's last batch)"""
        if self._batch_index is None:
            self._batch_index = -1
            self._shuffle_samples()
        self._batch_index += 1
        if self._batch_index == self.n_batches:
            # As with TFLearn, each further round begins with the last batch.
            self._batch_index = -1
            self._shuffle_samples()
        begin = self._batch_index % self.n_batches * self.batch_size
        rows = self.index_array[begin:begin + self.batch_size]
        self._step_of_epoch += 1
        self.current_iter = min(self._step_of_epoch * self.batch_size, self.n_train_samples)
        is_last = self.current_iter == self.n_train_samples
        if is_last:
            self._step_of_epoch = 0
        return _prepared({key: value[rows] for key, value in self.feed_dict.items()}, self.dprep_dict, self.daug_dict,
                         True), is_last

    def _shuffle_samples(self):
        if self.shuffle:
            np.random.shuffle(self.index_array)

    def train_step(self, step, snapshot_epoch, snapshot_step, show_metric):
        """Trains with the next batch, and validates if it is time. Gives whether that was so."""
        self.acc_value = self.val_loss = self.val_acc = None
        feed, is_last = self._next_batch()
        config.is_training(True, session=self.session)
        _, summary = self.session.run([self.train, self.summ_op], feed)
        averages = {each.tag: each.simple_value for each in tf.Summary.FromString(summary).value}
        self.loss_value = averages[self.loss_tag]
        if show_metric and self.metric is not None:
            self.acc_value = averages[self.metric_tag]
        snapshot = bool(is_last and snapshot_epoch or snapshot_step and step % snapshot_step == 0)
        number = self.training_steps.eval(session=self.session)
        if snapshot and self.val_feed_dict:
            self._validate(show_metric, number)
        if number > 1:
            self.summary_writer.add_summary(summary, number)
        return snapshot

    def _validate(self, show_metric, step):
        config.is_training(False, session=self.session)
        tensors = [self.loss] + self.validation_monitors
        if show_metric and self.metric is not None:
            tensors.append(self.metric)
        values = evaluate_arrays(self.session, tensors, self.val_feed_dict, self.validation_batch_size,
                                 self.val_index_array, self.dprep_dict)
        self.val_loss = values[0]
        of_summary = [tf.Summary.Value(tag='Loss/' + self.scope_name + '/Validation', simple_value=self.val_loss)]
        if show_metric and self.metric is not None:
            self.val_acc = values[-1]
            of_summary.append(tf.Summary.Value(tag=self.metric_summ_name + '/' + self.scope_name + '/Validation',
                                               simple_value=self.val_acc))
        if step > 1:
            self.summary_writer.add_summary(tf.Summary(value=of_summary), step)

    def train_batch(self, feed_dict):
        """Trains with arrays. Gives the loss."""
        config.is_training(True, session=self.session)
        _, loss = self.session.run([self.train, self.loss], feed_dict=feed_dict)
        config.is_training(False, session=self.session)
        return loss


def _scalar(tag, tensor):
    """A scalar summary with exactly this tag."""
    from reflow.ops import gen_logging_ops
    return gen_logging_ops.scalar_summary(tag, tensor)


def _arrays(feed_dict):
    return {key: value if hasattr(value, 'shape') else np.asarray(value) for key, value in feed_dict.items()}


def evaluate_arrays(session, tensors, feed_dict, batch_size, rows=None, dprep_dict=None):
    """The means of tensors over batches, weighted by the batches' sizes."""
    feed_dict = _arrays(feed_dict)
    if rows is None:
        rows = np.arange(len(next(iter(feed_dict.values()))))
    sums = np.zeros(len(tensors))
    for start in range(0, len(rows), batch_size):
        part = rows[start:start + batch_size]
        feed = _prepared({key: value[part] for key, value in feed_dict.items()}, dprep_dict, None, False)
        sums += np.asarray(session.run(tensors, feed), dtype=np.float64) * len(part)
    return list(sums / len(rows))
