"""Variables in parts called NAME_0, NAME_1, as older cells make them."""

from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import variable_scope as vs


def _parts(name, shape, dtype, num_shards):
    if num_shards > shape[0]:
        raise ValueError('Too many shards: shape=%s, num_shards=%d' % (shape, num_shards))
    size, larger = divmod(shape[0], num_shards)
    return [vs.get_variable('%s_%d' % (name, i), [size + (i < larger)] + shape[1:], dtype=dtype)
            for i in range(num_shards)]


def concatenated(name, shape, dtype, num_shards):
    """The parts joined, which is done once for each scope."""
    parts = _parts(name, shape, dtype, num_shards)
    if len(parts) == 1:
        return parts[0]
    full_name = '%s/%s/concat:0' % (vs.get_variable_scope().name, name)
    for value in ops.get_collection(ops.GraphKeys.CONCATENATED_VARIABLES):
        if value.name == full_name:
            return value
    joined = array_ops.concat(parts, 0, name=name + '/concat')
    ops.add_to_collection(ops.GraphKeys.CONCATENATED_VARIABLES, joined)
    return joined
