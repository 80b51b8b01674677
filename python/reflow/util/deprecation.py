"""Decorators that warn of deprecated functions and arguments, once for each, with TensorFlow's texts."""
import functools
import sys

from reflow.util import docstring_notice, tf_decorator

_PRINT_DEPRECATION_WARNINGS = True

# What has been warned of: functions, and pairs of function and argument.
_PRINTED_WARNING = {}


class DeprecatedNamesAlreadySet(Exception):
    """Raised when a symbol gets deprecated names twice."""


def _when(date):
    return 'in a future version' if date is None else 'after %s' % date


def _validate(date, instructions):
    if date is not None and not _is_date(date):
        raise ValueError('Date must be YYYY-MM-DD.')
    if not instructions:
        raise ValueError("Don't deprecate things without conversion instructions!")


def _is_date(text):
    """Whether `text` starts with a date of this century, as TensorFlow checks it."""
    allowed = ('2', '0', '0123456789', '0123456789', '-', '01', '0123456789', '-', '0123', '0123456789')
    return len(text) >= len(allowed) and all(char in chars for char, chars in zip(text, allowed))


def _validate_callable(func, decorator_name):
    if not callable(func):
        raise ValueError(
            '%s is not a function. If this is a property, make sure @property appears before @%s in your source code:'
            '\n\n@property\n@%s\ndef method(...)' % (func, decorator_name, decorator_name))


def _call_location(depth):
    """FILE:LINE of the frame `depth` calls above the caller."""
    frame = sys._getframe(depth + 1)
    return '%s:%d' % (frame.f_code.co_filename, frame.f_lineno)


def _warn_once(key, warn_once, text, *args):
    """Logs a warning about a call; the caller's caller's caller is where it was made."""
    if key in _PRINTED_WARNING:
        return
    if warn_once:
        _PRINTED_WARNING[key] = True
    from reflow.platform import tf_logging
    tf_logging.warning('From %s: ' + text, _call_location(2), *args)


def _qualified_name(func):
    return getattr(func, '__qualname__', None) or func.__name__


def deprecated(date, instructions, warn_once=True):
    """Marks a function as deprecated; `date` is when it goes away, None if that is not known."""
    _validate(date, instructions)

    def wrap(func):
        _validate_callable(func, 'deprecated')

        @functools.wraps(func)
        def new_func(*args, **kwargs):
            if _PRINT_DEPRECATION_WARNINGS:
                _warn_once(
                    func, warn_once,
                    '%s (from %s) is deprecated and will be removed %s.\nInstructions for updating:\n%s',
                    _qualified_name(func), func.__module__, _when(date), instructions)
            return func(*args, **kwargs)

        return tf_decorator.make_decorator(
            func, new_func, 'deprecated', docstring_notice.of_deprecated_function(func.__doc__, date, instructions))

    return wrap


def deprecated_alias(deprecated_name, name, func_or_class, warn_once=True):
    """A function or class that does what `func_or_class` does and warns that `deprecated_name` is now `name`."""
    text = 'The name %s is deprecated. Please use %s instead.\n'
    if isinstance(func_or_class, type):
        class _NewClass(func_or_class):
            __doc__ = docstring_notice.of_deprecated_class(func_or_class.__doc__, 'Please use %s instead.' % name)

            def __init__(self, *args, **kwargs):
                if _PRINT_DEPRECATION_WARNINGS:
                    _warn_once(_NewClass, warn_once, text, deprecated_name, name)
                super().__init__(*args, **kwargs)

        return _NewClass

    _validate_callable(func_or_class, 'deprecated')

    @functools.wraps(func_or_class)
    def new_func(*args, **kwargs):
        if _PRINT_DEPRECATION_WARNINGS:
            _warn_once(new_func, warn_once, text, deprecated_name, name)
        return func_or_class(*args, **kwargs)

    return tf_decorator.make_decorator(
        func_or_class, new_func, 'deprecated',
        docstring_notice.of_deprecated_function(func_or_class.__doc__, None, 'Please use %s instead.' % name))


def deprecated_endpoints(*args):
    """Records the names under which a symbol is deprecated; it does not warn."""
    def wrap(func):
        if '_tf_deprecated_api_names' in func.__dict__:
            raise DeprecatedNamesAlreadySet(
                'Cannot set deprecated names for %s to %s. Deprecated names are already set to %s.' % (
                    func.__name__, str(args), str(func._tf_deprecated_api_names)))
        func._tf_deprecated_api_names = args
        return func

    return wrap


def _same_value(first, second):
    """Whether both are equal, without taking an array of comparisons for True."""
    if first is second:
        return True
    try:
        equal = first == second
    except TypeError:
        return False
    return isinstance(equal, bool) and equal


