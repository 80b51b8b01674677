"""Callbacks: what is called while a model is trained."""

import collections
import csv
import json
import os

import numpy as np

from reflow.keras import backend as K
from reflow.keras.utils.progress import Progbar
from reflow.platform import tf_logging as logging


class CallbackList:
    """Calls callbacks one after the other."""

    def __init__(self, callbacks=None):
        self.callbacks = list(callbacks or ())
        self.params = {}
        self.model = None

    def append(self, callback):
        """Adds a callback."""
        self.callbacks.append(callback)

    def set_params(self, params):
        """Tells the callbacks how the model is trained."""
        self.params = params
        for callback in self.callbacks:
            callback.set_params(params)

    def set_model(self, model):
        """Tells the callbacks which model is trained."""
        self.model = model
        for callback in self.callbacks:
            callback.set_model(model)

    def call_batch_hook(self, mode, hook, batch, logs):
        """Calls on_train_batch_begin and its sisters."""
        name = 'on_%s_batch_%s' % (mode, hook)
        for callback in self.callbacks:
            getattr(callback, name, _nothing)(batch, logs)

    def __iter__(self):
        return iter(self.callbacks)


def _nothing(*unused_args):
    pass


def _forwarder(name):
    def forward(self, *args):
        for callback in self.callbacks:
            getattr(callback, name, _nothing)(*args)

    forward.__name__ = name
    forward.__doc__ = 'Calls %s of each callback.' % name
    return forward


for _name in ('on_epoch_begin', 'on_epoch_end', 'on_train_begin', 'on_train_end', 'on_test_begin', 'on_test_end',
              'on_predict_begin', 'on_predict_end', 'on_batch_begin', 'on_batch_end'):
    setattr(CallbackList, _name, _forwarder(_name))


class Callback:
    """What is called while a model is trained; subclasses override what they need."""

    def __init__(self):
        self.validation_data = None
        self.model = None
        self._chief_worker_only = None

    def set_params(self, params):
        """Says how the model is trained."""
        self.params = params

    def set_model(self, model):
        """Says which model is trained."""
        self.model = model

    def on_batch_begin(self, batch, logs=None):
        """Before a training batch."""

    def on_batch_end(self, batch, logs=None):
        """After a training batch."""

    def on_epoch_begin(self, epoch, logs=None):
        """Before an epoch."""

    def on_epoch_end(self, epoch, logs=None):
        """After an epoch."""

    def on_train_batch_begin(self, batch, logs=None):
        """Before a training batch."""
        self.on_batch_begin(batch, logs=logs)

    def on_train_batch_end(self, batch, logs=None):
        """After a training batch."""
        self.on_batch_end(batch, logs=logs)

    def on_test_batch_begin(self, batch, logs=None):
        """Before a batch of validation or evaluate."""

    def on_test_batch_end(self, batch, logs=None):
        """After a batch of validation or evaluate."""

    def on_predict_batch_begin(self, batch, logs=None):
        """Before a batch of predict."""

    def on_predict_batch_end(self, batch, logs=None):
        """After a batch of predict."""

    def on_train_begin(self, logs=None):
        """Before training."""

    def on_train_end(self, logs=None):
        """After training."""

    def on_test_begin(self, logs=None):
        """Before validation or evaluate."""

    def on_test_end(self, logs=None):
        """After validation or evaluate."""

    def on_predict_begin(self, logs=None):
        """Before predict."""

    def on_predict_end(self, logs=None):
        """After predict."""


class BaseLogger(Callback):
    """Puts the means of what batches log into the epochs' logs."""

    def __init__(self, stateful_metrics=None):
        super().__init__()
        self.stateful_metrics = set(stateful_metrics or ())

    def on_epoch_begin(self, epoch, logs=None):
        """Begins to count anew."""
        self.seen = 0
        self.totals = {}

    def on_batch_end(self, batch, logs=None):
        """Adds what the batch says."""
        logs = logs or {}
        size = logs.get('size', 0)
        self.seen += size * logs.get('num_steps', 1)
        for name, value in logs.items():
            if name in self.stateful_metrics:
                self.totals[name] = value
            elif isinstance(value, (int, float, np.generic)):
                self.totals[name] = self.totals.get(name, 0) + value * size

    def on_epoch_end(self, epoch, logs=None):
        """Puts the means into the logs."""
        if logs is not None:
            for name in self.params['metrics']:
                if name in self.totals and name not in logs:
                    logs[name] = self.totals[name] if name in self.stateful_metrics else self.totals[name] / self.seen


