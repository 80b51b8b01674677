from reflow.names.packages import lazy_modules

_lazy = lazy_modules(__spec__.name)


def __getattr__(name):
    return _lazy('operators' if name == 'util' else name)
