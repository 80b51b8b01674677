"""tf.nn: what its modules define (tensorflow.python.ops.nn)."""

_MODULES = ('nn_ops', 'nn_impl', 'embedding_ops', 'math_ops', 'candidate_sampling_ops', 'ctc_ops', 'rnn')


def __getattr__(name):
    import importlib
    from reflow.names import public, table
    if name == '__all__':
        return [symbol for symbol in table.symbols('nn') if not symbol.startswith('_') and public.has('nn', symbol)]
    for module in _MODULES:
        try:
            return getattr(importlib.import_module('reflow.ops.' + module), name)
        except (AttributeError, ModuleNotFoundError):
            pass
    if name in table.symbols('nn'):
        return public.resolve('nn', name)
    raise AttributeError("module 'tensorflow.python.ops.nn' has no attribute '%s'" % name)
