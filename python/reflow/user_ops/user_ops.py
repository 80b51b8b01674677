"""An op that shows how a user adds one."""

from reflow.ops import gen_user_ops


def my_fact():
    """A fact about factorials."""
    return gen_user_ops.fact()
