"""Callbacks: what is called while a model is trained."""

import collections
import csv
import json
import os

import numpy as np

from reflow.keras import backend as K
from reflow.keras.callbacks_base import Callback, CallbackList  # noqa: F401
from reflow.keras.callbacks_monitoring import EarlyStopping, ModelCheckpoint, ReduceLROnPlateau  # noqa: F401
from reflow.keras.utils.progress import Progbar
from reflow.names.packages import lazy_modules
from reflow.platform import tf_logging as logging


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
                self.totals[name] = self.totals.get(name, 0) + np.float64(value) * size

    def on_epoch_end(self, epoch, logs=None):
        """Puts the means into the logs."""
        if logs is not None:
            for name in self.params['metrics']:
                if name in self.totals:
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

    _verb = 'reducing'  # as it says itself, whatever the function gives

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
            print('\nEpoch %05d: LearningRateScheduler %s learning rate to %s.' % (epoch + 1, self._verb, rate))

    def on_epoch_end(self, epoch, logs=None):
        """Logs the rate."""
        if logs is not None:
            logs['lr'] = K.get_value(self.model.optimizer.lr)


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


for _class in (BaseLogger, TerminateOnNaN, ProgbarLogger, History, RemoteMonitor, LearningRateScheduler, CSVLogger,
               LambdaCallback):
    _class.__module__ = 'tensorflow.python.keras.callbacks'


# What TensorFlow has here and programs import, and Reflow elsewhere.
__getattr__ = lazy_modules(__spec__.name, 'keras.callbacks')
