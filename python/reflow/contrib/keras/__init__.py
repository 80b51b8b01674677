"""`tf.contrib.keras`: the modules of `tf.keras`."""
from reflow.names.packages import lazy_modules

_modules = lazy_modules(__spec__.name)


def __getattr__(name):
    import reflow.tensorflow
    if name == 'api':
        return _modules(name)
    return getattr(reflow.tensorflow.keras, name)
