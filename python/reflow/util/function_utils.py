"""What a callable takes and is called, through decorators, partials and methods."""
import functools

from reflow.util import tf_decorator, tf_inspect


def _is_callable_object(obj):
    return hasattr(obj, '__call__') and tf_inspect.ismethod(obj.__call__)


def fn_args(fn):
    """The names of the arguments that a call of `fn` may give: without a bound `self` and what a partial gives."""
    if isinstance(fn, functools.partial):
        return tuple(name for name in fn_args(fn.func)[len(fn.args):] if name not in (fn.keywords or ()))
    if _is_callable_object(fn):
        fn = fn.__call__
    args = tf_inspect.getfullargspec(fn).args
    target = tf_decorator.unwrap(fn)[1]
    bound = tf_inspect.ismethod(target) and target.__self__ is not None
    return tuple(args[1:] if bound else args)


def has_kwargs(fn):
    """Whether `fn` takes any keywords."""
    if isinstance(fn, functools.partial):
        fn = fn.func
    elif _is_callable_object(fn):
        fn = fn.__call__
    elif not callable(fn):
        raise TypeError('fn should be a function-like object, but is of type {}.'.format(type(fn)))
    return tf_inspect.getfullargspec(fn).varkw is not None


def get_func_name(func):
    """The name of a function, CLASS.NAME of a method, the class as text of a callable object."""
    func = tf_decorator.unwrap(func)[1]
    if not callable(func):
        raise ValueError('Argument must be callable')
    if tf_inspect.isfunction(func):
        return func.__name__
    if tf_inspect.ismethod(func):
        return '%s.%s' % (type(func.__self__).__name__, func.__func__.__name__)
    return str(type(func))


def get_func_code(func):
    """The code object of a function or method, of the `__call__` of other callables; None if that has none."""
    func = tf_decorator.unwrap(func)[1]
    if not callable(func):
        raise ValueError('Argument must be callable')
    if tf_inspect.isfunction(func) or tf_inspect.ismethod(func):
        return func.__code__
    return getattr(func.__call__, '__code__', None)


@functools.lru_cache(maxsize=None)
def get_disabled_rewriter_config():
    """A serialized ConfigProto that turns graph rewrites off."""
    from reflow.framework import protos
    config = protos.message('tensorflow.ConfigProto')()
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    return config.SerializeToString()
