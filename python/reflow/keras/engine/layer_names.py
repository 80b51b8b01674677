"""Names of layers."""

import re
import weakref

from reflow.framework import ops

# Graph -> {base name: how many layers have it}.
_names_in_graph = weakref.WeakKeyDictionary()


def to_snake_case(name):
    """'Conv2D' as 'conv2d', 'BasicLSTMCell' as 'basic_lstm_cell'."""
    insecure = re.sub('([a-z])([A-Z])', r'\1_\2', re.sub('(.)([A-Z][a-z0-9]+)', r'\1_\2', name)).lower()
    # Names that begin with an underscore cannot open a name scope.
    return insecure if insecure[0] != '_' else 'private' + insecure


def unique_object_name(name, name_uid_map=None, avoid_names=None, namespace='', zero_based=False):
    """`name` with a number that no other layer of the default graph has."""
    if name_uid_map is None:
        name_uid_map = _names_in_graph.setdefault(ops.get_default_graph(), {})
    key = (namespace, name)
    while True:
        number = name_uid_map.get(key, 0)
        name_uid_map[key] = number + 1
        proposed = name if zero_based and number == 0 else '%s_%d' % (name, number if zero_based else number + 1)
        if proposed not in (avoid_names or ()):
            return proposed


def forget_names():
    """Begins to count anew."""
    _names_in_graph.clear()
