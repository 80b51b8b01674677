"""The debugger, tfdbg: what programs import of it is there, and says on use that Reflow has no debugger yet."""

import numpy as np


def has_inf_or_nan(datum, tensor):
    """Whether a value has an infinite element or one that is no number: the usual filter of tensors."""
    del datum
    if not isinstance(tensor, np.ndarray) or not np.issubdtype(tensor.dtype, np.inexact):
        return False
    return bool(np.any(np.isnan(tensor)) or np.any(np.isinf(tensor)))


def _absent(name):
    message = 'tensorflow.python.debug.%s is part of TensorFlow 1.15, but Reflow has no debugger yet' % name

    def __init__(self, *args, **kwargs):
        raise NotImplementedError(message)

    return type(name, (), {'__init__': __init__, '__doc__': 'Not there yet: %s.' % message,
                           '__module__': 'tensorflow.python.debug'})


for _name in ('DebugDumpDir', 'DebugTensorDatum', 'GradientsDebugger', 'DumpingDebugWrapperSession', 'WatchOptions',
              'GrpcDebugWrapperSession', 'TensorBoardDebugWrapperSession', 'DumpingDebugHook', 'GrpcDebugHook',
              'LocalCLIDebugHook', 'TensorBoardDebugHook', 'LocalCLIDebugWrapperSession'):
    globals()[_name] = _absent(_name)
