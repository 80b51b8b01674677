"""Makes constants of the variables of a graph: GraphDef and checkpoint, or SavedModel, into one GraphDef."""
import re
import sys

from reflow.client import session
from reflow.framework import graph_util, importer, protos
from reflow.platform import app, gfile
from reflow.saved_model import loader, tag_constants
from reflow.tools import flag_parser, saved_model_utils
from reflow.training import saver as saver_lib


def _has_no_variables(sess):
    return not any(op.type.startswith('Variable') or op.type.endswith('VariableOp')
                   for op in sess.graph.get_operations())


def _names(text):
    return text.replace(' ', '').split(',')


def _saver_of_checkpoint(sess, checkpoint, version):
    """A saver for what both the checkpoint and the graph have. ValueError: that is nothing, or parts of variables."""
    from reflow import pywrap_tensorflow
    parts = [tensor.name.split(':')[0] for op in sess.graph.get_operations() for tensor in op.outputs
             if re.search(r'/part_\d+/', tensor.name)]
    tensors = {}
    for name in pywrap_tensorflow.NewCheckpointReader(checkpoint).get_variable_to_shape_map():
        try:
            tensors[name] = sess.graph.get_tensor_by_name(name + ':0')
        except KeyError:
            continue
    try:
        return saver_lib.Saver(var_list=tensors, write_version=version)
    except (TypeError, ValueError):
        if any(name in part for name in tensors for part in parts):
            raise ValueError('Models containing partition variables cannot be converted from checkpoint files. Please '
                             'pass in a SavedModel using the flag --input_saved_model_dir.')
        if _has_no_variables(sess):
            raise ValueError('No variables were found in this model. It is likely the model was frozen previously. You '
                             'cannot freeze a graph twice.')
        raise


def _restore(sess, input_checkpoint, saver_def, meta_graph_def, saved_model_dir, tags, initializer_nodes, version):
    if saver_def:
        saver_lib.Saver(saver_def=saver_def, write_version=version).restore(sess, input_checkpoint)
        return
    if not meta_graph_def and saved_model_dir:
        loader.load(sess, tags or [], saved_model_dir)
        return
    if meta_graph_def:
        saver = saver_lib.import_meta_graph(meta_graph_def, clear_devices=True)
    else:
        saver = _saver_of_checkpoint(sess, input_checkpoint, version)
    saver.restore(sess, input_checkpoint)
    if initializer_nodes:
        sess.run(_names(initializer_nodes))


def freeze_graph_with_def_protos(input_graph_def, input_saver_def, input_checkpoint, output_node_names, restore_op_name,
                                 filename_tensor_name, output_graph, clear_devices, initializer_nodes,
                                 variable_names_whitelist='', variable_names_blacklist='', input_meta_graph_def=None,
                                 input_saved_model_dir=None, saved_model_tags=None, checkpoint_version=2):
    """The GraphDef of the output nodes with the variables' saved values as constants; also written, if a path is given.

    Names are separated by commas. `restore_op_name` and `filename_tensor_name` are not used.
    """
    del restore_op_name, filename_tensor_name
    from reflow.training import checkpoint_management
    if not input_saved_model_dir and not checkpoint_management.checkpoint_exists(input_checkpoint):
        raise ValueError("Input checkpoint '" + input_checkpoint + "' doesn't exist!")
    if not output_node_names:
        raise ValueError('You need to supply the name of a node to --output_node_names.')
    if clear_devices and (input_meta_graph_def or input_graph_def):
        for node in (input_meta_graph_def.graph_def if input_meta_graph_def else input_graph_def).node:
            node.device = ''
    if input_graph_def:
        importer.import_graph_def(input_graph_def, name='')
    with session.Session() as sess:
        _restore(sess, input_checkpoint, input_saver_def, input_meta_graph_def, input_saved_model_dir, saved_model_tags,
                 initializer_nodes, checkpoint_version)
        graph_def = graph_util.convert_variables_to_constants(
            sess, input_meta_graph_def.graph_def if input_meta_graph_def else input_graph_def,
            _names(output_node_names),
            variable_names_whitelist=_names(variable_names_whitelist) if variable_names_whitelist else None,
            variable_names_blacklist=_names(variable_names_blacklist) if variable_names_blacklist else None)
    if output_graph:
        with gfile.GFile(output_graph, 'wb') as file:
            file.write(graph_def.SerializeToString())
    return graph_def


