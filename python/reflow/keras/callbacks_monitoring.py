"""Callbacks that watch a metric: they save the best model, stop training or lower the learning rate."""

import os
import re

import numpy as np

from reflow.keras import backend as K
from reflow.keras.callbacks_base import Callback
from reflow.platform import tf_logging as logging


class ModelCheckpoint(Callback):
    """Saves the model after epochs, or after numbers of samples."""

    def __init__(self, filepath, monitor='val_loss', verbose=0, save_best_only=False, save_weights_only=False, mode='auto',
                 save_freq='epoch', **kwargs):
        super().__init__()
        self.load_weights_on_restart = _deprecated(
            kwargs, 'load_weights_on_restart', False,
            'Please use `model.load_weights()` for loading weights before the start of `model.fit()`.')
        self.period = _deprecated(kwargs, 'period', 1,
                                  'Please use `save_freq` to specify the frequency in number of samples seen.')
        if save_freq != 'epoch' and not isinstance(save_freq, int):
            raise ValueError('Unrecognized save_freq: {}'.format(save_freq))
        self.filepath, self.save_weights_only, self.save_freq = filepath, save_weights_only, save_freq
        self.monitor, self.save_best_only, self.verbose = monitor, save_best_only, verbose
        self.monitor_op, self.best = _comparison(_known_mode(mode, 'ModelCheckpoint'), monitor)
        self.epochs_since_last_save = 0
        self._epoch = 0
        self._unsaved_samples = 0

    def set_model(self, model):
        """A model of a class of its own has weights only to save."""
        super().set_model(model)
        if not model._is_graph_network and type(model).__name__ != 'Sequential':
            self.save_weights_only = True

    def on_train_begin(self, logs=None):
        """Loads weights if training goes on."""
        path = self._last_file() if self.load_weights_on_restart else None
        if path is not None:
            try:
                self.model.load_weights(path)
            except (OSError, ValueError) as error:
                raise ValueError('Error loading file from {}. Reason: {}'.format(path, error)) from error

    def _last_file(self):
        """The newest file whose name `filepath` may have given; of several as new, the last by name."""
        folder, name = os.path.split(self.filepath)
        possible = re.compile(re.sub(r'{.*}', '.*', name) + r'(\.index)?')
        files = [entry for entry in os.scandir(folder or '.') if possible.fullmatch(entry.name)] if os.path.isdir(
            folder or '.') else []
        if not files:
            return None
        last = max(files, key=lambda entry: (entry.stat().st_mtime, entry.name))
        return os.path.join(folder, last.name[:-len('.index')] if last.name.endswith('.index') else last.name)

    def on_epoch_begin(self, epoch, logs=None):
        """Notes the epoch."""
        self._epoch = epoch

    def on_batch_end(self, batch, logs=None):
        """Saves the model if it has seen enough samples since it was saved."""
        if self.save_freq == 'epoch':
            return
        self._unsaved_samples += (logs or {}).get('size', 1)
        if self._unsaved_samples >= self.save_freq:
            self._unsaved_samples = 0
            self._save(self._epoch, logs or {})

    def on_epoch_end(self, epoch, logs=None):
        """Saves the model if enough epochs have passed since it was saved."""
        self.epochs_since_last_save += 1
        if self.save_freq == 'epoch' and self.epochs_since_last_save >= self.period:
            self._save(epoch, logs or {})

    def _save(self, epoch, logs):
        self.epochs_since_last_save = 0
        path = self.filepath.format(epoch=epoch + 1, **logs)
        if not self.save_best_only:
            self._tell(epoch, 'saving model to ' + path)
        elif not self._is_best(epoch, logs, path):
            return
        write = self.model.save_weights if self.save_weights_only else self.model.save
        write(path, overwrite=True)

    def _is_best(self, epoch, logs, path):
        value = logs.get(self.monitor)
        if value is None:
            logging.warning('Can save best model only with %s available, skipping.', self.monitor)
            return False
        if not self.monitor_op(value, self.best):
            self._tell(epoch, '%s did not improve from %0.5f' % (self.monitor, self.best))
            return False
        self._tell(epoch, '%s improved from %0.5f to %0.5f, saving model to %s' % (self.monitor, self.best, value, path))
        self.best = value
        return True

    def _tell(self, epoch, what):
        if self.verbose > 0:
            print('\nEpoch %05d: %s' % (epoch + 1, what))


def _deprecated(kwargs, name, default, instead):
    """The argument `name` of `kwargs`, with a warning that it is deprecated; `default` where it isn't given."""
    if name not in kwargs:
        return default
    logging.warning('`%s` argument is deprecated. %s', name, instead)
    return kwargs[name]


def _known_mode(mode, what):
    if mode in ('auto', 'min', 'max'):
        return mode
    logging.warning('%s mode %s is unknown, fallback to auto mode.', what, mode)
    return 'auto'


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
        self.monitor, self.baseline, self.restore_best_weights = monitor, baseline, restore_best_weights
        self.patience, self.verbose, self.min_delta = patience, verbose, abs(min_delta)
        self.best_weights = None
        self.stopped_epoch = self.wait = 0
        mode = _known_mode(mode, 'EarlyStopping')
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
            self.best, self.wait = current, 0
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
        else:
            self.wait += 1
            if self.wait >= self.patience:
                self._stop(epoch)

    def _stop(self, epoch):
        self.model.stop_training, self.stopped_epoch = True, epoch
        if not self.restore_best_weights:
            return
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
        if factor >= 1.0:
            raise ValueError('ReduceLROnPlateau does not support a factor >= 1.0.')
        if 'epsilon' in kwargs:
            min_delta = kwargs.pop('epsilon')
            logging.warning('`epsilon` argument is deprecated and will be removed, use `min_delta` instead.')
        self.monitor, self.mode, self.verbose = monitor, mode, verbose
        self.factor, self.min_lr, self.min_delta = factor, min_lr, min_delta
        self.patience, self.cooldown = patience, cooldown
        self._reset()

    def _reset(self):
        self.mode = _known_mode(self.mode, 'Learning Rate Plateau Reducing')
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
