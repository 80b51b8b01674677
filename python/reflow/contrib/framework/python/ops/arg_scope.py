"""Default arguments of functions, within a context."""

from reflow.util import tf_contextlib
from reflow.util import tf_decorator

__all__ = ['arg_scope', 'add_arg_scope', 'current_arg_scope', 'has_arg_scope', 'arg_scoped_arguments']

_stack = [{}]      # {key of a function: its defaults}, the current one last
_arguments = {}    # key of a function that takes defaults -> its arguments that have one


def arg_scope_func_key(op):
    """What a function is known by."""
    return getattr(op, '_key_op', str(op))


def current_arg_scope():
    """{function key: {argument: value}} as it is now."""
    return _stack[-1]


@tf_contextlib.contextmanager
def arg_scope(list_ops_or_scope, **kwargs):
    """Gives arguments of the functions in a list new defaults, or makes a scope that was entered before the current one."""
    if isinstance(list_ops_or_scope, dict):
        if kwargs:
            raise ValueError('When attempting to re-use a scope by suppling adictionary, kwargs must be empty.')
        scope = list_ops_or_scope.copy()
    elif isinstance(list_ops_or_scope, (list, tuple)):
        scope = current_arg_scope().copy()
        for op in list_ops_or_scope:
            if not has_arg_scope(op):
                raise ValueError('%s is not decorated with @add_arg_scope', (op.__module__, op.__name__))
            key = arg_scope_func_key(op)
            scope[key] = dict(scope.get(key, {}), **kwargs)
    else:
        raise TypeError('list_ops_or_scope must either be a list/tuple or reused scope (i.e. dict)')
    _stack.append(scope)
    try:
        yield scope
    finally:
        _stack.pop()


def add_arg_scope(func):
    """Decorator of a function whose defaults arg_scope may change."""
    key = arg_scope_func_key(func)

    def func_with_args(*args, **kwargs):
        return func(*args, **dict(current_arg_scope().get(key, {}), **kwargs))

    code = tf_decorator.unwrap(func)[1].__code__
    count = code.co_argcount
    defaults = len(func.__defaults__ or ())
    _arguments[key] = code.co_varnames[count - defaults:count]
    func_with_args._key_op = key
    return tf_decorator.make_decorator(func, func_with_args)


def has_arg_scope(func):
    """Whether `func` takes its defaults from arg_scope."""
    return arg_scope_func_key(func) in _arguments


def arg_scoped_arguments(func):
    """The arguments of `func` that arg_scope may set."""
    assert has_arg_scope(func)
    return _arguments[arg_scope_func_key(func)]
