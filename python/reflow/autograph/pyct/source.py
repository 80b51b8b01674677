"""The syntax trees of functions, from the files that they stand in."""

import ast
import linecache

_indices = {}  # file name -> (its lines, first line -> definitions that begin there)


class Unavailable(ValueError):
    """The source of a function can't be found."""


def definition_of(function):
    """(The node of the function's definition, the name of the class that it is in or None). Unavailable: not found."""
    code = function.__code__
    lines = linecache.getlines(code.co_filename, function.__globals__)
    if not lines:
        raise Unavailable('could not get source code')
    known = _indices.get(code.co_filename)
    if known is None or known[0] is not lines:
        try:
            tree = ast.parse(''.join(lines))
        except SyntaxError as error:
            raise Unavailable('the source of %s cannot be parsed: %s' % (code.co_filename, error)) from None
        known = _indices[code.co_filename] = lines, _index(tree)
    found = [(node, owner) for node, owner in known[1].get(code.co_firstlineno, ()) if _may_be(node, code)]
    if len(found) > 1:
        found = _innermost(found, code)
    if len(found) != 1:
        raise Unavailable('unable to identify the source of %s at line %d of %s' % (
            code.co_name, code.co_firstlineno, code.co_filename))
    return found[0]


def _index(tree):
    found = {}

    def visit(node, owner):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.FunctionDef, ast.Lambda)):
                decorators = getattr(child, 'decorator_list', None)
                first = min([child.lineno] + [each.lineno for each in decorators or ()])
                found.setdefault(first, []).append((child, owner))
            visit(child, child.name if isinstance(child, ast.ClassDef) else owner)

    visit(tree, None)
    return found


def _may_be(node, code):
    if getattr(node, 'name', '<lambda>') != code.co_name:
        return False
    names = [each.arg for each in node.args.posonlyargs + node.args.args + node.args.kwonlyargs]
    return names == list(code.co_varnames[:code.co_argcount + code.co_kwonlyargcount])


def _innermost(found, code):
    """The definition, of several on a line, that holds the columns of the code."""
    positions = [(line, column) for line, _, column, _ in code.co_positions() if line is not None and column is not None]

    def holds(node):
        body = node.body if isinstance(node, ast.Lambda) else node
        start, end = (body.lineno, body.col_offset), (body.end_lineno, body.end_col_offset)
        return all(start <= each <= end for each in positions if each != (code.co_firstlineno, 0))

    found = [(node, owner) for node, owner in found if holds(node)]
    # Definitions within one another, of which the code is the innermost.
    return found[-1:]
