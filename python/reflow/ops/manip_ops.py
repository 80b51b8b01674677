"""Elements of tensors moved about (tensorflow.python.ops.manip_ops)."""


def roll(input, shift, axis, name=None):  # pylint: disable=redefined-builtin
    """The elements moved by `shift` places along `axis`; what leaves at the end comes in at the beginning."""
    from reflow.ops import gen_manip_ops
    return gen_manip_ops.roll(input, shift, axis, name)
