"""Looks into SavedModels and runs them: what TensorFlow has as saved_model_cli.

`reflow saved_model` does the same without Python.
"""
import argparse
import os
import sys

import numpy as np

from reflow.client import session
from reflow.framework import ops
from reflow.framework.protos import message
from reflow.saved_model import loader
from reflow.tools import saved_model_functions, saved_model_utils
from reflow.tools.saved_model_inputs import (  # noqa: F401: programs import them from here
    load_inputs_from_input_arg_string, preprocess_input_examples_arg_string, preprocess_input_exprs_arg_string,
    preprocess_inputs_arg_string)

_REFUSED_OPS = {'WriteFile', 'ReadFile', 'PrintV2'}


def get_meta_graph_def(saved_model_dir, tag_set):
    """saved_model_utils.get_meta_graph_def."""
    return saved_model_utils.get_meta_graph_def(saved_model_dir, tag_set)


def get_signature_def_map(saved_model_dir, tag_set):
    """The signatures of the MetaGraph with exactly these tags, separated by commas. RuntimeError: there is none."""
    return saved_model_utils.get_meta_graph_def(saved_model_dir, tag_set).signature_def


def _show_tensors(kind, infos, indent):
    print(indent + 'The given SavedModel SignatureDef contains the following %s(s):' % kind)
    for key, info in sorted(infos.items()):
        print(indent + "  %ss['%s'] tensor_info:" % (kind, key))
        print(indent + '      dtype: ' + message('tensorflow.TensorInfo').DESCRIPTOR.fields_by_name[
            'dtype'].enum_type.values_by_number[info.dtype].name)
        shape = '(%s)' % ', '.join(str(dim.size) for dim in info.tensor_shape.dim)
        print(indent + '      shape: ' + ('unknown_rank' if info.tensor_shape.unknown_rank else shape))
        print(indent + '      name: ' + info.name)


def _show_signature(meta_graph_def, key, indent=''):
    signature = meta_graph_def.signature_def[key]
    _show_tensors('input', signature.inputs, indent)
    _show_tensors('output', signature.outputs, indent)
    print(indent + 'Method name is: %s' % signature.method_name)


def _show_all(saved_model_dir):
    meta_graphs = saved_model_utils.read_saved_model(saved_model_dir).meta_graphs
    for meta_graph_def in sorted(meta_graphs, key=lambda each: list(each.meta_info_def.tags)):
        print("\nMetaGraphDef with tag-set: '%s' contains the following SignatureDefs:" % ', '.join(
            meta_graph_def.meta_info_def.tags))
        for key in sorted(meta_graph_def.signature_def):
            print("\nsignature_def['%s']:" % key)
            _show_signature(meta_graph_def, key, '  ')
    saved_model_functions.show_defined_functions(meta_graphs)


def show(args):
    """The command show."""
    if args.all:
        _show_all(args.dir)
    elif args.tag_set is None:
        tag_sets = saved_model_utils.get_saved_model_tag_sets(args.dir)
        print('The given SavedModel contains the following tag-sets:')
        for tags in sorted(tag_sets):
            print(', '.join(sorted(tags)))
    elif args.signature_def is None:
        signatures = get_signature_def_map(args.dir, args.tag_set)
        print('The given SavedModel MetaGraphDef contains SignatureDefs with the following keys:')
        for key in sorted(signatures):
            print('SignatureDef key: "%s"' % key)
    else:
        _show_signature(get_meta_graph_def(args.dir, args.tag_set), args.signature_def)


def run_saved_model_with_feed_dict(saved_model_dir, tag_set, signature_def_key, input_tensor_key_feed_dict, outdir,
                                   overwrite_flag, worker=None, init_tpu=False, tf_debug=False):
    """Prints the outputs of a signature for {input key: value}; also writes them to OUTDIR/KEY.npy, if a folder is given.

    ValueError: an input that the signature doesn't have. RuntimeError: a file that would be overwritten.
    """
    if init_tpu or tf_debug:
        raise NotImplementedError('Reflow has neither TPUs nor the debugger of the command line')
    signature = get_meta_graph_def(saved_model_dir, tag_set).signature_def[signature_def_key]
    for key in input_tensor_key_feed_dict:
        if key not in signature.inputs:
            raise ValueError('"%s" is not a valid input key. Please choose from %s, or use --show option.' % (
                key, '"' + '", "'.join(signature.inputs) + '"'))
    feeds = {signature.inputs[key].name: value for key, value in input_tensor_key_feed_dict.items()}
    keys = sorted(signature.outputs)
    with session.Session(worker, graph=ops.Graph()) as sess:
        loader.load(sess, tag_set.split(','), saved_model_dir)
        outputs = sess.run([signature.outputs[key].name for key in keys], feed_dict=feeds)
    for key, output in zip(keys, outputs):
        print('Result for output key %s:\n%s' % (key, output))
        if outdir:
            os.makedirs(outdir, exist_ok=True)
            path = os.path.join(outdir, key + '.npy')
            if not overwrite_flag and os.path.exists(path):
                raise RuntimeError('Output file %s already exists. Add "--overwrite" to overwrite the existing output files.'
                                   % path)
            np.save(path, output)
            print('Output %s is saved to %s' % (key, path))


