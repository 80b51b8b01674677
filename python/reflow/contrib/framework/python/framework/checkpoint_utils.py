"""Looking into checkpoints, and initializing variables from them, under the arguments' names of contrib."""
from reflow.training import checkpoint_utils

__all__ = ['load_checkpoint', 'load_variable', 'list_variables', 'init_from_checkpoint']


def load_checkpoint(filepattern):
    """A CheckpointReader of a checkpoint, or of the newest one of a folder."""
    return checkpoint_utils.load_checkpoint(filepattern)


def load_variable(checkpoint_dir, name):
    """The array that a checkpoint has under this name."""
    return checkpoint_utils.load_variable(checkpoint_dir, name)


def list_variables(checkpoint_dir):
    """[(name, shape)] of all tensors of a checkpoint, by name."""
    return checkpoint_utils.list_variables(checkpoint_dir)


def init_from_checkpoint(checkpoint_dir, assignment_map):
    """Has variables initialized with what a checkpoint has: tf.train.init_from_checkpoint."""
    checkpoint_utils.init_from_checkpoint(checkpoint_dir, assignment_map)