def deprecated_args(date, instructions, *deprecated_arg_names_or_tuples, **kwargs):
    """Marks arguments as deprecated: names, or pairs of name and a value that needs no warning. Takes `warn_once`."""
    _validate(date, instructions)
    if not deprecated_arg_names_or_tuples:
        raise ValueError('Specify which argument is deprecated.')
    warn_once = kwargs.pop('warn_once', True)
    if kwargs:
        raise ValueError('Illegal argument to deprecated_args: %s' % kwargs)
    # Name -> the values that need no warning.
    allowed = {entry[0]: entry[1:] if isinstance(entry, tuple) else ()
               for entry in (name if isinstance(name, tuple) else (name,) for name in deprecated_arg_names_or_tuples)}

    def wrap(func):
        _validate_callable(func, 'deprecated_args')
        from reflow.util import tf_inspect
        spec = tf_inspect.getfullargspec(func)
        known = spec.args + [spec.varargs, spec.varkw]
        missing = [name for name in allowed if name not in known]
        if missing:
            raise ValueError('The following deprecated arguments are not present in the function signature: %s. '
                             'Found next arguments: %s.' % (missing, known))

        def deprecated_ones(args, kwargs):
            """The deprecated arguments of a call, those with allowed values left out."""
            given = tf_inspect.getcallargs(func, *args, **kwargs)
            names = [name for name in allowed if name in spec.args[:len(args)]]
            if spec.varargs in allowed and len(args) > len(spec.args):
                names.append(spec.varargs)
            if spec.varkw in allowed and kwargs:
                names.append(spec.varkw)
            names += [name for name in allowed if name in kwargs]
            return [name for name in names if not any(_same_value(given.get(name), value) for value in allowed[name])]

        @functools.wraps(func)
        def new_func(*args, **kwargs):
            if _PRINT_DEPRECATION_WARNINGS:
                for name in deprecated_ones(args, kwargs):
                    _warn_once(
                        (func, name), warn_once,
                        'calling %s (from %s) with %s is deprecated and will be removed %s.\n'
                        'Instructions for updating:\n%s',
                        _qualified_name(func), func.__module__, name, _when(date), instructions)
            return func(*args, **kwargs)

        return tf_decorator.make_decorator(
            func, new_func, 'deprecated',
            docstring_notice.of_deprecated_arguments(func.__doc__, date, instructions, allowed))

    return wrap


def deprecated_arg_values(date, instructions, warn_once=True, **deprecated_kwargs):
    """Marks values of arguments as deprecated, given as keywords: warns when an argument has that value."""
    _validate(date, instructions)
    if not deprecated_kwargs:
        raise ValueError('Specify which argument values are deprecated.')

    def wrap(func):
        _validate_callable(func, 'deprecated_arg_values')

        @functools.wraps(func)
        def new_func(*args, **kwargs):
            if _PRINT_DEPRECATION_WARNINGS:
                from reflow.util import tf_inspect
                given = tf_inspect.getcallargs(func, *args, **kwargs)
                for name, value in deprecated_kwargs.items():
                    if name in given and _same_value(given[name], value):
                        _warn_once(
                            (func, name), warn_once,
                            'calling %s (from %s) with %s=%s is deprecated and will be removed %s.\n'
                            'Instructions for updating:\n%s',
                            _qualified_name(func), func.__module__, name, value, _when(date), instructions)
            return func(*args, **kwargs)

        return tf_decorator.make_decorator(
            func, new_func, 'deprecated',
            docstring_notice.of_deprecated_values(func.__doc__, date, instructions, deprecated_kwargs))

    return wrap


def deprecated_argument_lookup(new_name, new_value, old_name, old_value):
    """The value of an argument that has a new and an old name. Raises ValueError if both are given."""
    if old_value is None:
        return new_value
    if new_value is not None:
        raise ValueError("Cannot specify both '%s' and '%s'" % (old_name, new_name))
    return old_value


def rewrite_argument_docstring(old_doc, old_argument, new_argument):
    """The docstring with an argument renamed."""
    return old_doc.replace('`%s`' % old_argument, '`%s`' % new_argument).replace(
        '%s:' % old_argument, '%s:' % new_argument)


class silence:
    """A context in which nothing warns of deprecation."""

    def __enter__(self):
        global _PRINT_DEPRECATION_WARNINGS
        self._before = _PRINT_DEPRECATION_WARNINGS
        _PRINT_DEPRECATION_WARNINGS = False

    def __exit__(self, *exception):
        global _PRINT_DEPRECATION_WARNINGS
        _PRINT_DEPRECATION_WARNINGS = self._before
        return False


class HiddenTfApiAttribute(property):
    """A property that hides an attribute of the base class: reading it raises AttributeError."""

    def __init__(self, deprecation_message):
        def raise_error(_):
            raise AttributeError(deprecation_message)

        super().__init__(raise_error)


hide_attribute_from_api = HiddenTfApiAttribute
HIDDEN_ATTRIBUTE = HiddenTfApiAttribute('This attribute has been deprecated.')
