"""`tf.contrib.slim`."""
from importlib import import_module as _import_module

from reflow.contrib.framework.python.ops.arg_scope import *  # noqa: F401,F403
from reflow.contrib.framework.python.ops.assigned_values import *  # noqa: F401,F403
from reflow.contrib.framework.python.ops.variables import *  # noqa: F401,F403
from reflow.contrib.layers.python.layers.embedding_ops import *  # noqa: F401,F403
from reflow.contrib.layers.python.layers.encoders import *  # noqa: F401,F403
from reflow.contrib.layers.python.layers.gdn import *  # noqa: F401,F403
from reflow.contrib.layers.python.layers.initializers import *  # noqa: F401,F403
from reflow.contrib.layers.python.layers.layers import *  # noqa: F401,F403
from reflow.contrib.layers.python.layers.normalization import *  # noqa: F401,F403
from reflow.contrib.layers.python.layers.optimizers import *  # noqa: F401,F403
from reflow.contrib.layers.python.layers.regularizers import *  # noqa: F401,F403
from reflow.contrib.layers.python.layers.spatial import *  # noqa: F401,F403
from reflow.contrib.layers.python.layers.summaries import *  # noqa: F401,F403

_MODULES = {
    'losses': 'reflow.contrib.losses', 'metrics': 'reflow.contrib.metrics', 'layers': 'reflow.contrib.layers',
    'learning': 'reflow.contrib.slim.python.slim.learning',
    'evaluation': 'reflow.contrib.slim.python.slim.evaluation',
    'model_analyzer': 'reflow.contrib.slim.python.slim.model_analyzer',
    'utils': 'reflow.contrib.layers.python.layers.utils', 'nn': 'reflow.ops.nn',
    'initializers': 'reflow.contrib.layers.python.layers.initializers',
    'regularizers': 'reflow.contrib.layers.python.layers.regularizers',
    'python': 'reflow.contrib.slim.python',
    'queues': 'reflow.contrib.slim.python.slim.queues',
}
_MODULES.update((name, 'reflow.contrib.slim.python.slim.data.' + name) for name in (
    'data_decoder', 'data_provider', 'dataset', 'dataset_data_provider', 'parallel_reader', 'prefetch_queue',
    'tfexample_decoder'))


def __getattr__(name):
    """Modules are imported when they are asked for."""
    if name in _MODULES:
        return _import_module(_MODULES[name])
    raise AttributeError("module 'tensorflow.contrib.slim' has no attribute '%s'" % name)