def run(args):
    """The command run. AttributeError: no inputs are given."""
    if not args.inputs and not args.input_exprs and not args.input_examples:
        raise AttributeError('At least one of --inputs, --input_exprs or --input_examples must be required')
    inputs = load_inputs_from_input_arg_string(args.inputs, args.input_exprs, args.input_examples)
    run_saved_model_with_feed_dict(args.dir, args.tag_set, args.signature_def, inputs, args.outdir, args.overwrite,
                                   worker=args.worker, init_tpu=args.init_tpu, tf_debug=args.tf_debug)


def _ops_used(graph_def):
    """The types of the graph's nodes and of those of the functions that it calls."""
    bodies = {function.signature.name: function.node_def for function in graph_def.library.function}
    used, waiting = set(), [graph_def.node]
    while waiting:
        for node in waiting.pop():
            called = {node.op} | {value.func.name for value in node.attr.values() if value.HasField('func')}
            waiting += [bodies[name] for name in called - used if name in bodies]
            used |= called
    return used


def scan_meta_graph_def(meta_graph_def):
    """Prints which ops of the graph read or write files or print, and may therefore be unwanted."""
    found = _REFUSED_OPS & _ops_used(meta_graph_def.graph_def)
    tags = meta_graph_def.meta_info_def.tags
    if found:
        print('MetaGraph with tag set %s contains the following blacklisted ops:' % tags, found)
    else:
        print('MetaGraph with tag set %s does not contain blacklisted ops.' % tags)


def scan(args):
    """The command scan."""
    if args.tag_set:
        scan_meta_graph_def(get_meta_graph_def(args.dir, args.tag_set))
    else:
        for meta_graph_def in saved_model_utils.read_saved_model(args.dir).meta_graphs:
            scan_meta_graph_def(meta_graph_def)


def convert_with_tensorrt(args):
    """The command convert tensorrt, for which Reflow has no library."""
    del args
    raise NotImplementedError('Reflow does not convert SavedModels for TensorRT')


def _add_command(commands, name, function, text):
    parser = commands.add_parser(name, description=text, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument('--dir', required=True, help='The folder of the SavedModel.')
    parser.set_defaults(func=function)
    return parser


def create_parser():
    """The parser of the command line."""
    parser = argparse.ArgumentParser(description='saved_model_cli: looks into SavedModels, and runs them')
    parser.add_argument('-v', '--version', action='version', version='0.1.0')
    commands = parser.add_subparsers(title='commands')

    command = _add_command(commands, 'show', show, 'Without options: the tags of the graphs. With --tag_set: the signatures '
                           'of one graph.\nWith --signature_def as well: inputs and outputs of one signature.')
    command.add_argument('--all', action='store_true', help='Show all that there is.')
    command.add_argument('--tag_set', help='The tags of a graph, separated by commas.')
    command.add_argument('--signature_def', metavar='SIGNATURE_DEF_KEY', help='The name of a signature.')

    command = _add_command(commands, 'run', run, 'Computes the outputs of a signature.')
    command.add_argument('--tag_set', required=True, help='The tags of a graph, separated by commas.')
    command.add_argument('--signature_def', required=True, metavar='SIGNATURE_DEF_KEY', help='The name of a signature.')
    command.add_argument('--inputs', default='', help="Inputs in files (.npy, .npz, pickle): 'KEY=FILE;KEY=FILE[NAME]'.")
    command.add_argument('--input_exprs', default='', help="Inputs as expressions of Python: 'KEY=np.ones(2);KEY=[1]'.")
    command.add_argument('--input_examples', default='', help="Inputs as Examples: 'KEY=[{\"age\": [22]}, {\"age\": [3]}]'.")
    command.add_argument('--outdir', help='Also write each output to OUTDIR/KEY.npy.')
    command.add_argument('--overwrite', action='store_true', help='Write over files that are there.')
    command.add_argument('--tf_debug', action='store_true', help='Not there in Reflow.')
    command.add_argument('--worker', help='The target of a server whose session runs the graph.')
    command.add_argument('--init_tpu', action='store_true', default=None, help='Not there in Reflow.')

    command = _add_command(commands, 'scan', scan, 'Says whether a graph has ops that read or write files or print.')
    command.add_argument('--tag_set', help='The tags of a graph, separated by commas; without it, all graphs.')

    command = _add_command(commands, 'convert', convert_with_tensorrt, 'Not there in Reflow.')
    command.add_argument('--output_dir', required=True, help='The folder of the new SavedModel.')
    command.add_argument('--tag_set', required=True, help='The tags of a graph, separated by commas.')
    command.add_argument('method', nargs=argparse.REMAINDER, help='tensorrt, with its options.')
    return parser


def main():
    """Does what sys.argv says."""
    parser = create_parser()
    args = parser.parse_args()
    if not hasattr(args, 'func'):
        parser.error('too few arguments')
    args.func(args)


if __name__ == '__main__':
    sys.exit(main())
