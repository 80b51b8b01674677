"""AutoGraph: Python's control flow over tensors as that of the graph."""

import contextlib
import functools
import inspect
import types
import unittest

from reflow.autograph.core import ag_ctx
from reflow.autograph.core import converter
from reflow.autograph.impl import conversion
from reflow.autograph.impl import errors
from reflow.autograph.impl.errors import AutoGraphError, ConversionError, StagingError  # pylint: disable=unused-import
from reflow.autograph.operators import control_flow
from reflow.autograph.operators import lists
from reflow.autograph.operators import logical
from reflow.autograph.operators import py_builtins
from reflow.autograph.operators import state
from reflow.autograph.utils import ag_logging
from reflow.framework import ops
from reflow.util import tf_decorator

ConversionOptions = converter.ConversionOptions
_COMPILED = '__ag_compiled'  # marks what is called as it is


class Operators:
    """What converted code calls instead of Python's control flow."""

    State = state.State
    if_stmt = staticmethod(control_flow.if_stmt)
    if_expression = staticmethod(control_flow.if_expression)
    while_stmt = staticmethod(control_flow.while_stmt)
    for_stmt = staticmethod(control_flow.for_stmt)
    and_ = staticmethod(logical.and_)
    or_ = staticmethod(logical.or_)
    not_ = staticmethod(logical.not_)
    eq = staticmethod(logical.eq)
    not_eq = staticmethod(logical.not_eq)
    assert_stmt = staticmethod(logical.assert_stmt)
    new_list = staticmethod(lists.new_list)
    list_append = staticmethod(lists.list_append)
    list_stack = staticmethod(lists.list_stack)

    def __init__(self, options):
        self._options = options

    @staticmethod
    def is_defined(value):
        """Whether a variable, attribute or element has a value."""
        return not isinstance(value, state.Undefined)

    @staticmethod
    def no_result():
        """What a function returns that has not returned."""
        return state.NO_RESULT

    @staticmethod
    def result(value):
        """What a function returns."""
        return None if value is state.NO_RESULT else value

    def call(self, function, args, kwargs=None):
        """function(*args, **kwargs), which is converted, too, if it is the program's."""
        return converted_call(function, self._options, args, kwargs)


def converted_call(f, options, args, kwargs=None):
    """Calls what a converted function calls, or the function that is to be converted."""
    kwargs = kwargs or {}
    while isinstance(f, functools.partial):
        args, kwargs, f = f.args + tuple(args), dict(f.keywords, **kwargs), f.func
    if isinstance(f, (type, types.BuiltinFunctionType)):
        return py_builtins.OVERLOADS.get(f, f)(*args, **kwargs)
    function, instance = _python_function(f)
    if function is None or not _is_convertible(f, function, instance, options):
        return f(*args, **kwargs)
    converted = _converted(f, function, options)
    if converted is None:
        return f(*args, **kwargs)
    with contextlib.ExitStack() as scopes:
        if options.user_requested:
            scopes.enter_context(ag_ctx.ControlStatusCtx(ag_ctx.Status.ENABLED, options))
        if options.uses(converter.Feature.NAME_SCOPES):
            scopes.enter_context(ops.name_scope(_scope_of(function)))
        return converted(*instance, *args, **kwargs)


def _converted(f, function, options):
    """The converted function; None, after a warning, if it can't be converted."""
    try:
        return conversion.convert(function, options, Operators(options.call_options()))
    except Exception as error:  # whatever it is, the function itself is there
        ag_logging.warn(
            'Entity %s could not be transformed and will be executed as-is. Please report this to the AutoGraph team. When '
            'filing the bug, set the verbosity to 10 (on Linux, `export AUTOGRAPH_VERBOSITY=10`) and attach the full output. '
            'Cause: %s', f, error)
        return None


def _python_function(f):
    """(The Python function that a call of `f` runs, or None; a tuple of the object that is its first argument)."""
    if isinstance(f, types.FunctionType):
        return f, ()
    if isinstance(f, types.MethodType):
        return (f.__func__ if isinstance(f.__func__, types.FunctionType) else None), (f.__self__,)
    call = getattr(type(f), '__call__', None)
    return (call if isinstance(call, types.FunctionType) else None), (f,)


