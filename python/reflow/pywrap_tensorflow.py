"""What programs use of TensorFlow's extension module: readers of checkpoints."""
from reflow import _core
from reflow.util import compat


CheckpointReader = _core.CheckpointReader


def NewCheckpointReader(filepattern):
    """A reader of the checkpoint, V2 or V1, with this prefix: has_tensor, get_tensor, get_variable_to_shape_map, ..."""
    return _core.open_checkpoint(compat.as_str_any(compat.path_to_str(filepattern)))
