"""Short ways to make nodes of syntax trees."""

import ast

OPERATORS = 'ag__'  # the name by which converted code knows the operators


def load(name):
    """The value of a name."""
    return ast.Name(name, ast.Load())


def store(name):
    """A name that is assigned to."""
    return ast.Name(name, ast.Store())


def assign(name, value):
    """name = value."""
    return ast.Assign([store(name)], value if isinstance(value, ast.AST) else ast.Constant(value))


def operator(name, *args):
    """A call of an operator."""
    return ast.Call(ast.Attribute(load(OPERATORS), name, ast.Load()), list(args), [])


def arguments(*names):
    """Parameters by position."""
    return ast.arguments(posonlyargs=[], args=[ast.arg(name) for name in names], kwonlyargs=[], kw_defaults=[], defaults=[])


def thunk(value):
    """lambda: value."""
    return ast.Lambda(arguments(), value)


def function(name, parameter_names, body):
    """def name(parameters): body."""
    return ast.FunctionDef(name, arguments(*parameter_names), body or [ast.Pass()], [])


def row(values):
    """A tuple."""
    return ast.Tuple(list(values), ast.Load())


def negated(flags):
    """not (flag or flag ...), which may be tensors."""
    flags = sorted(flags)
    value = load(flags[0])
    for flag in flags[1:]:
        value = operator('or_', thunk(value), thunk(load(flag)))
    return operator('not_', value)
