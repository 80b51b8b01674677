"""Takes nodes out of a graph that its outputs do not need: the program."""
import sys

from reflow.framework import dtypes
from reflow.platform import app
from reflow.tools import flag_parser, strip_unused_lib

FLAGS = None


def main(unused_args):
    """strip_unused_from_files with what the flags say."""
    strip_unused_lib.strip_unused_from_files(
        FLAGS.input_graph, FLAGS.input_binary, FLAGS.output_graph, FLAGS.output_binary, FLAGS.input_node_names,
        FLAGS.output_node_names, FLAGS.placeholder_type_enum)


if __name__ == '__main__':
    parser = flag_parser.FlagParser(description=__doc__)
    parser.text('input_graph', help='The file of a GraphDef.')
    parser.switch('input_binary', False, help='Whether it is bytes, not text.')
    parser.text('output_graph', help='Where the result is written.')
    parser.switch('output_binary', True, help='Whether as bytes, not text.')
    parser.text('input_node_names', help='The names of the input nodes, separated by commas.')
    parser.text('output_node_names', help='The names of the output nodes, separated by commas.')
    parser.number('placeholder_type_enum', dtypes.float32.as_datatype_enum, help='The type of inputs, as a number.')
    FLAGS, unparsed = parser.parse_known_args()
    app.run(main=main, argv=[sys.argv[0]] + unparsed)
