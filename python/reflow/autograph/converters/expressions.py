"""Expressions as calls of operators: and, or, not, a if b else c, calls; on request ==, assert, lists."""

import ast

from reflow.autograph.core.converter import Feature
from reflow.autograph.pyct import build
from reflow.autograph.pyct import names

# They look at the frame that calls them.
_OF_FRAMES = frozenset(['locals', 'globals', 'vars', 'dir', 'eval', 'exec', 'breakpoint'])
_DEBUGGERS = frozenset(['pdb.set_trace', 'ipdb.set_trace'])


class Expressions(ast.NodeTransformer):
    """Converts the expressions of a function's body. `convert_function` converts the functions in it."""

    def __init__(self, options, convert_function, first_parameter):
        self._options = options
        self._convert_function = convert_function
        self._first_parameter = first_parameter

    def visit(self, node):
        changed = super().visit(node)
        if changed is not node and isinstance(changed, ast.AST) and isinstance(node, (ast.expr, ast.stmt)):
            ast.fix_missing_locations(ast.copy_location(changed, node))
        return changed

    def visit_FunctionDef(self, node):
        if not names.waits(node):
            self._convert_function(node)
        return node

    def visit_ClassDef(self, node):
        return node

    visit_AsyncFunctionDef = visit_ClassDef

    def visit_Lambda(self, node):
        node.body = self.visit(node.body)
        return node

    def visit_With(self, node):
        node.body = [self.visit(each) for each in node.body]
        return node

    def visit_BoolOp(self, node):
        self.generic_visit(node)
        if _binds(node):
            return node
        value = node.values[-1]
        for each in reversed(node.values[:-1]):
            value = build.operator('and_' if isinstance(node.op, ast.And) else 'or_', build.thunk(each), build.thunk(value))
        return value

    def visit_UnaryOp(self, node):
        self.generic_visit(node)
        return build.operator('not_', node.operand) if isinstance(node.op, ast.Not) else node

    def visit_IfExp(self, node):
        self.generic_visit(node)
        if _binds(node):
            return node
        return build.operator('if_expression', node.test, build.thunk(node.body), build.thunk(node.orelse))

    def visit_Compare(self, node):
        self.generic_visit(node)
        if not self._options.uses(Feature.EQUALITY_OPERATORS) or _binds(node):
            return node
        value, left = None, node.left
        for operation, right in zip(node.ops, node.comparators):
            if isinstance(operation, (ast.Eq, ast.NotEq)):
                pair = build.operator('eq' if isinstance(operation, ast.Eq) else 'not_eq', left, right)
            else:
                pair = ast.Compare(left, [operation], [right])
            value = pair if value is None else build.operator('and_', build.thunk(value), build.thunk(pair))
            left = right
        return value

    def visit_Call(self, node):
        self.generic_visit(node)
        name = node.func.id if isinstance(node.func, ast.Name) else None
        if name == 'super' and not node.args and not node.keywords and self._first_parameter:
            node.args = [build.load('__class__'), build.load(self._first_parameter)]
            return node
        if name in _OF_FRAMES or ast.unparse(node.func) in _DEBUGGERS:
            return node
        if name == 'print' and not self._options.uses(Feature.BUILTIN_FUNCTIONS):
            return node
        if self._options.uses(Feature.LISTS) and isinstance(node.func, ast.Attribute) and len(node.args) == 1 and (
                node.func.attr == 'stack' and not node.keywords):
            return build.operator('list_stack', node.args[0], node.func)
        keywords = ast.Dict([each.arg and ast.Constant(each.arg) for each in node.keywords],
                            [each.value for each in node.keywords])
        return build.operator('call', node.func, build.row(node.args), *([keywords] if node.keywords else []))

    def visit_Expr(self, node):
        call = node.value
        if (self._options.uses(Feature.LISTS) and isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
                and call.func.attr == 'append' and len(call.args) == 1 and isinstance(call.func.value, ast.Name)):
            self.generic_visit(call)
            target = call.func.value.id
            return build.assign(target, build.operator('list_append', build.load(target), call.args[0]))
        return self.generic_visit(node)

    def visit_List(self, node):
        self.generic_visit(node)
        if self._options.uses(Feature.LISTS) and isinstance(node.ctx, ast.Load):
            return build.operator('new_list', node)
        return node

    def visit_Assert(self, node):
        self.generic_visit(node)
        if not self._options.uses(Feature.ASSERT_STATEMENTS):
            return node
        message = node.msg or ast.Constant('Assertion error')
        return ast.Expr(build.operator('assert_stmt', node.test, build.thunk(message)))


def _binds(node):
    """Whether it assigns, or waits, which functions in its place can't."""
    return any(isinstance(each, (ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom)) for each in ast.walk(node))
