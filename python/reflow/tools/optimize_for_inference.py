"""Makes a frozen graph smaller and faster where it is used for inference only: the program."""
import os
import sys

from reflow.framework import dtypes, graph_io, protos
from reflow.platform import app, gfile
from reflow.tools import flag_parser, optimize_for_inference_lib

FLAGS = None


def main(unused_args):
    """optimize_for_inference of a file into a file; gives -1 if the file is not there."""
    if not gfile.Exists(FLAGS.input):
        print("Input graph file '" + FLAGS.input + "' does not exist!")
        return -1
    graph_def = protos.message('tensorflow.GraphDef')()
    with gfile.Open(FLAGS.input, 'rb') as file:
        data = file.read()
    if FLAGS.frozen_graph:
        graph_def.ParseFromString(data)
    else:
        protos.merge_text(data.decode('utf-8'), graph_def)
    graph_def = optimize_for_inference_lib.optimize_for_inference(
        graph_def, FLAGS.input_names.split(','), FLAGS.output_names.split(','),
        _parse_placeholder_types(FLAGS.placeholder_type_enum), FLAGS.toco_compatible)
    graph_io.write_graph(graph_def, os.path.dirname(FLAGS.output) or '.', os.path.basename(FLAGS.output),
                         as_text=not FLAGS.frozen_graph)
    return 0


def _parse_placeholder_types(values):
    types = [int(value) for value in values.split(',')]
    return types if len(types) > 1 else types[0]


def parse_args():
    """The flags, and what is none."""
    parser = flag_parser.FlagParser(description=__doc__)
    parser.text('input', help='The file of a GraphDef.')
    parser.text('output', help='Where the result is written.')
    parser.text('input_names', help='The names of the input nodes, separated by commas.')
    parser.text('output_names', help='The names of the output nodes, separated by commas.')
    parser.switch('frozen_graph', True, help='Whether the files are bytes, not text.')
    parser.text('placeholder_type_enum', str(dtypes.float32.as_datatype_enum),
                help='The type of inputs, as a number, or one number for each, separated by commas.')
    parser.switch('toco_compatible', False, help='Whether to leave out what only TensorFlow has ops for.')
    return parser.parse_known_args()


if __name__ == '__main__':
    FLAGS, unparsed = parse_args()
    app.run(main=main, argv=[sys.argv[0]] + unparsed)