class TerminateOnNaN(Callback):
    """Stops training where the loss is no finite number."""

    def on_batch_end(self, batch, logs=None):
        """Looks at the loss."""
        loss = (logs or {}).get('loss')
        if loss is not None and (np.isnan(loss) or np.isinf(loss)):
            print('Batch %d: Invalid loss, terminating training' % batch)
            self.model.stop_training = True


class ProgbarLogger(Callback):
    """Shows a progress bar of each epoch."""

    bar = Progbar
    shows_every_epoch = False
    unit_name = None

    def __init__(self, count_mode='samples', stateful_metrics=None):
        super().__init__()
        if count_mode not in ('samples', 'steps'):
            raise ValueError('Unknown `count_mode`: ' + str(count_mode))
        self.use_steps = count_mode == 'steps'
        self.stateful_metrics = set(stateful_metrics or ())
        self.target = None

    def set_target(self, target):
        """Says how much there is, once it is known."""
        self.target = self.progbar.target = target

    def on_train_begin(self, logs=None):
        """Reads how training is shown."""
        self.verbose = self.params['verbose']
        self.epochs = self.params['epochs']

    def on_epoch_begin(self, epoch, logs=None):
        """Begins a bar."""
        self.seen = 0
        self.target = self.params['steps'] if self.use_steps else self.params['samples']
        if self.verbose and (self.epochs > 1 or self.shows_every_epoch):
            print('Epoch %d/%d' % (epoch + 1, self.epochs))
        self.progbar = self.bar(target=self.target, verbose=self.verbose, stateful_metrics=self.stateful_metrics,
                                unit_name=self.unit_name or ('step' if self.use_steps else 'sample'))

    def on_batch_begin(self, batch, logs=None):
        """Forgets the last batch."""
        self.log_values = []

    def on_batch_end(self, batch, logs=None):
        """Moves the bar."""
        logs = logs or {}
        steps = logs.get('num_steps', 1)
        self.seen += steps if self.use_steps else logs.get('size', 0) * steps
        self.log_values = [(name, logs[name]) for name in self.params['metrics'] if name in logs]
        if self.verbose and (self.target is None or self.seen < self.target):
            self.progbar.update(self.seen, self.log_values)

    def on_epoch_end(self, epoch, logs=None):
        """Ends the bar."""
        logs = logs or {}
        for name in self.params['metrics']:
            if name in logs:
                self.log_values.append((name, logs[name]))
        if self.verbose:
            self.progbar.update(self.seen, self.log_values)


