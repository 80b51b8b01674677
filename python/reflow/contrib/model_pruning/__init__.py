"""`tf.contrib.model_pruning`: weights with masks that take the smallest of them out while a model is trained."""
from reflow.contrib.model_pruning.python.layers.layers import (  # noqa: F401
    masked_conv2d, masked_convolution, masked_fully_connected)
from reflow.contrib.model_pruning.python.layers.rnn_cells import MaskedBasicLSTMCell, MaskedLSTMCell  # noqa: F401
from reflow.contrib.model_pruning.python.learning import train  # noqa: F401
from reflow.contrib.model_pruning.python.pruning import (  # noqa: F401
    Pruning, apply_mask, get_masked_weights, get_masks, get_pruning_hparams, get_thresholds, get_weight_sparsity, get_weights)
from reflow.contrib.model_pruning.python.strip_pruning_vars_lib import (  # noqa: F401
    graph_def_from_checkpoint, strip_pruning_vars_fn)
from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
