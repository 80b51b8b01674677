"""The base class of callbacks, and the list that calls them."""

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


def _hook(name):
    def call(self, logs=None):
        for callback in self.callbacks:
            getattr(callback, name, _nothing)(logs)

    call.__name__ = name
    call.__doc__ = 'Calls %s of each callback.' % name
    return call


for _name in ('on_epoch_begin', 'on_epoch_end', 'on_batch_begin', 'on_batch_end'):
    setattr(CallbackList, _name, _forwarder(_name))
for _name in ('on_train_begin', 'on_train_end', 'on_test_begin', 'on_test_end', 'on_predict_begin', 'on_predict_end'):
    setattr(CallbackList, _name, _hook(_name))


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


Callback.__module__ = CallbackList.__module__ = 'tensorflow.python.keras.callbacks'