def _read(kind, title, path, is_binary):
    if not gfile.Exists(path):
        raise IOError("Input %s file '%s' does not exist!" % (title, path))
    proto = protos.message('tensorflow.' + kind)()
    with gfile.GFile(path, 'rb' if is_binary else 'r') as file:
        if is_binary:
            proto.ParseFromString(file.read())
        else:
            protos.merge_text(file.read(), proto)
    return proto


def freeze_graph(input_graph, input_saver, input_binary, input_checkpoint, output_node_names, restore_op_name,
                 filename_tensor_name, output_graph, clear_devices, initializer_nodes, variable_names_whitelist='',
                 variable_names_blacklist='', input_meta_graph=None, input_saved_model_dir=None,
                 saved_model_tags=tag_constants.SERVING, checkpoint_version=2):
    """freeze_graph_with_def_protos of files."""
    graph_def = meta_graph_def = saver_def = None
    if input_saved_model_dir:
        graph_def = saved_model_utils.get_meta_graph_def(input_saved_model_dir, saved_model_tags).graph_def
    elif input_graph:
        graph_def = _read('GraphDef', 'graph', input_graph, input_binary)
    if input_meta_graph:
        meta_graph_def = _read('MetaGraphDef', 'meta graph', input_meta_graph, input_binary)
        print("Loaded meta graph file '" + input_meta_graph)
    if input_saver:
        saver_def = _read('SaverDef', 'saver', input_saver, input_binary)
    return freeze_graph_with_def_protos(
        graph_def, saver_def, input_checkpoint, output_node_names, restore_op_name, filename_tensor_name, output_graph,
        clear_devices, initializer_nodes, variable_names_whitelist, variable_names_blacklist, meta_graph_def,
        input_saved_model_dir, _names(saved_model_tags), checkpoint_version=checkpoint_version)


def main(unused_args, flags):
    """freeze_graph with what the flags say."""
    if flags.checkpoint_version not in (1, 2):
        raise ValueError("Invalid checkpoint version (must be '1' or '2'): %d" % flags.checkpoint_version)
    freeze_graph(flags.input_graph, flags.input_saver, flags.input_binary, flags.input_checkpoint,
                 flags.output_node_names, flags.restore_op_name, flags.filename_tensor_name, flags.output_graph,
                 flags.clear_devices, flags.initializer_nodes, flags.variable_names_whitelist,
                 flags.variable_names_blacklist, flags.input_meta_graph, flags.input_saved_model_dir,
                 flags.saved_model_tags, flags.checkpoint_version)


def run_main():
    """The program."""
    parser = flag_parser.FlagParser(description=__doc__)
    parser.text('input_graph', help='The file of a GraphDef.')
    parser.text('input_saver', help='The file of a SaverDef.')
    parser.text('input_checkpoint', help='The prefix of a checkpoint.')
    parser.number('checkpoint_version', 2, help='The format of checkpoints, 1 or 2.')
    parser.text('output_graph', help='Where the GraphDef is written.')
    parser.switch('input_binary', False, help='Whether the input files are bytes, not text.')
    parser.text('output_node_names', help='The names of the output nodes, separated by commas.')
    parser.text('restore_op_name', 'save/restore_all', help='Not used.')
    parser.text('filename_tensor_name', 'save/Const:0', help='Not used.')
    parser.switch('clear_devices', True, help='Whether to forget devices.')
    parser.text('initializer_nodes', help='Nodes to run before freezing, separated by commas.')
    parser.text('variable_names_whitelist', help='The variables to freeze, separated by commas; without it all.')
    parser.text('variable_names_blacklist', help='The variables to leave as they are, separated by commas.')
    parser.text('input_meta_graph', help='The file of a MetaGraphDef.')
    parser.text('input_saved_model_dir', help='The folder of a SavedModel.')
    parser.text('saved_model_tags', 'serve', help='All tags of its MetaGraph, separated by commas.')
    flags, unparsed = parser.parse_known_args()
    app.run(main=lambda unused_args: main(unused_args, flags), argv=[sys.argv[0]] + unparsed)


if __name__ == '__main__':
    run_main()
