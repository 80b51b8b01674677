"""Which names still matter before and after the statements of a function, whose jumps have been lowered."""

import ast

from reflow.autograph.pyct import names


def annotate(statements, live=frozenset()):
    """Gives each if and loop `live_out`, and each loop `live_head`, before an iteration. Returns what is live before them."""
    for statement in reversed(statements):
        live = _before(statement, live)
    return live


def _before(node, live):
    visit = _VISITORS.get(type(node))
    if visit is not None:
        node.live_out = live
        return visit(node, live)
    if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
        return (live - {node.name}) | names.used(node)
    return (live - _killed(node)) | names.used(node)


def _killed(node):
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        targets = [node.target]
    else:
        return set()
    return set(names.bound([ast.Expr(each) for each in targets])[0])


def _if(node, live):
    return annotate(node.body, live) | annotate(node.orelse, live) | names.used(node.test)


def _while(node, live):
    node.live_head = _fixed_point(live | names.used(node.test), lambda head: annotate(node.body, head))
    return node.live_head


def _for(node, live):
    targets = set(names.bound([ast.Expr(node.target)])[0])
    read = names.used(node.target)  # the objects of attributes and elements that are targets
    extra = names.used(getattr(node, 'extra_test', None))
    node.live_head = _fixed_point(live | extra, lambda head: (annotate(node.body, head) - targets) | read)
    return node.live_head | names.used(node.iter)


def _fixed_point(head, body):
    while True:
        wider = head | body(head)
        if wider == head:
            return frozenset(head)
        head = wider


def _with(node, live):
    live = annotate(node.body, live)
    for item in reversed(node.items):
        if item.optional_vars is not None:
            live -= set(names.bound([ast.Expr(item.optional_vars)])[0])
            live |= names.used(item.optional_vars)
        live |= names.used(item.context_expr)
    return live


def _try(node, live):
    """Any statement of the body may be the last before a handler."""
    after = live | annotate(node.finalbody, live)
    handlers = after
    for handler in node.handlers:
        handlers = handlers | annotate(handler.body, after) | names.used(handler.type)
    normal = annotate(node.orelse, after) | handlers
    return annotate(node.body, normal) | handlers


def _match(node, live):
    before = live
    for case in node.cases:
        before = before | annotate(case.body, live) | names.used(case.guard) | names.used(case.pattern)
    return before | names.used(node.subject)


_VISITORS = {ast.If: _if, ast.While: _while, ast.For: _for, ast.With: _with, ast.Try: _try, ast.Match: _match}
