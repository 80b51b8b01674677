"""The objects of a checkpoint as a picture."""
from reflow import pywrap_tensorflow
from reflow.training.tracking import base, util


def _quoted(name):
    return name.replace('"', '\\"')


def _node(node_id, node, slot_ids, shapes, dtypes):
    if len(node.attributes) == 1 and node.attributes[0].name == base.VARIABLE_VALUE_KEY:
        attribute = node.attributes[0]
        color, kind = ('orange', 'Slot variable') if node_id in slot_ids else ('blue', 'Variable')
        return 'N_%d [shape=point label="" color=%s width=.25 tooltip="%s %s shape=%s %s"]\n' % (
            node_id, color, kind, _quoted(attribute.full_name), shapes[attribute.checkpoint_key],
            dtypes[attribute.checkpoint_key].name)
    if node.slot_variables:
        return 'N_%d [shape=point label="" width=.25 color=red,tooltip="Optimizer"]\n' % node_id
    return 'N_%d [shape=point label="" width=.25]\n' % node_id


def dot_graph_from_checkpoint(save_path):
    """The graph of objects of a checkpoint in the language DOT."""
    reader = pywrap_tensorflow.NewCheckpointReader(save_path)
    shapes, dtypes = reader.get_variable_to_shape_map(), reader.get_variable_to_dtype_map()
    nodes = util.object_metadata(save_path).nodes
    slot_ids = {slot.slot_variable_node_id for node in nodes for slot in node.slot_variables}
    text = 'digraph {\n'
    for node_id, node in enumerate(nodes):
        text += _node(node_id, node, slot_ids, shapes, dtypes)
        for child in node.children:
            text += 'N_%d -> N_%d [label="%s"]\n' % (node_id, child.node_id, _quoted(child.local_name))
        for slot in node.slot_variables:
            text += 'N_%d -> N_%d [label="%s" style=dotted]\n' % (node_id, slot.slot_variable_node_id, _quoted(slot.slot_name))
            text += 'N_%d -> N_%d [style=dotted]\n' % (slot.original_variable_node_id, slot.slot_variable_node_id)
    return text + '}\n'
