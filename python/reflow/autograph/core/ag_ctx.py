"""Whether the code that is running was converted, as a stack of each thread."""

import enum
import threading

_stacks = threading.local()


class Status(enum.Enum):
    """What the function that is being called was asked for."""
    UNSPECIFIED = 0
    ENABLED = 1
    DISABLED = 2


class ControlStatusCtx:
    """A status for the time of a with statement."""

    def __init__(self, status, options=None):
        self.status = status
        self.options = options

    def __enter__(self):
        _stack().append(self)
        return self

    def __exit__(self, *unused_exception):
        _stack().pop()


def _stack():
    if not hasattr(_stacks, 'contexts'):
        _stacks.contexts = [ControlStatusCtx(Status.UNSPECIFIED)]
    return _stacks.contexts


def control_status_ctx():
    """The context of the code that is running."""
    return _stack()[-1]


def advice():
    """What a program may do whose tensor is used where Python wants a value."""
    status = control_status_ctx().status
    if status == Status.DISABLED:
        return 'is not allowed: AutoGraph is disabled in this function. Try decorating it directly with @tf.function.'
    if status == Status.ENABLED:
        return 'is not allowed: AutoGraph did not convert this function. Try decorating it directly with @tf.function.'
    return 'is not allowed in Graph execution. Use Eager execution or decorate this function with @tf.function.'
