"""Callbacks that watch a metric: they save the best model, stop training or lower the learning rate."""

import os

import numpy as np

from reflow.keras import backend as K
from reflow.keras.callbacks_base import Callback
from reflow.platform import tf_logging as logging


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


for _class in (ModelCheckpoint, EarlyStopping, ReduceLROnPlateau):
    _class.__module__ = 'tensorflow.python.keras.callbacks'
