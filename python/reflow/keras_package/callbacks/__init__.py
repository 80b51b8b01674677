"""Callbacks of the package keras."""

from reflow.keras.callbacks import (BaseLogger, Callback, CallbackList, CSVLogger, EarlyStopping, History,  # noqa: F401
                                    LambdaCallback, LearningRateScheduler, ModelCheckpoint, ProgbarLogger,
                                    ReduceLROnPlateau, RemoteMonitor, TerminateOnNaN)
from reflow.keras.callbacks_v1 import TensorBoard  # noqa: F401
