"""Which names a piece of code binds and uses."""

import ast

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class _Bound(ast.NodeVisitor):
    """Collects, in the order of the code, what a function's statements bind in the function."""

    def __init__(self):
        self.names = {}
        self.parts = {}  # text of an attribute or element -> its node

    def visit_Name(self, node):
        if not isinstance(node.ctx, ast.Load):
            self.names[node.id] = None

    def _visit_part(self, node):
        self.generic_visit(node)
        if isinstance(node.ctx, ast.Store) and _is_chain(node):
            self.parts[ast.unparse(node)] = node

    visit_Attribute = visit_Subscript = _visit_part

    def visit_FunctionDef(self, node):
        self.names[node.name] = None
        for each in node.decorator_list + node.args.defaults + [each for each in node.args.kw_defaults if each]:
            self.visit(each)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node):
        self.names[node.name] = None

    def visit_Lambda(self, node):
        pass

    def _visit_comprehension(self, node):
        for each in ast.walk(node):
            if isinstance(each, ast.NamedExpr):
                self.names[each.target.id] = None

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _visit_comprehension

    def visit_alias(self, node):
        self.names[(node.asname or node.name).partition('.')[0]] = None

    def visit_ExceptHandler(self, node):
        if node.name:
            self.names[node.name] = None
        self.generic_visit(node)

    def visit_MatchAs(self, node):
        if node.name:
            self.names[node.name] = None
        self.generic_visit(node)

    visit_MatchStar = visit_MatchAs

    def visit_MatchMapping(self, node):
        if node.rest:
            self.names[node.rest] = None
        self.generic_visit(node)


def _is_chain(node):
    """Whether it is a.b, a['b'], a[i] or deeper."""
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Subscript):
            if not isinstance(node.slice, (ast.Constant, ast.Name)):
                return False
        elif not isinstance(node, ast.Attribute):
            return False
        node = node.value
    return True


def root(node):
    """The name that a chain begins with."""
    while not isinstance(node, ast.Name):
        node = node.value
    return node.id


def bound(statements):
    """(Names that the statements bind, in order; attributes and elements that they set: text -> node)."""
    visitor = _Bound()
    for statement in statements:
        visitor.visit(statement)
    return list(visitor.names), visitor.parts


def own_nodes(function):
    """The nodes of a function's body outside the functions and classes in it."""
    waiting = list(function.body)
    while waiting:
        node = waiting.pop(0)
        yield node
        if not isinstance(node, _SCOPES):
            waiting += ast.iter_child_nodes(node)


def declared(function):
    """The names that a function declares global, and nonlocal."""
    found = {ast.Global: set(), ast.Nonlocal: set()}
    for node in own_nodes(function):
        if type(node) in found:
            found[type(node)].update(node.names)
    return found[ast.Global], found[ast.Nonlocal]


def waits(function):
    """Whether it is a generator or a coroutine."""
    return any(isinstance(node, (ast.Yield, ast.YieldFrom, ast.Await)) for node in own_nodes(function))


def parameters(arguments):
    """The names of a function's parameters."""
    rest = [each for each in (arguments.vararg, arguments.kwarg) if each]
    return [each.arg for each in arguments.posonlyargs + arguments.args + arguments.kwonlyargs + rest]


def used(node):
    """The names of the scope around that an expression, or a definition, reads."""
    if node is None:
        return set()
    if isinstance(node, ast.Name):
        return {node.id} if isinstance(node.ctx, ast.Load) else set()
    found = set()
    if isinstance(node, ast.Lambda):
        found = used(node.body) - set(parameters(node.args))
        return found.union(*map(used, node.args.defaults + node.args.kw_defaults))
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        found = found.union(*map(used, node.body))
        in_global, in_nonlocal = declared(node)
        found -= set(parameters(node.args)) | (set(bound(node.body)[0]) - in_nonlocal) | in_global
        return found.union(*map(used, node.decorator_list + node.args.defaults + node.args.kw_defaults))
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        found.add(node.target.id)
    for child in ast.iter_child_nodes(node):
        found |= used(child)
    if isinstance(node, _COMPREHENSIONS):
        targets = set()
        for each in node.generators:
            targets.update(bound([ast.Expr(each.target)])[0])
        found -= targets - used(node.generators[0].iter)
    return found
