"""Which layer is being called: layers within it take over how it was called."""

import threading


class _Calls(threading.local):
    def __init__(self):
        self.layers = []
        self.training = None


_calls = _Calls()


class entered:
    """Within it `layer` is being called, with this value of `training` (None: that of the layer around)."""

    def __init__(self, layer, training):
        self._layer = layer
        self._training = training

    def __enter__(self):
        self._outer = _calls.training
        _calls.layers.append(self._layer)
        if self._training is not None:
            _calls.training = self._training

    def __exit__(self, *unused_exception):
        _calls.layers.pop()
        _calls.training = self._outer


def in_call():
    """Whether a layer is being called."""
    return bool(_calls.layers)


def training():
    """The `training` of the outer layer; None: nobody has said."""
    return _calls.training
