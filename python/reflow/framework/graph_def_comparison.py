"""What is different between two GraphDefs, told as TensorFlow tells it."""


def difference(actual, expected):
    """A sentence about the first difference between two GraphDefs, None where they are equal.

    The order of the nodes, of attrs and of control inputs, versions and attrs that begin with `_` don't matter.
    """
    left = {node.name: node for node in actual.node}
    for node in expected.node:
        if node.name not in left:
            return "Did not find expected node '%s'" % summary(node)
        found = _node_difference(left.pop(node.name), node)
        if found:
            return found
    for node in left.values():
        return "Found unexpected node '%s'" % summary(node)
    return None


def _node_difference(actual, expected):
    name = actual.name
    if actual.op != expected.op:
        return "Node named '%s' has op '%s' that is not expected '%s'" % (name, actual.op, expected.op)
    if actual.device != expected.device:
        return "Node named '%s' has device '%s' that is not expected '%s'" % (name, actual.device, expected.device)
    if len(actual.input) != len(expected.input):
        return "Node named '%s' has inputs '%s' that don't match expected '%s'" % (
            name, ', '.join(actual.input), ', '.join(expected.input))
    return _input_difference(actual, expected) or _attr_difference(actual, expected)


def _input_difference(actual, expected):
    controls = set(each for each in actual.input if each.startswith('^'))
    for i, (found, wanted) in enumerate(zip(actual.input, expected.input)):
        if wanted.startswith('^'):
            if wanted not in controls:
                return "Node named '%s' missing expected control input '%s'" % (actual.name, wanted)
        elif found != wanted:
            return "Node named '%s' has input %d '%s' that doesn't match expected '%s'" % (actual.name, i, found, wanted)
    return None


def _attr_difference(actual, expected):
    for attr, wanted in expected.attr.items():
        if attr.startswith('_'):
            continue
        if attr not in actual.attr:
            return "Node named '%s' missing expected attr '%s' with value: %s" % (actual.name, attr, value_summary(wanted))
        if actual.attr[attr] != wanted:
            return "Node named '%s' has attr '%s' with value: %s that does not match expected: %s" % (
                actual.name, attr, value_summary(actual.attr[attr]), value_summary(wanted))
    for attr, found in actual.attr.items():
        if not attr.startswith('_') and attr not in expected.attr:
            return "Node named '%s' has unexpected attr '%s' with value: %s" % (actual.name, attr, value_summary(found))
    return None


def summary(node):
    """A NodeDef in a line: `{{node c}} = Add[T=DT_INT32](a, b)`."""
    attrs = ['%s=%s' % (name, value_summary(value)) for name, value in sorted(node.attr.items())]
    if node.device:
        attrs.append('_device="%s"' % node.device)
    return '{{node %s}} = %s[%s](%s)' % (node.name, node.op, ', '.join(attrs), ', '.join(node.input))


def value_summary(value):
    """An AttrValue in a line."""
    kind = value.WhichOneof('value')
    if kind is None:
        return '<Unknown AttrValue type>'
    if kind == 'list':
        for field in value.list.ListFields():
            return '[%s]' % ', '.join(_plain_summary(field[0].name, each) for each in field[1])
        return '[]'
    return _plain_summary(kind, getattr(value, kind))


def _plain_summary(kind, value):
    from google.protobuf import text_format
    from reflow.core.framework import types_pb2
    if kind == 'type':
        return types_pb2.DataType.Name(value)
    if kind == 'b':
        return 'true' if value else 'false'
    if kind == 's':
        return '"%s"' % text_format.text_encoding.CEscape(value, as_utf8=False)
    if kind == 'shape':
        return '<unknown>' if value.unknown_rank else '[%s]' % ','.join(
            '?' if dim.size < 0 else str(dim.size) for dim in value.dim)
    if kind in ('tensor', 'func'):
        return text_format.MessageToString(value, as_one_line=True)
    return str(value)
