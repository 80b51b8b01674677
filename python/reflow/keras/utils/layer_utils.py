"""Questions about layers."""

import numpy as np

from reflow.keras.utils.model_summary import print_summary  # noqa: F401
from reflow.util import nest


def get_source_inputs(tensor, layer=None, node_index=None):
    """The inputs that a tensor is computed of."""
    if layer is None or node_index:
        layer, node_index, _ = tensor._keras_history
    if not layer._inbound_nodes:
        return [tensor]
    node = layer._inbound_nodes[node_index]
    if not node.inbound():
        return nest.flatten(node.input_tensors)
    found = []
    for inbound, index, _, x in node.inbound():
        found += [each for each in get_source_inputs(x, inbound, index) if all(each is not known for known in found)]
    return found


def convert_all_kernels_in_model(model):
    """Turns the kernels of convolutions by half a turn, as Theano had them."""
    from reflow.keras.utils import conv_utils
    for layer in model.layers:
        if type(layer).__name__ in ('Conv1D', 'Conv2D', 'Conv3D', 'Convolution1D', 'Convolution2D', 'Convolution3D',
                                    'Conv2DTranspose'):
            weights = layer.get_weights()
            weights[0] = conv_utils.convert_kernel(weights[0])
            layer.set_weights(weights)


def count_params(weights):
    """The number of elements of variables."""
    return int(sum(np.prod(each.shape.as_list()) for each in {id(each): each for each in weights}.values()))
