"""The errors of runs, `tf.errors`: one class for each status code but OK, all of them OpErrors."""
import warnings

from reflow.util.shown_attributes import shown

OK, CANCELLED, UNKNOWN, INVALID_ARGUMENT, DEADLINE_EXCEEDED, NOT_FOUND, ALREADY_EXISTS, PERMISSION_DENIED = range(8)
RESOURCE_EXHAUSTED, FAILED_PRECONDITION, ABORTED, OUT_OF_RANGE, UNIMPLEMENTED, INTERNAL, UNAVAILABLE = range(8, 15)
DATA_LOSS, UNAUTHENTICATED = 15, 16


class InaccessibleTensorError(ValueError):
    """Raised for a tensor that is used outside of the function that made it."""


class OperatorNotAllowedInGraphError(TypeError):
    """Raised for Python operators that need a tensor's value while a graph is built."""


class OpError(Exception):
    """An error of a run: `message`, `error_code`, and, where known, the operation `op` and its `node_def` that failed."""

    def __init__(self, node_def, op, message, error_code):
        super().__init__()
        self._node_def = node_def
        self._op = op
        self._message = message
        self._error_code = error_code

    def __reduce__(self):
        # Subclasses take fewer arguments, each of which is an attribute.
        code = type(self).__init__.__code__
        return type(self), tuple(getattr(self, name) for name in code.co_varnames[1:code.co_argcount])

    message = shown('_message', 'What went wrong.')
    op = shown('_op', "The Operation that failed; None if it is not known or is none of the graph's, such as a Send.")
    error_code = shown('_error_code', 'The status code, one of `tf.errors.CANCELLED` and its sisters.')
    node_def = shown('_node_def', 'The NodeDef of what failed, None if it is not known.')

    def __str__(self):
        if self._op is None:
            return self._message
        trace = _formatted_trace(self._op)
        parts = ["%s\n\nOriginal stack trace for %r:\n" % (self._message, self._op.name), *trace]
        original_op = self._op._original_op
        while original_op is not None:
            parts.append('\n...which was originally created as op %r, defined at:\n' % (original_op.name,))
            previous, trace = trace, _formatted_trace(original_op)
            parts.extend(_elided(trace, previous))
            original_op = original_op._original_op
        return ''.join(parts)


def _formatted_trace(op):
    import traceback
    return traceback.format_list([tuple(frame)[:4] for frame in op.traceback])


def _elided(trace, previous):
    """`trace` where runs of lines that `previous` has too are cut to their first and last."""
    parts = []
    same = []  # the run of equal lines after its first, which is printed
    in_run = False

    def close_run():
        if same:
            parts.append('[elided %d identical lines from previous traceback]\n' % (len(same) - 1))
            parts.append(same[-1])
            same.clear()

    for line, previous_line in zip(trace, previous):
        if line != previous_line:
            close_run()
            in_run = False
            parts.append(line)
        elif in_run:
            same.append(line)
        else:
            in_run = True
            parts.append(line)
    return parts


class CancelledError(OpError):
    """What ends before it is done, because a queue is closed or a session ends."""

    def __init__(self, node_def, op, message):
        super().__init__(node_def, op, message, CANCELLED)


class UnknownError(OpError):
    """Raised for errors without a code of their own."""

    def __init__(self, node_def, op, message, error_code=UNKNOWN):
        super().__init__(node_def, op, message, error_code)


class InvalidArgumentError(OpError):
    """Raised when an operation gets an argument that it can't take, such as a matrix of the wrong size."""

    def __init__(self, node_def, op, message):
        super().__init__(node_def, op, message, INVALID_ARGUMENT)


class DeadlineExceededError(OpError):
    """Raised when time is up before an operation is done."""

    def __init__(self, node_def, op, message):
        super().__init__(node_def, op, message, DEADLINE_EXCEEDED)


class NotFoundError(OpError):
    """Raised when something asked for, a file or a key, does not exist."""

    def __init__(self, node_def, op, message):
        super().__init__(node_def, op, message, NOT_FOUND)


