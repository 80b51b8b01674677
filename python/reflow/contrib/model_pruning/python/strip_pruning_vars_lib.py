"""Graphs without masks: masked weights as constants."""

import numpy as np

from reflow.client import session
from reflow.framework import graph_util
from reflow.framework import importer
from reflow.framework import ops
from reflow.framework import tensor_util
from reflow.platform import tf_logging as logging
from reflow.training import saver as saver_lib


def _masked_weights(graph_def):
    """{name: value} of the products of weights and masks."""
    values = {}
    with ops.Graph().as_default() as graph:
        importer.import_graph_def(graph_def, name='')
        with session.Session(graph=graph) as sess:
            for node in graph_def.node:
                if 'masked_weight' in node.name:
                    value = values[node.name] = sess.run(graph.get_tensor_by_name(node.name + ':0'))
                    logging.info('%s has %d values, %1.2f%% zeros \n', node.name, np.size(value),
                                 100 - float(100 * np.count_nonzero(value)) / np.size(value))
    return values


def strip_pruning_vars_fn(input_graph_def, output_node_names):
    """The part of a GraphDef without variables that its outputs need, with masked weights as constants."""
    values = _masked_weights(input_graph_def)
    stripped = type(input_graph_def)()
    for node in input_graph_def.node:
        new = stripped.node.add()
        if node.name in values:
            new.op, new.name = 'Const', node.name
            new.attr['dtype'].CopyFrom(node.attr['T'])
            new.attr['value'].tensor.CopyFrom(tensor_util.make_tensor_proto(values[node.name]))
        else:
            new.CopyFrom(node)
    return graph_util.extract_sub_graph(stripped, output_node_names)


def graph_def_from_checkpoint(checkpoint_dir, output_node_names):
    """The GraphDef of the latest checkpoint, with its variables as constants. ValueError: there is none."""
    path = saver_lib.latest_checkpoint(checkpoint_dir)
    if path is None:
        raise ValueError('Could not find a checkpoint at: {0}.'.format(checkpoint_dir))
    saver = saver_lib.import_meta_graph(path + '.meta', clear_devices=True)
    with session.Session() as sess:
        saver.restore(sess, path)
        return graph_util.convert_variables_to_constants(sess, ops.get_default_graph().as_graph_def(), output_node_names)
