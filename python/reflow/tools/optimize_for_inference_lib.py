"""Makes a frozen graph smaller and faster where it is used for inference only."""
import collections
import math
import re

import numpy as np

from reflow.framework import dtypes, graph_util, protos, tensor_util
from reflow.platform import tf_logging
from reflow.tools import strip_unused_lib

# Which input of a batch normalization is what.
INPUT_ORDER = {
    'BatchNormWithGlobalNormalization': ['conv_op', 'mean_op', 'var_op', 'beta_op', 'gamma_op'],
    'FusedBatchNorm': ['conv_op', 'gamma_op', 'beta_op', 'mean_op', 'var_op'],
}
EPSILON_ATTR = {'BatchNormWithGlobalNormalization': 'variance_epsilon', 'FusedBatchNorm': 'epsilon'}


def optimize_for_inference(input_graph_def, input_node_names, output_node_names, placeholder_type_enum,
                           toco_compatible=False):
    """The GraphDef between inputs and outputs with batch normalizations folded and, unless for TOCO, resizing fused."""
    ensure_graph_is_valid(input_graph_def)
    graph_def = strip_unused_lib.strip_unused(
        input_graph_def, input_node_names, output_node_names, placeholder_type_enum)
    graph_def = graph_util.remove_training_nodes(graph_def, output_node_names)
    graph_def = fold_batch_norms(graph_def)
    if not toco_compatible:
        graph_def = fuse_resize_and_conv(graph_def, output_node_names)
    ensure_graph_is_valid(graph_def)
    return graph_def


def _nodes_by_name(graph_def):
    nodes = {}
    for node in graph_def.node:
        if node.name in nodes:
            raise ValueError('Duplicate node names detected for ', node.name)
        nodes[node.name] = node
    return nodes


def ensure_graph_is_valid(graph_def):
    """ValueError: a name is there twice, or an input is not."""
    nodes = _nodes_by_name(graph_def)
    for node in graph_def.node:
        for name in node.input:
            if node_name_from_input(name) not in nodes:
                raise ValueError('Input for ', node.name, ' not found: ', name)


def node_name_from_input(node_name):
    """The node of an input."""
    return re.sub(r'(.*):\d+$', r'\1', node_name[1:] if node_name.startswith('^') else node_name)


def node_from_map(node_map, name):
    """The node of an input in a dict. ValueError: it is not there."""
    node_name = node_name_from_input(name)
    if node_name not in node_map:
        raise ValueError("No node named '%s' found in map." % name)
    return node_map[node_name]


def values_from_const(node_def):
    """The array of a constant. ValueError: the node is none."""
    if node_def.op != 'Const':
        raise ValueError("Node named '%s' should be a Const op for values_from_const." % node_def.name)
    return tensor_util.MakeNdarray(node_def.attr['value'].tensor)


def scale_after_normalization(node):
    """Whether a batch normalization multiplies by gamma."""
    return node.op != 'BatchNormWithGlobalNormalization' or node.attr['scale_after_normalization'].b


def _constant(name, like, values):
    node = protos.message('tensorflow.NodeDef')(op='Const', name=name)
    node.attr['dtype'].CopyFrom(like)
    node.attr['value'].tensor.CopyFrom(tensor_util.make_tensor_proto(values, values.dtype.type, values.shape))
    return node


def _expected(kind, node, found):
    tf_logging.warning("Didn't find expected %s Constant input to '%s', found %s instead. Maybe because freeze_graph "
                       "wasn't run first?" % (kind, node.name, found))


def _parameters(node, nodes, channels):
    """The constants of a batch normalization by their part; None, with a warning: one is no constant of its shape."""
    order = INPUT_ORDER[node.op]
    parameters = {}
    for part in ('mean', 'var', 'beta', 'gamma'):
        constant = node_from_map(nodes, node.input[order.index(part + '_op')])
        if constant.op != 'Const':
            _expected(part, node, constant)
            return None
        value = values_from_const(constant)
        if value.shape != (channels,):
            tf_logging.warning('Incorrect shape for %s, found %s, expected %s, for node %s' % (
                part, str(value.shape), str((channels,)), node.name))
            return None
        parameters[part] = constant, value
    return parameters


