"""Tools of the package keras."""

import importlib

from reflow.keras.utils.data_utils import (GeneratorEnqueuer, OrderedEnqueuer, Sequence, SequenceEnqueuer,  # noqa: F401
                                           get_file)
from reflow.keras.utils.generic_utils import (CustomObjectScope, custom_object_scope, deserialize_keras_object,  # noqa: F401
                                              get_custom_objects, serialize_keras_object)
from reflow.keras.utils.layer_utils import convert_all_kernels_in_model, get_source_inputs, print_summary  # noqa: F401
from reflow.keras.utils.np_utils import normalize, to_categorical  # noqa: F401
from reflow.keras.utils.progress import LineProgbar as Progbar  # noqa: F401

_ELSEWHERE = {'plot_model': 'vis_utils', 'model_to_dot': 'vis_utils', 'HDF5Matrix': 'io_utils',
              'multi_gpu_model': 'multi_gpu_utils'}

__all__ = ['CustomObjectScope', 'GeneratorEnqueuer', 'OrderedEnqueuer', 'Progbar', 'Sequence', 'SequenceEnqueuer',
           'convert_all_kernels_in_model', 'custom_object_scope', 'deserialize_keras_object', 'get_custom_objects', 'get_file',
           'get_source_inputs', 'normalize', 'print_summary', 'serialize_keras_object', 'to_categorical', *_ELSEWHERE]


def __getattr__(name):
    if name in _ELSEWHERE:
        return getattr(importlib.import_module('reflow.keras.utils.' + _ELSEWHERE[name]), name)
    try:
        return importlib.import_module('reflow.keras.utils.' + name)
    except ModuleNotFoundError:
        raise AttributeError("module 'keras.utils' has no attribute '%s'" % name) from None
