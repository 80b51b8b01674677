"""Functions whose control flow becomes part of graphs, made of Python functions; and which functions are left alone."""

import __future__

import ast
import copy
import functools
import inspect
import os
import types
import weakref

from reflow.autograph.converters import expressions
from reflow.autograph.converters import jumps
from reflow.autograph.converters import statements
from reflow.autograph.pyct import build
from reflow.autograph.pyct import names
from reflow.autograph.pyct import source

_FUTURE = functools.reduce(lambda flags, name: flags | getattr(__future__, name).compiler_flag, __future__.all_feature_names, 0)
_LIBRARIES = frozenset(['reflow', 'tensorflow', 'tensorflow_probability', 'numpy', 'keras', 'tflearn', 'mock', 'ipdb', 'absl',
                        'google', 'six', '__future__'])

_STANDARD_LIBRARY = os.path.dirname(os.__file__) + os.sep

_codes = weakref.WeakKeyDictionary()      # code of a function -> {features: converted code}
_converted = {}  # id of converted code, and of that of functions in it -> (the code, name of the function)


class NotConvertible(NotImplementedError):
    """The function has what can't be converted."""


def is_library(module_name):
    """Whether the functions and classes of a module are left alone."""
    module_name = module_name or ''
    return module_name.partition('.')[0] in _LIBRARIES or module_name.startswith('tensorflow_datasets.core')


def is_left_alone(function):
    """Whether a function, which was not asked for, is called as it is."""
    if is_library(function.__globals__.get('__name__')) or is_converted(function):
        return True
    file = function.__code__.co_filename
    if file.startswith('<frozen') or (file.startswith(_STANDARD_LIBRARY) and 'site-packages' not in file):
        return True
    return bool(function.__code__.co_flags & (inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR))


def is_converted(function):
    """Whether a function is the result of a conversion."""
    return id(function.__code__) in _converted


def name_of_converted(code):
    """The name of the function that the code of a frame was converted from; None: from none."""
    return _converted.get(id(code), (code, None))[1]


def is_converted_function(code):
    """Whether it is the code of a whole function, and not of a branch or loop in one."""
    return id(code) in _converted and not code.co_name.startswith(build.OPERATORS)


def convert(function, options, operators):
    """The function with calls of `operators` for its control flow. Unavailable, NotConvertible: it can't be converted."""
    code = converted_code(function, options)
    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or ()))
    cells[build.OPERATORS] = types.CellType(operators)
    result = types.FunctionType(code, function.__globals__, function.__name__, function.__defaults__,
                                tuple(cells[name] for name in code.co_freevars))
    result.__kwdefaults__ = function.__kwdefaults__
    return result


def methods_of(kind):
    """The functions that a class itself defines."""
    return [each for each in vars(kind).values() if isinstance(each, types.FunctionType)]


def convert_class(kind, options, operators):
    """The class with its methods converted."""
    methods = methods_of(kind)
    if not methods:
        raise ValueError('cannot convert %s: no member methods' % kind)
    if any(base is not object and not is_library(base.__module__) for base in kind.__bases__):
        raise NotImplementedError('Conversion of classes that do not directly extend classes from whitelisted modules is '
                                  'temporarily suspended. If this breaks existing code please notify the AutoGraph team '
                                  'immediately.')
    return type('Tf' + kind.__name__, (kind,), {each.__name__: convert(each, options, operators) for each in methods})


def converted_source(function, options):
    """The source of the converted function."""
    return ast.unparse(tree_of_converted(source.definition_of(function)[0], options))


def converted_code(function, options):
    """The code of the converted function."""
    known = _codes.setdefault(function.__code__, {})
    if options.optional_features not in known:
        node, owner = source.definition_of(function)
        known[options.optional_features] = _compiled(tree_of_converted(node, options), owner, function)
    return known[options.optional_features]


def tree_of_converted(node, options):
    """The converted definition: of a lambda, too, it is that of a function."""
    node = copy.deepcopy(node)
    if isinstance(node, ast.Lambda):
        body = [ast.copy_location(ast.Return(node.body), node.body)]
        node = ast.copy_location(ast.FunctionDef('lambda', node.args, body, []), node)
    node.name = 'tf__' + node.name  # its own name is another variable, that of the program
    node.decorator_list = []
    node.args.defaults = [ast.Constant(None) for _ in node.args.defaults]
    node.args.kw_defaults = [each and ast.Constant(None) for each in node.args.kw_defaults]
    _convert_definition(node, options)
    return ast.fix_missing_locations(node)


def _convert_definition(node, options):
    if names.waits(node):
        raise NotConvertible('Generators are not supported by AutoGraph')
    for each in names.own_nodes(node):
        if isinstance(each, ast.While) and any(isinstance(part, ast.NamedExpr) for part in ast.walk(each.test)):
            raise NotConvertible('Assignments in the tests of loops are not supported by AutoGraph')
    parameters = names.parameters(node.args)
    convert_function = functools.partial(_convert_definition, options=options)
    visitor = expressions.Expressions(options, convert_function, parameters[0] if parameters else None)
    body = [visitor.visit(each) for each in node.body]
    node.body = statements.lower(node, jumps.lower(body))


def _compiled(tree, owner, function):
    """The code of a converted definition, in the same class, which gives private names their prefix."""
    free = [name for name in function.__code__.co_freevars if name != '__class__' or owner is None]
    body = [tree]
    if owner is not None:
        body = ([] if owner in free else [ast.Global([owner])]) + [ast.ClassDef(owner, [], [], body, [])]
    around = build.function('ag__factory', free + [build.OPERATORS], body)
    module = ast.fix_missing_locations(ast.Module([ast.copy_location(around, tree)], []))
    code = compile(module, function.__code__.co_filename, 'exec', flags=function.__code__.co_flags & _FUTURE,
                   dont_inherit=True)
    for name in ['ag__factory'] + [owner] * (owner is not None) + [tree.name]:
        code = next(each for each in code.co_consts if isinstance(each, types.CodeType) and each.co_name == name)
    code = code.replace(co_name=function.__code__.co_name, co_qualname=function.__code__.co_qualname)
    _remember(code, function.__code__.co_name)
    return code


def _remember(code, name):
    _converted[id(code)] = code, name  # by identity: what needed no change is equal to the function's own
    for each in code.co_consts:
        if isinstance(each, types.CodeType):
            _remember(each, name if each.co_name.startswith(build.OPERATORS) else each.co_name)
