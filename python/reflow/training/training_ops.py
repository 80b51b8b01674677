"""The operations by which optimizers change variables."""

from reflow.training import gen_training_ops


def __getattr__(name):
    """What is an op and nothing more."""
    return getattr(gen_training_ops, name)
