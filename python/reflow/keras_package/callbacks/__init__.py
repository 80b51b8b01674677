"""Callbacks of the package keras."""

from reflow.keras.callbacks import (BaseLogger, Callback, CallbackList, CSVLogger, EarlyStopping, History,  # noqa: F401
                                    LambdaCallback, ModelCheckpoint, ProgbarLogger,
                                    ReduceLROnPlateau, RemoteMonitor, TerminateOnNaN)
from reflow.keras import callbacks as _callbacks
from reflow.keras.callbacks_v1 import TensorBoard  # noqa: F401


class LearningRateScheduler(_callbacks.LearningRateScheduler):
    """Sets the learning rate before each epoch: a function of the epoch, or of epoch and rate."""

    _verb = 'setting'


LearningRateScheduler.__module__ = 'keras.callbacks.callbacks'
