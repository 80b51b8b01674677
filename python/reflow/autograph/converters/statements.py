"""If, while and for as calls of operators with functions of what they change.

    if a: b = c    becomes    def ag__if_1(): nonlocal b; b = c
                              def ag__set_1(values): nonlocal b; b = values[0]
                              ag__.if_stmt(a, ag__if_1, None, ag__.State(('b',), (lambda: b,), ag__set_1))

The statement runs as in Python where `a` is no tensor. Else the state, which is what is live beside the statement, goes into
the graph's cond or loop.
"""

import ast

from reflow.autograph.pyct import build
from reflow.autograph.pyct import liveness
from reflow.autograph.pyct import names


def lower(function, body):
    """The body of a function, without jumps, with calls in place of control flow."""
    liveness.annotate(body)
    statements = _Statements(*names.declared(function))
    body = statements.block(body)
    local = [name for name in statements.shared if name not in names.parameters(function.args)]
    # They are the function's variables even where only the functions in it assign to them.
    declarations = [ast.AnnAssign(build.store(name), ast.Constant(None), None, 1) for name in local]
    return [ast.copy_location(each, body[0]) for each in declarations] + body


class _Statements(ast.NodeTransformer):

    def __init__(self, in_global, in_nonlocal):
        self._global = in_global
        self._nonlocal = in_nonlocal
        self._number = 0
        self.shared = {}  # variables of the function that functions in it assign to

    def block(self, statements):
        """The statements with calls in place of control flow."""
        found = []
        for statement in statements:
            changed = self.visit(statement)
            found += changed if isinstance(changed, list) else [changed]
        return found

    def visit_FunctionDef(self, node):
        return node

    visit_AsyncFunctionDef = visit_ClassDef = visit_Lambda = visit_FunctionDef

    def visit_If(self, node):
        self._number += 1
        number, (basic, parts) = self._number, names.bound(node.body + node.orelse)
        state = [name for name in basic if name in node.live_out]
        definitions = [self._function('ag__if_%d' % number, [], self.block(node.body))]
        orelse = ast.Constant(None)
        if node.orelse:
            definitions.append(self._function('ag__else_%d' % number, [], self.block(node.orelse)))
            orelse = build.load('ag__else_%d' % number)
        call = build.operator('if_stmt', node.test, build.load('ag__if_%d' % number), orelse,
                              self._state(number, state, parts, definitions))
        return self._placed(node, definitions, call)

    def visit_While(self, node):
        self._number += 1
        number = self._number
        state, parts = self._loop_state(node, *names.bound(node.body))
        definitions = [self._function('ag__while_%d' % number, [], self.block(node.body))]
        call = build.operator('while_stmt', build.thunk(node.test), build.load('ag__while_%d' % number),
                              self._state(number, state, parts, definitions))
        return self._placed(node, definitions, call)

    def visit_For(self, node):
        self._number += 1
        number, item = self._number, 'ag__item_%d' % self._number
        target = ast.copy_location(ast.Assign([node.target], build.load(item)), node.target)
        state, parts = self._loop_state(node, *names.bound([target] + node.body))
        definitions = [self._function('ag__for_%d' % number, [item], [target] + self.block(node.body))]
        extra_test = getattr(node, 'extra_test', None)
        call = build.operator('for_stmt', node.iter, build.thunk(extra_test) if extra_test else ast.Constant(None),
                              build.load('ag__for_%d' % number), self._state(number, state, parts, definitions))
        return self._placed(node, definitions, call)

    @staticmethod
    def _loop_state(node, basic, parts):
        matters = node.live_head | node.live_out
        return ([name for name in basic if name in matters],
                {text: part for text, part in parts.items() if names.root(part) in node.live_head})

    def _state(self, number, state, parts, definitions):
        """The State of the names and parts; what sets it joins the definitions."""
        if not state and not parts:
            return build.operator('State')
        values, setting = 'ag__values_%d' % number, []
        for i, target in enumerate([build.store(name) for name in state] + list(parts.values())):
            value = ast.Subscript(build.load(values), ast.Constant(i), ast.Load())
            assignment = ast.Assign([target], value)
            if i >= len(state):
                assignment = ast.If(build.operator('is_defined', value), [assignment], [])
            setting.append(assignment)
        definitions.append(self._function('ag__set_%d' % number, [values], setting))
        readers = [build.thunk(build.load(name)) for name in state] + [build.thunk(_read(part)) for part in parts.values()]
        return build.operator('State', build.row(ast.Constant(each) for each in state + list(parts)),
                              build.row(readers), build.load('ag__set_%d' % number), ast.Constant(len(state)))

    def _function(self, name, parameters, body):
        """A function within the one that is lowered, with its variables."""
        assigned = [each for each in names.bound(body)[0] if not each.startswith(('ag__if', 'ag__else', 'ag__while', 'ag__for',
                                                                                   'ag__set'))]
        declarations = []
        in_global = [each for each in assigned if each in self._global]
        others = [each for each in assigned if each not in self._global]
        if in_global:
            declarations.append(ast.Global(in_global))
        if others:
            declarations.append(ast.Nonlocal(others))
            self.shared.update(dict.fromkeys(each for each in others if each not in self._nonlocal))
        body = [each for each in body if not isinstance(each, (ast.Global, ast.Nonlocal))]
        return build.function(name, parameters, declarations + body)

    @staticmethod
    def _placed(node, definitions, call):
        call = ast.Expr(call)
        return [ast.fix_missing_locations(ast.copy_location(each, node)) for each in definitions + [call]]


def _read(part):
    """A part that is assigned to, as one that is read."""
    kind = {ast.Attribute: lambda: ast.Attribute(part.value, part.attr, ast.Load()),
            ast.Subscript: lambda: ast.Subscript(part.value, part.slice, ast.Load())}
    return kind[type(part)]()
