"""Decorators that remember what they decorate, so that `tf_inspect` sees through them."""
import sys


def make_decorator(target, decorator_func, decorator_name=None, decorator_doc='', decorator_argspec=None):
    """`decorator_func` with the name, docstring and attributes of `target`, which it wraps.

    The decorator's name is by default that of the function that calls this one. `decorator_argspec` is what `tf_inspect`
    says the arguments are, if these are not the target's.
    """
    if decorator_name is None:
        decorator_name = sys._getframe(1).f_code.co_name
    decorator = TFDecorator(decorator_name, target, decorator_doc, decorator_argspec)
    decorator_func._tf_decorator = decorator
    # Callable objects such as functools.partial have not all of these.
    for name in ('__name__', '__qualname__', '__module__'):
        if hasattr(target, name):
            setattr(decorator_func, name, getattr(target, name))
    for name, value in getattr(target, '__dict__', {}).items():
        decorator_func.__dict__.setdefault(name, value)
    if hasattr(target, '__doc__'):
        decorator_func.__doc__ = decorator.__doc__
    decorator_func.__wrapped__ = target
    decorator_func.__original_wrapped__ = target  # tells whether `rewrap` has changed __wrapped__
    return decorator_func


def _has_tf_decorator_attr(obj):
    return isinstance(getattr(obj, '_tf_decorator', None), TFDecorator)


def rewrap(decorator_func, previous_target, new_target):
    """Puts `new_target` in place of `previous_target` under the decorators of `decorator_func`; returns the result.

    A decorator follows if it calls its own `__wrapped__`. What has no decorator is replaced itself.
    """
    current, innermost, decorator = decorator_func, None, None
    while _has_tf_decorator_attr(current):
        innermost, decorator = current, current._tf_decorator
        if decorator.decorated_target is previous_target:
            break
        current = decorator.decorated_target
    if innermost is None:
        assert decorator_func is previous_target
        return new_target
    decorator.decorated_target = new_target
    # A bound method takes no attributes; its function does.
    getattr(innermost, '__func__', innermost).__wrapped__ = new_target
    return decorator_func


def unwrap(maybe_tf_decorator):
    """The decorators of a callable, outermost first, and what they decorate."""
    decorators = []
    current = maybe_tf_decorator
    while True:
        if isinstance(current, TFDecorator):
            decorators.append(current)
        elif _has_tf_decorator_attr(current):
            decorators.append(current._tf_decorator)
        else:
            return decorators, current
        current = decorators[-1].decorated_target


class TFDecorator:
    """What one decorator adds to its target: name, documentation, arguments."""

    def __init__(self, decorator_name, target, decorator_doc='', decorator_argspec=None):
        self.decorated_target = target
        self._decorator_name = decorator_name
        self._decorator_doc = decorator_doc
        self._decorator_argspec = decorator_argspec
        for name in ('__name__', '__qualname__'):
            if hasattr(target, name):
                setattr(self, name, getattr(target, name))
        self.__doc__ = decorator_doc or getattr(target, '__doc__', None) or ''

    def __get__(self, instance, owner):
        return self.decorated_target.__get__(instance, owner)

    def __call__(self, *args, **kwargs):
        return self.decorated_target(*args, **kwargs)

    @property
    def decorator_name(self):
        return self._decorator_name

    @property
    def decorator_doc(self):
        return self._decorator_doc

    @property
    def decorator_argspec(self):
        return self._decorator_argspec
