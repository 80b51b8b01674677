"""Break, continue and return as flags: what remains has no jumps but a return at the end of the function.

What follows a branch that ends in a jump moves into the other branch:

    if a: return b                  if a: result = b
    c                      becomes  else: c; result = d
    return d                        return result
"""

import ast

from reflow.autograph.pyct import build

RESULT = 'ag__result'
_RETURNED = 'ag__returned'
_LOOPS = (ast.While, ast.For)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def lower(body):
    """The body of a function without jumps."""
    jumps, last = _Jumps(), body[-1:]
    if not _has(ast.Return, body[:-1]) and (isinstance(last[0], ast.Return) or not _has(ast.Return, last)):
        last = last if isinstance(last[0], ast.Return) else []
        return jumps.block(body[:len(body) - len(last)])[0] + last
    statements, _ = jumps.block(body)
    start = [build.assign(_RETURNED, False), build.assign(RESULT, build.operator('no_result'))]
    end = ast.Return(build.operator('result', build.load(RESULT)))
    return [ast.copy_location(each, body[0]) for each in start] + statements + [ast.copy_location(end, body[-1])]


def _has(kind, statements):
    """Whether there is a statement of a kind; break and continue: of the loop around."""
    def search(node):
        if isinstance(node, kind):
            return True
        if isinstance(node, _SCOPES):
            return False
        if kind is not ast.Return and isinstance(node, _LOOPS):
            return any(map(search, node.orelse))
        return any(map(search, ast.iter_child_nodes(node)))
    return any(map(search, statements))


def _jumps(statement):
    return any(_has(kind, [statement]) for kind in (ast.Return, ast.Break, ast.Continue))


def _ends_in_jump(statements):
    """Whether a jump is always reached at the end of these statements."""
    for statement in statements:
        if isinstance(statement, (ast.Return, ast.Break, ast.Continue)):
            return True
        if isinstance(statement, ast.If) and _ends_in_jump(statement.body) and _ends_in_jump(statement.orelse):
            return True
        if isinstance(statement, ast.With) and _ends_in_jump(statement.body):
            return True
    return False


class _Jumps:
    """Lowers the jumps of one function."""

    def __init__(self):
        self._num_loops = 0
        self._loop = None  # number of the loop around

    def block(self, statements):
        """(The statements without jumps, the flags that they may set)."""
        lowered, flags = [], set()
        for i, statement in enumerate(statements):
            rest = statements[i + 1:]
            if isinstance(statement, (ast.Return, ast.Break, ast.Continue)):
                setting, flag = self._jump(statement)
                return lowered + setting, flags | {flag}
            if not _jumps(statement):
                lowered += self._nested(statement)
                continue
            if isinstance(statement, ast.If) and rest:
                body_ends, orelse_ends = _ends_in_jump(statement.body), _ends_in_jump(statement.orelse)
                if body_ends and not orelse_ends:
                    statement.orelse = statement.orelse + rest
                elif orelse_ends and not body_ends:
                    statement.body = statement.body + rest
                if body_ends or orelse_ends:
                    rest = []
            changed, set_here = self._statement(statement)
            lowered += changed
            flags |= set_here
            if rest and set_here:
                remaining, set_there = self.block(rest)
                lowered.append(ast.copy_location(ast.If(build.negated(set_here), remaining, []), rest[0]))
                return lowered, flags | set_there
            if rest:
                continue
            return lowered, flags
        return lowered, flags

    def _jump(self, statement):
        if isinstance(statement, ast.Return):
            setting = [build.assign(RESULT, statement.value or ast.Constant(None)), build.assign(_RETURNED, True)]
            flag = _RETURNED
        else:
            flag = self._flag(type(statement))
            setting = [build.assign(flag, True)]
        return [ast.copy_location(each, statement) for each in setting], flag

    def _flag(self, kind):
        return 'ag__%s_%d' % ('broken' if kind is ast.Break else 'continued', self._loop)

    def _nested(self, statement):
        """A statement without jumps out of it; its own loops may have some."""
        return self._statement(statement)[0] if not isinstance(statement, _SCOPES) else [statement]

    def _statement(self, statement):
        if isinstance(statement, _LOOPS):
            return self._lowered_loop(statement)
        flags = set()
        if isinstance(statement, (ast.Try, ast.With, ast.If)):
            statement.body, flags = self._block_of(statement.body)
        if isinstance(statement, ast.Try):
            for handler in statement.handlers:
                handler.body, set_there = self._block_of(handler.body)
                flags |= set_there
            statement.finalbody, set_there = self._block_of(statement.finalbody)
            flags |= set_there
        if isinstance(statement, ast.Match):
            for case in statement.cases:
                case.body, set_there = self._block_of(case.body)
                flags |= set_there
        if getattr(statement, 'orelse', None):
            of_body = flags if isinstance(statement, ast.Try) else set()
            statement.orelse, set_there = self._block_of(statement.orelse)
            if of_body:
                statement.orelse = [ast.copy_location(ast.If(build.negated(of_body), statement.orelse, []), statement)]
            flags = flags | set_there
        return [statement], flags

    def _block_of(self, statements):
        lowered, flags = self.block(statements)
        return lowered or ([ast.Pass()] if statements else []), flags

    def _lowered_loop(self, loop):
        around, self._loop = self._loop, self._num_loops
        self._num_loops += 1
        broken, continued = self._flag(ast.Break), self._flag(ast.Continue)
        has_break, has_continue = _has(ast.Break, loop.body), _has(ast.Continue, loop.body)
        loop.body, flags = self.block(loop.body)
        self._loop = around
        stops = flags & {broken, _RETURNED}
        before, after = [], []
        if has_continue:
            loop.body.insert(0, ast.copy_location(build.assign(continued, False), loop))
        if has_break:
            before.append(ast.copy_location(build.assign(broken, False), loop))
        if stops:
            if isinstance(loop, ast.While):
                loop.test = build.operator('and_', build.thunk(build.negated(stops)), build.thunk(loop.test))
            else:
                loop.extra_test = build.negated(stops)
        flags = flags & {_RETURNED}
        if loop.orelse:
            after, set_there = self._block_of(loop.orelse)
            if stops:
                after = [ast.copy_location(ast.If(build.negated(stops), after, []), loop.orelse[0])]
            flags = flags | set_there
            loop.orelse = []
        return before + [loop] + after, flags
