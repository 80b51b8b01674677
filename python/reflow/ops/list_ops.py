"""Lists of tensors as values of type variant."""

from reflow.ops import gen_list_ops


def __getattr__(name):
    """What is an op and nothing more."""
    return getattr(gen_list_ops, name)