def _is_convertible(f, function, instance, options):
    if hasattr(f, _COMPILED) or function.__code__.co_filename == '<string>':
        return False
    if options.user_requested:
        return not conversion.is_converted(function)
    if not options.recursive or any(isinstance(each, unittest.TestCase) for each in instance):
        return False
    return not conversion.is_left_alone(function)


def _scope_of(function):
    name = function.__name__
    return 'lambda_' if name == '<lambda>' else 'fn' + name if name.startswith('_') else name


def convert(recursive=False, optional_features=None, user_requested=True):
    """A decorator that converts a function when it is called."""
    options = ConversionOptions(recursive, user_requested, optional_features)

    def decorator(f):
        def wrapper(*args, **kwargs):
            try:
                return converted_call(f, options, args, kwargs)
            except Exception as error:
                account = errors.account_of(error)
                if account is error:
                    raise
                raise account from None
        return _marked(f, wrapper)
    return decorator


def _marked(f, wrapper):
    """`wrapper` in place of `f`, as one that is called as it is."""
    if inspect.isfunction(f) or inspect.ismethod(f):
        functools.update_wrapper(wrapper, f)
    setattr(wrapper, _COMPILED, True)
    return wrapper


def tf_convert(f, ctx, convert_by_default=True, user_requested=False, optional_features=None):
    """`f`, converted as the context `ctx` wants it."""
    decorated, f = f, tf_decorator.unwrap(f)[1]
    if hasattr(decorated, _COMPILED) or hasattr(f, _COMPILED):
        return decorated
    if ctx.status == ag_ctx.Status.ENABLED or (ctx.status == ag_ctx.Status.UNSPECIFIED and convert_by_default):
        wrapper = convert(recursive=True, optional_features=optional_features, user_requested=user_requested)(f)
    elif ctx.status == ag_ctx.Status.DISABLED:
        wrapper = do_not_convert(f)
    else:
        return decorated
    return wrapper if decorated is f else tf_decorator.rewrap(decorated, f, wrapper)


def do_not_convert(func=None):
    """Keeps a function as it is, or is a decorator that does."""
    if func is None:
        return do_not_convert

    def wrapper(*args, **kwargs):
        with ag_ctx.ControlStatusCtx(ag_ctx.Status.DISABLED):
            return func(*args, **kwargs)
    return _marked(func, wrapper)


def to_graph(entity, recursive=True, experimental_optional_features=None):
    """A function, method or class whose control flow over tensors becomes part of the graph."""
    options = ConversionOptions(recursive, True, experimental_optional_features)
    operators = Operators(options.call_options())
    try:
        if inspect.isclass(entity):
            return conversion.convert_class(entity, options, operators)
        function, _ = _python_function(entity)
        if not (inspect.isfunction(entity) or inspect.ismethod(entity)):
            raise NotImplementedError('cannot convert entity "{}": object conversion is not yet supported.'.format(entity))
        return conversion.convert(function, options, operators)
    except (ValueError, AttributeError, KeyError, NameError, AssertionError) as error:
        raise ConversionError('converting {}: {}: {}'.format(entity, type(error).__name__, error)) from None


def to_graph_v1(entity, recursive=True, arg_values=None, arg_types=None, experimental_optional_features=None):
    """A function, method or class whose control flow over tensors becomes part of the graph."""
    del arg_values, arg_types
    return to_graph(entity, recursive, experimental_optional_features)


def to_code(entity, recursive=True, experimental_optional_features=None):
    """The source of what `to_graph` gives."""
    options = ConversionOptions(recursive, True, experimental_optional_features)
    if inspect.isclass(entity):
        functions = conversion.methods_of(entity)
    else:
        functions = [entity]
    return '\n\n'.join(conversion.converted_source(inspect.unwrap(getattr(each, '__func__', each)), options)
                       for each in functions) + '\n'


def to_code_v1(entity, recursive=True, arg_values=None, arg_types=None, indentation='  ', experimental_optional_features=None):
    """The source of what `to_graph` gives."""
    del arg_values, arg_types, indentation
    return to_code(entity, recursive, experimental_optional_features)
