"""The collections of TFLearn."""

import reflow.tensorflow as tf

GRAPH_CONFIG = 'graph_config'
LAYER_TENSOR = 'layer_tensor'
LAYER_VARIABLES = 'layer_variables'
TRAIN_OPS = 'trainops'
INPUTS = 'inputs'
TARGETS = 'targets'
DATA_PREP = 'data_preprocessing'
DATA_AUG = 'data_augmentation'
EXCL_RESTORE_VARS = 'restore_variables'
ACTIVATIONS = 'activations'


def add_layer(name, tensor, *variables):
    """Keeps a layer's output, and its variables, by the layer's name."""
    for variable in variables:
        if variable is not None:
            tf.add_to_collection(LAYER_VARIABLES + '/' + name, variable)
    tf.add_to_collection(LAYER_TENSOR + '/' + name, tensor)
    return tensor


# Programs find them in tf.GraphKeys.
for _name in ('GRAPH_CONFIG', 'LAYER_TENSOR', 'LAYER_VARIABLES', 'TRAIN_OPS', 'INPUTS', 'TARGETS', 'DATA_PREP', 'DATA_AUG',
              'EXCL_RESTORE_VARS'):
    setattr(tf.GraphKeys, _name, globals()[_name])
