"""tf.nn: what its modules define (tensorflow.python.ops.nn)."""

_MODULES = ('nn_ops', 'nn_impl', 'embedding_ops', 'math_ops', 'candidate_sampling_ops', 'ctc_ops', 'rnn')


def __getattr__(name):
    import importlib
    for module in _MODULES:
        try:
            return getattr(importlib.import_module('reflow.ops.' + module), name)
        except (AttributeError, ModuleNotFoundError):
            pass
    raise AttributeError("module 'tensorflow.python.ops.nn' has no attribute '%s'" % name)