def _folded(node, nodes):
    """(nodes that are replaced, nodes in their place) of a batch normalization; None: it stays."""
    conv = node_from_map(nodes, node.input[INPUT_ORDER[node.op].index('conv_op')])
    if conv.op not in ('Conv2D', 'DepthwiseConv2dNative'):
        tf_logging.warning("Didn't find expected Conv2D or DepthwiseConv2dNative input to '%s'" % node.name)
        return None
    weights_node = node_from_map(nodes, conv.input[1])
    if weights_node.op != 'Const':
        _expected('conv', conv, weights_node)
        return None
    weights = values_from_const(weights_node)
    depthwise = conv.op == 'DepthwiseConv2dNative'
    channels = weights.shape[2] * weights.shape[3] if depthwise else weights.shape[3]
    parameters = _parameters(node, nodes, channels)
    if parameters is None:
        return None
    (mean_node, mean), (_, var), (_, beta), (_, gamma) = parameters.values()
    scale = 1.0 / np.vectorize(math.sqrt)(var + node.attr[EPSILON_ATTR[node.op]].f)
    if scale_after_normalization(node):
        scale = scale * gamma
    scaled = (weights * scale.reshape(weights.shape[2:] if depthwise else -1)).astype(weights.dtype)
    offset = (-mean * scale + beta).astype(mean.dtype)

    new_conv = protos.message('tensorflow.NodeDef')()
    new_conv.CopyFrom(conv)
    offset_node = _constant(conv.name + '_bn_offset', mean_node.attr['dtype'], offset)
    bias_add = protos.message('tensorflow.NodeDef')(op='BiasAdd', name=node.name, input=[conv.name, offset_node.name])
    bias_add.attr['T'].CopyFrom(conv.attr['T'])
    bias_add.attr['data_format'].CopyFrom(conv.attr['data_format'])
    replaced = {node.name, weights_node.name, conv.name, *(constant.name for constant, _ in parameters.values())}
    return replaced, [_constant(weights_node.name, weights_node.attr['dtype'], scaled), new_conv, offset_node, bias_add]


def _with_replacements(graph_def, is_kept, new_nodes):
    out = protos.message('tensorflow.GraphDef')()
    out.node.extend(node for node in graph_def.node if is_kept(node))
    out.node.extend(new_nodes)
    return out


def fold_batch_norms(input_graph_def):
    """The GraphDef with batch normalizations of convolutions made part of the weights, which are constants, and a bias."""
    nodes = _nodes_by_name(input_graph_def)
    replaced, new_nodes = set(), []
    for node in input_graph_def.node:
        folded = _folded(node, nodes) if node.op in INPUT_ORDER else None
        if folded is not None:
            replaced |= folded[0]
            new_nodes += folded[1]
    return _with_replacements(input_graph_def, lambda node: node.name not in replaced, new_nodes)


def _fused(conv, resize, pad):
    """The nodes that stand for a convolution with resizing and padding before it."""
    fused = protos.message('tensorflow.NodeDef')(
        op='FusedResizeAndPadConv2D' if resize is not None else 'FusedPadConv2D', name=conv.name)
    new_nodes = []
    if pad is not None:
        paddings = pad.input[1]
        fused.attr['mode'].CopyFrom(pad.attr['mode'])
    else:
        node = protos.message('tensorflow.NodeDef')(op='Const', name=conv.name + '_dummy_paddings')
        node.attr['dtype'].type = dtypes.int32.as_datatype_enum
        node.attr['value'].tensor.CopyFrom(tensor_util.make_tensor_proto([0] * 8, dtypes.int32, [4, 2]))
        new_nodes.append(node)
        paddings = node.name
        fused.attr['mode'].s = b'REFLECT'
    if resize is not None:
        fused.input.extend([resize.input[0], resize.input[1], paddings, conv.input[1]])
        fused.attr['resize_align_corners'].CopyFrom(resize.attr['align_corners'])
    else:
        fused.input.extend([pad.input[0], paddings, conv.input[1]])
    for name in ('T', 'strides', 'padding'):
        fused.attr[name].CopyFrom(conv.attr[name])
    return [*new_nodes, fused]


def fuse_resize_and_conv(input_graph_def, output_node_names):
    """The GraphDef in which ResizeBilinear and MirrorPad before a Conv2D are part of it."""
    nodes = _nodes_by_name(input_graph_def)
    uses = collections.Counter(node_name_from_input(name) for node in input_graph_def.node for name in node.input)
    uses.update(output_node_names)
    new_nodes = []
    for conv in input_graph_def.node:
        if conv.op != 'Conv2D':
            continue
        source = node_from_map(nodes, conv.input[0])
        pad = source if source.op == 'MirrorPad' else None
        resize = node_from_map(nodes, pad.input[0]) if pad is not None else source
        if resize.op != 'ResizeBilinear':
            resize = None
        if pad is None and resize is None:
            continue
        uses[conv.name] = 0
        for node in (pad, resize):
            if node is not None:
                uses[node.name] -= 1
        new_nodes += _fused(conv, resize, pad)
    return _with_replacements(input_graph_def, lambda node: uses[node.name] > 0, new_nodes)
