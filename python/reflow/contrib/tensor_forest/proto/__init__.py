from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
