"""What tapes remember: functions for operations with gradients of their own."""

import contextlib

from reflow import _core


def could_possibly_record():
    """Whether there may be an active tape."""
    return True


def should_record(tensors):
    """Whether an active tape watches one of the tensors."""
    return _core.tape_should_record([tensor for tensor in tensors if isinstance(tensor, _core.EagerTensor)])


def record_operation(op_type, output_tensors, input_tensors, backward_function):
    """Has active tapes remember that `output_tensors` were computed from `input_tensors`.

    `backward_function` gives the gradients of the inputs, a list, when it is called with those of the outputs.
    """
    def backward(gradients):
        result = backward_function(*gradients)
        return list(result) if isinstance(result, (list, tuple)) else [result]
    _core.tape_record(op_type, list(output_tensors), list(input_tensors), backward)


@contextlib.contextmanager
def stop_recording():
    """No tape remembers what runs within the context."""
    paused = _core.TapesPaused()
    try:
        yield
    finally:
        paused.end()
