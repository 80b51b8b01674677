"""What is wrong with the arguments of a call of the extension, in TensorFlow's words.

The extension's functions know by their signatures what they take, and refuse all else with a text about C++ types. Python's
TensorFlow would have used the object, and failed where it lacks something.
"""
import collections.abc
import operator
import re


def mistake_of(function, arguments, named):
    """The error for the first argument that isn't of its kind; None: that isn't known."""
    signatures = function.__nb_signature__
    if len(signatures) != 1:
        return None
    kinds = _kinds(signatures[0][0])
    given = list(zip((kind for _, kind in kinds), arguments)) + [(dict(kinds).get(name, ''), value)
                                                                 for name, value in named.items()]
    for kind, value in given:
        error = _mistake(kind, value)
        if error is not None:
            return error
    if any(value is None and kind in ('int | None', 'float | None') for kind, value in given):
        return TypeError("Expected int32, got None of type 'NoneType' instead.")
    return None


def _kinds(signature):
    """[(name, kind)] of 'def name(self, x: object, y: list[int] | None, /) -> ...'."""
    parameters = re.match(r'def \w+\((.*)\) -> ', signature, re.DOTALL).group(1)
    parts, depth = [''], 0
    for character in parameters:
        depth += {'[': 1, ']': -1}.get(character, 0)
        if character == ',' and depth == 0:
            parts.append('')
        else:
            parts[-1] += character
    pairs = [part.strip().partition(': ')[::2] for part in parts]
    return [(name, kind.partition(' = ')[0]) for name, kind in pairs if name not in ('/', '*')]


def _mistake(kind, value):
    if kind.endswith(' | None'):
        return None if value is None else _mistake(kind[:-len(' | None')], value)
    check = _CHECKS.get(kind)
    if check is None and kind.startswith('collections.abc.Sequence['):
        return _mistake_of_sequence(kind[len('collections.abc.Sequence['):-1], value)
    if check is None:
        return ValueError('None values not supported.') if value is None and kind else None
    return check(value)


def _mistake_of_sequence(kind, value):
    try:
        elements = list(value)
    except TypeError as error:
        return error
    errors = (_mistake(kind, element) for element in elements)
    mistake = next((error for error in errors if error is not None), None)
    if mistake is None and (isinstance(value, (str, bytes)) or not isinstance(value, collections.abc.Sequence)):
        return TypeError("Expected list, got %r of type '%s' instead." % (value, type(value).__name__))
    return mistake


def _mistake_of_text(value):
    return None if isinstance(value, str) else TypeError('expected string or bytes-like object')


def _mistake_of_int(value):
    try:
        operator.index(value)
    except TypeError as error:
        return error
    return None


def _mistake_of_float(value):
    if hasattr(value, '__float__') or hasattr(value, '__index__'):
        return None
    return TypeError('must be real number, not %s' % type(value).__name__)


def _mistake_of_bool(value):
    if isinstance(value, bool):
        return None
    return TypeError("Expected bool, got %r of type '%s' instead." % (value, type(value).__name__))


def _mistake_of_dtype(value):
    return TypeError('Cannot convert value None to a TensorFlow DType.') if value is None else None


def _mistake_of_variable(value):
    return AttributeError("'NoneType' object has no attribute 'dtype'") if value is None else None


def _no_mistake(_):
    return None


_CHECKS = {'str': _mistake_of_text, 'int': _mistake_of_int, 'float': _mistake_of_float, 'bool': _mistake_of_bool,
           'DType': _mistake_of_dtype, 'Variable': _mistake_of_variable,
           'Gradient': _no_mistake, 'TensorShape': _no_mistake}  # None, too, is a value of these
