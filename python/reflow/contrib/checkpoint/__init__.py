"""`tf.contrib.checkpoint`: objects that are saved in checkpoints."""
from reflow.contrib.checkpoint.python.containers import UniqueNameTracker
from reflow.contrib.checkpoint.python.python_state import NumpyState
from reflow.contrib.checkpoint.python.split_dependency import split_dependency
from reflow.contrib.checkpoint.python.visualize import dot_graph_from_checkpoint
from reflow.framework import protos
from reflow.training.checkpoint_management import CheckpointManager
from reflow.training.tracking.base import Trackable as CheckpointableBase
from reflow.training.tracking.data_structures import List, Mapping, NoDependency
from reflow.training.tracking.python_state import PythonState as PythonStateWrapper
from reflow.training.tracking.tracking import AutoTrackable as Checkpointable
from reflow.training.tracking.util import capture_dependencies, list_objects, object_metadata

CheckpointableObjectGraph = protos.message('tensorflow.TrackableObjectGraph')

__all__ = ['CheckpointManager', 'Checkpointable', 'CheckpointableBase', 'CheckpointableObjectGraph', 'List', 'Mapping',
           'NoDependency', 'NumpyState', 'PythonStateWrapper', 'UniqueNameTracker', 'capture_dependencies',
           'dot_graph_from_checkpoint', 'list_objects', 'object_metadata', 'split_dependency']