class History(Callback):
    """Keeps the logs of all epochs: `history` has a list for each metric, `epoch` the epochs' numbers."""

    def on_train_begin(self, logs=None):
        """Begins anew."""
        self.epoch = []
        self.history = {}

    def on_epoch_end(self, epoch, logs=None):
        """Keeps the logs."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)


class ModelCheckpoint(Callback):
    """Saves the model after epochs, or after numbers of samples."""

    def __init__(self, filepath, monitor='val_loss', verbose=0, save_best_only=False, save_weights_only=False, mode='auto',
                 save_freq='epoch', **kwargs):
        super().__init__()
        self.monitor = monitor
        self.verbose = verbose
        self.filepath = filepath
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.save_freq = save_freq
        self.epochs_since_last_save = 0
        self._samples_seen_since_last_saving = 0
        self.load_weights_on_restart = kwargs.pop('load_weights_on_restart', False)
        self.period = kwargs.pop('period', 1)
        if kwargs:
            raise TypeError('Invalid keyword arguments: %s' % (sorted(kwargs),))
        if mode not in ('auto', 'min', 'max'):
            logging.warning('ModelCheckpoint mode %s is unknown, fallback to auto mode.', mode)
            mode = 'auto'
        self.monitor_op, self.best = _comparison(mode, self.monitor)
        if self.save_freq != 'epoch' and not isinstance(self.save_freq, int):
            raise ValueError('Unrecognized save_freq: {}'.format(self.save_freq))

    def on_train_begin(self, logs=None):
        """Loads weights if training goes on."""
        if self.load_weights_on_restart and os.path.exists(self.filepath):
            self.model.load_weights(self.filepath)

    def on_batch_end(self, batch, logs=None):
        """Counts samples."""
        logs = logs or {}
        if isinstance(self.save_freq, int):
            self._samples_seen_since_last_saving += logs.get('size', 1)
            if self._samples_seen_since_last_saving >= self.save_freq:
                self._save_model(epoch=self._current_epoch, logs=logs)
                self._samples_seen_since_last_saving = 0

    def on_epoch_begin(self, epoch, logs=None):
        """Notes the epoch."""
        self._current_epoch = epoch

    def on_epoch_end(self, epoch, logs=None):
        """Saves the model if it is time."""
        self.epochs_since_last_save += 1
        if self.save_freq == 'epoch':
            self._save_model(epoch=epoch, logs=logs)

    def _save_model(self, epoch, logs):
        logs = logs or {}
        if not isinstance(self.save_freq, int) and self.epochs_since_last_save < self.period:
            return
        self.epochs_since_last_save = 0
        filepath = self.filepath.format(epoch=epoch + 1, **logs)
        if self.save_best_only:
            current = logs.get(self.monitor)
            if current is None:
                logging.warning('Can save best model only with %s available, skipping.', self.monitor)
                return
            if not self.monitor_op(current, self.best):
                if self.verbose > 0:
                    print('\nEpoch %05d: %s did not improve from %0.5f' % (epoch + 1, self.monitor, self.best))
                return
            if self.verbose > 0:
                print('\nEpoch %05d: %s improved from %0.5f to %0.5f, saving model to %s' % (
                    epoch + 1, self.monitor, self.best, current, filepath))
            self.best = current
        elif self.verbose > 0:
            print('\nEpoch %05d: saving model to %s' % (epoch + 1, filepath))
        if self.save_weights_only:
            self.model.save_weights(filepath, overwrite=True)
        else:
            self.model.save(filepath, overwrite=True)


def _comparison(mode, monitor):
    """(which values are better, the worst value) of a metric."""
    if mode == 'auto':
        mode = 'max' if 'acc' in monitor or monitor.startswith('fmeasure') else 'min'
    return (np.less, np.inf) if mode == 'min' else (np.greater, -np.inf)


class EarlyStopping(Callback):
    """Stops training where a metric gets no better."""

    def __init__(self, monitor='val_loss', min_delta=0, patience=0, verbose=0, mode='auto', baseline=None,
                 restore_best_weights=False):
        super().__init__()
        self.monitor = monitor
        self.patience = patience
        self.verbose = verbose
        self.baseline = baseline
        self.min_delta = abs(min_delta)
        self.wait = 0
        self.stopped_epoch = 0
        self.restore_best_weights = restore_best_weights
        self.best_weights = None
        if mode not in ('auto', 'min', 'max'):
            logging.warning('EarlyStopping mode %s is unknown, fallback to auto mode.', mode)
            mode = 'auto'
        if mode == 'auto':
            mode = 'max' if 'acc' in monitor else 'min'
        self.monitor_op = np.less if mode == 'min' else np.greater
        self.min_delta *= 1 if self.monitor_op == np.greater else -1

    def on_train_begin(self, logs=None):
        """Begins anew."""
        self.wait = 0
        self.stopped_epoch = 0
        if self.baseline is not None:
            self.best = self.baseline
        else:
            self.best = np.inf if self.monitor_op == np.less else -np.inf

    def on_epoch_end(self, epoch, logs=None):
        """Looks at the metric."""
        current = self.get_monitor_value(logs)
        if current is None:
            return
        if self.monitor_op(current - self.min_delta, self.best):
            self.best = current
            self.wait = 0
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
            return
        self.wait += 1
        if self.wait >= self.patience:
            self.stopped_epoch = epoch
            self.model.stop_training = True
            if self.restore_best_weights:
                if self.verbose > 0:
                    print('Restoring model weights from the end of the best epoch.')
                self.model.set_weights(self.best_weights)

    def on_train_end(self, logs=None):
        """Says where training ended."""
        if self.stopped_epoch > 0 and self.verbose > 0:
            print('Epoch %05d: early stopping' % (self.stopped_epoch + 1))

    def get_monitor_value(self, logs):
        """The metric."""
        value = (logs or {}).get(self.monitor)
        if value is None:
            logging.warning('Early stopping conditioned on metric `%s` which is not available. Available metrics are: %s',
                            self.monitor, ','.join(list((logs or {}).keys())))
        return value


class RemoteMonitor(Callback):
    """Sends the logs of epochs to a server."""

    def __init__(self, root='http://localhost:9000', path='/publish/epoch/end/', field='data', headers=None,
                 send_as_json=False):
        super().__init__()
        self.root = root
        self.path = path
        self.field = field
        self.headers = headers
        self.send_as_json = send_as_json

    def on_epoch_end(self, epoch, logs=None):
        """Sends the logs."""
        import urllib.parse
        import urllib.request
        send = {'epoch': epoch}
        for name, value in (logs or {}).items():
            send[name] = value.item() if isinstance(value, (np.ndarray, np.generic)) else value
        headers = dict(self.headers or {})
        if self.send_as_json:
            headers.setdefault('Content-Type', 'application/json')
            body = json.dumps(send).encode()
        else:
            body = urllib.parse.urlencode({self.field: json.dumps(send)}).encode()
        try:
            urllib.request.urlopen(urllib.request.Request(self.root + self.path, data=body, headers=headers)).close()
        except OSError:
            logging.warning('Warning: could not reach RemoteMonitor root server at ' + str(self.root))


class LearningRateScheduler(Callback):
    """Sets the learning rate before each epoch: a function of the epoch, or of epoch and rate."""

    def __init__(self, schedule, verbose=0):
        super().__init__()
        self.schedule = schedule
        self.verbose = verbose

    def on_epoch_begin(self, epoch, logs=None):
        """Sets the rate."""
        if not hasattr(self.model.optimizer, 'lr'):
            raise ValueError('Optimizer must have a "lr" attribute.')
        try:
            rate = self.schedule(epoch, float(K.get_value(self.model.optimizer.lr)))
        except TypeError:
            rate = self.schedule(epoch)
        if not isinstance(rate, (float, np.float32, np.float64)):
            raise ValueError('The output of the "schedule" function should be float.')
        K.set_value(self.model.optimizer.lr, rate)
        if self.verbose > 0:
            print('\nEpoch %05d: LearningRateScheduler reducing learning rate to %s.' % (epoch + 1, rate))

    def on_epoch_end(self, epoch, logs=None):
        """Logs the rate."""
        if logs is not None:
            logs['lr'] = K.get_value(self.model.optimizer.lr)


class ReduceLROnPlateau(Callback):
    """Lowers the learning rate where a metric gets no better."""

    def __init__(self, monitor='val_loss', factor=0.1, patience=10, verbose=0, mode='auto', min_delta=1e-4, cooldown=0,
                 min_lr=0, **kwargs):
        super().__init__()
        self.monitor = monitor
        if factor >= 1.0:
            raise ValueError('ReduceLROnPlateau does not support a factor >= 1.0.')
        if 'epsilon' in kwargs:
            min_delta = kwargs.pop('epsilon')
            logging.warning('`epsilon` argument is deprecated and will be removed, use `min_delta` instead.')
        self.factor = factor
        self.min_lr = min_lr
        self.min_delta = min_delta
        self.patience = patience
        self.verbose = verbose
        self.cooldown = cooldown
        self.cooldown_counter = 0
        self.wait = 0
        self.best = 0
        self.mode = mode
        self.monitor_op = None
        self._reset()

    def _reset(self):
        if self.mode not in ('auto', 'min', 'max'):
            logging.warning('Learning Rate Plateau Reducing mode %s is unknown, fallback to auto mode.', self.mode)
            self.mode = 'auto'
        if self.mode == 'min' or self.mode == 'auto' and 'acc' not in self.monitor:
            self.monitor_op = lambda a, b: np.less(a, b - self.min_delta)
            self.best = np.inf
        else:
            self.monitor_op = lambda a, b: np.greater(a, b + self.min_delta)
            self.best = -np.inf
        self.cooldown_counter = 0
        self.wait = 0

    def on_train_begin(self, logs=None):
        """Begins anew."""
        self._reset()

    def on_epoch_end(self, epoch, logs=None):
        """Looks at the metric."""
        logs = logs if logs is not None else {}
        logs['lr'] = K.get_value(self.model.optimizer.lr)
        current = logs.get(self.monitor)
        if current is None:
            logging.warning('Reduce LR on plateau conditioned on metric `%s` which is not available. Available metrics are: '
                            '%s', self.monitor, ','.join(list(logs.keys())))
            return
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self.monitor_op(current, self.best):
            self.best = current
            self.wait = 0
        elif not self.in_cooldown():
            self.wait += 1
            if self.wait >= self.patience:
                self._lower(epoch)

    def _lower(self, epoch):
        old = float(K.get_value(self.model.optimizer.lr))
        if old > self.min_lr:
            new = max(old * self.factor, self.min_lr)
            K.set_value(self.model.optimizer.lr, new)
            if self.verbose > 0:
                print('\nEpoch %05d: ReduceLROnPlateau reducing learning rate to %s.' % (epoch + 1, new))
            self.cooldown_counter = self.cooldown
            self.wait = 0

    def in_cooldown(self):
        """Whether the rate was lowered not long ago."""
        return self.cooldown_counter > 0


class CSVLogger(Callback):
    """Writes the logs of epochs to a file."""

    def __init__(self, filename, separator=',', append=False):
        super().__init__()
        self.sep = separator
        self.filename = filename
        self.append = append
        self.writer = None
        self.keys = None
        self.append_header = True

    def on_train_begin(self, logs=None):
        """Opens the file."""
        if self.append and os.path.exists(self.filename):
            with open(self.filename, encoding='utf-8') as file:
                self.append_header = not bool(len(file.readline()))
        self.csv_file = open(self.filename, 'a' if self.append else 'w', newline='', encoding='utf-8')

    def on_epoch_end(self, epoch, logs=None):
        """Writes a line."""
        logs = logs or {}

        def text(value):
            if isinstance(value, str) or isinstance(value, np.ndarray) and value.ndim == 0:
                return value
            if isinstance(value, collections.abc.Iterable):
                return '"[%s]"' % (', '.join(map(str, value)))
            return value

        if self.keys is None:
            self.keys = sorted(logs.keys())
        if self.model.stop_training:
            logs = {name: logs.get(name, 'NA') for name in self.keys}
        if not self.writer:
            self.writer = csv.DictWriter(self.csv_file, fieldnames=['epoch'] + self.keys, delimiter=self.sep,
                                         lineterminator='\n')
            if self.append_header:
                self.writer.writeheader()
        self.writer.writerow({'epoch': epoch, **{name: text(logs[name]) for name in self.keys}})
        self.csv_file.flush()

    def on_train_end(self, logs=None):
        """Closes the file."""
        self.csv_file.close()
        self.writer = None


class LambdaCallback(Callback):
    """A callback of functions."""

    def __init__(self, on_epoch_begin=None, on_epoch_end=None, on_batch_begin=None, on_batch_end=None, on_train_begin=None,
                 on_train_end=None, **kwargs):
        super().__init__()
        self.__dict__.update(kwargs)
        for name, function in (('on_epoch_begin', on_epoch_begin), ('on_epoch_end', on_epoch_end),
                               ('on_batch_begin', on_batch_begin), ('on_batch_end', on_batch_end),
                               ('on_train_begin', on_train_begin), ('on_train_end', on_train_end)):
            setattr(self, name, function if function is not None else _nothing_of_logs)


def _nothing_of_logs(*unused_args, **unused_kwargs):
    pass


for _class in (CallbackList, Callback, BaseLogger, TerminateOnNaN, ProgbarLogger, History, ModelCheckpoint, EarlyStopping,
               RemoteMonitor, LearningRateScheduler, ReduceLROnPlateau, CSVLogger, LambdaCallback):
    _class.__module__ = 'tensorflow.python.keras.callbacks'
