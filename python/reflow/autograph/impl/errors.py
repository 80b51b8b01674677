"""Errors in converted functions: what was raised, with the lines of the program that led there."""

import os
import traceback

from reflow.autograph.impl import conversion
from reflow.framework import errors_impl


class AutoGraphError(Exception):
    """An error of conversion."""


class ConversionError(AutoGraphError):
    """A function can't be converted."""


class StagingError(AutoGraphError):
    """A converted function has raised an error of a class that can't be made from a message."""


class _KeyErrorOfLines(KeyError):
    """A KeyError whose text keeps its lines."""

    def __init__(self, message, key):
        super().__init__(key)
        self._message = message

    def __str__(self):
        return self._message


_KeyErrorOfLines.__name__ = 'KeyError'
_OF_MESSAGES = (AssertionError, AttributeError, NameError, NotImplementedError, RuntimeError, StopIteration, TypeError,
                ValueError, AutoGraphError, ConversionError, StagingError, errors_impl.InaccessibleTensorError,
                errors_impl.OperatorNotAllowedInGraphError)


def account_of(error):
    """The error to be raised in place of one that went through converted code: of the same class, which names the lines."""
    lines = _lines(error) + getattr(error, '_ag_lines', [])
    if not lines:
        return error
    cause = getattr(error, '_ag_cause', None) or '{}: {}'.format(type(error).__name__, error)
    described = _made(error, _message(lines, cause), cause)
    described._ag_lines = lines
    described._ag_cause = cause
    described.__suppress_context__ = True
    return described


def _made(error, message, cause):
    kind = type(error)
    if isinstance(error, errors_impl.OpError) and kind is not errors_impl.OpError:
        return kind(error.node_def, error.op, message)
    if kind in _OF_MESSAGES or kind.__init__ is Exception.__init__:
        return kind(message)
    if isinstance(error, KeyError):
        return _KeyErrorOfLines(message, cause)
    return StagingError(message)


def _lines(error):
    """(File, line, function, text, whether it was converted) of the functions that were running, but Reflow's."""
    found, here = [], os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))) + os.sep
    for frame, line in traceback.walk_tb(error.__traceback__):
        code = frame.f_code
        name = conversion.name_of_converted(code)
        if name is None and (not found or os.path.abspath(code.co_filename).startswith(here)):
            continue
        summary = traceback.FrameSummary(code.co_filename, line, name or code.co_name)
        entry = code.co_filename, line, name or code.co_name, summary.line, name is not None
        if name is not None and found and not conversion.is_converted_function(code):
            found[-1] = entry  # a branch or loop of the function before
        else:
            found.append(entry)
    return found


def _message(lines, cause):
    common = os.path.dirname(os.path.commonprefix([line[0] for line in lines])) if len(lines) > 1 else ''
    common = '' if common == os.sep else common
    text = ['in converted code:'] + (['    relative to {}:'.format(common)] if common else []) + ['']
    for file, line, name, code, is_converted in lines:
        text.append('    {}:{} {}{}'.format(file[len(common) + 1 if common else 0:], line, name, '  *' if is_converted else ''))
        text.append('        ' + (code or '<source unavailable>'))
    return '\n'.join(text + [''] + ['    ' + each for each in cause.split('\n')] + [''])