class AlreadyExistsError(OpError):
    """Raised when something that was to be made is there already."""

    def __init__(self, node_def, op, message):
        super().__init__(node_def, op, message, ALREADY_EXISTS)


class PermissionDeniedError(OpError):
    """Raised when the caller may not do what it wants to, such as reading a file of another user."""

    def __init__(self, node_def, op, message):
        super().__init__(node_def, op, message, PERMISSION_DENIED)


class UnauthenticatedError(OpError):
    """Raised when the caller is not known."""

    def __init__(self, node_def, op, message):
        super().__init__(node_def, op, message, UNAUTHENTICATED)


class ResourceExhaustedError(OpError):
    """Raised when memory, disk space or a quota is used up."""

    def __init__(self, node_def, op, message):
        super().__init__(node_def, op, message, RESOURCE_EXHAUSTED)


class FailedPreconditionError(OpError):
    """Raised when the state is not what an operation needs: reading a variable before it is initialized."""

    def __init__(self, node_def, op, message):
        super().__init__(node_def, op, message, FAILED_PRECONDITION)


class AbortedError(OpError):
    """Raised when an operation was stopped, mostly by another that ran beside it."""

    def __init__(self, node_def, op, message):
        super().__init__(node_def, op, message, ABORTED)


class OutOfRangeError(OpError):
    """Raised when an operation goes past the end: of a file, a queue, a dataset."""

    def __init__(self, node_def, op, message):
        super().__init__(node_def, op, message, OUT_OF_RANGE)


class UnimplementedError(OpError):
    """Raised for what the runtime can't do."""

    def __init__(self, node_def, op, message):
        super().__init__(node_def, op, message, UNIMPLEMENTED)


class InternalError(OpError):
    """Raised when the runtime itself is at fault."""

    def __init__(self, node_def, op, message):
        super().__init__(node_def, op, message, INTERNAL)


class UnavailableError(OpError):
    """Raised when a runtime can't be reached now."""

    def __init__(self, node_def, op, message):
        super().__init__(node_def, op, message, UNAVAILABLE)


class DataLossError(OpError):
    """Raised for data that is lost or damaged, such as a file cut short."""

    def __init__(self, node_def, op, message):
        super().__init__(node_def, op, message, DATA_LOSS)


# By the numbers of the codes, which begin with 1.
_CODE_TO_EXCEPTION_CLASS = dict(enumerate([
    CancelledError, UnknownError, InvalidArgumentError, DeadlineExceededError, NotFoundError, AlreadyExistsError,
    PermissionDeniedError, ResourceExhaustedError, FailedPreconditionError, AbortedError, OutOfRangeError,
    UnimplementedError, InternalError, UnavailableError, DataLossError, UnauthenticatedError], 1))
_EXCEPTION_CLASS_TO_CODE = dict(map(reversed, _CODE_TO_EXCEPTION_CLASS.items()))


def exception_type_from_error_code(error_code):
    """The class of errors with this code. Raises KeyError for OK and for numbers that are no code."""
    return _CODE_TO_EXCEPTION_CLASS[error_code]


def error_code_from_exception_type(cls):
    """The code of a class of errors. For a class that has none it warns and returns an UnknownError, as TensorFlow."""
    try:
        return _EXCEPTION_CLASS_TO_CODE[cls]
    except KeyError:
        warnings.warn('Unknown class exception')
        return UnknownError(None, None, 'Unknown class exception', None)


def _make_specific_exception(node_def, op, message, error_code):
    try:
        return exception_type_from_error_code(error_code)(node_def, op, message)
    except KeyError:
        warnings.warn('Unknown error code: %d' % error_code)
        return UnknownError(node_def, op, message, error_code)


class _Status:
    """What a call reports: a code and a message."""

    def __init__(self):
        self.code, self.message = OK, ''


class raise_exception_on_not_ok_status:  # named as a function by TensorFlow
    """A context manager that gives a status to fill, and raises what it says when the context ends."""

    def __enter__(self):
        self.status = _Status()
        return self.status

    def __exit__(self, *exception):
        status, self.status = self.status, None
        if status.code != OK:
            raise _make_specific_exception(None, None, status.message, status.code)
        return False
