"""Writes the graph of a file where TensorBoard shows it."""
import sys

from reflow.client import session
from reflow.framework import importer, ops, protos
from reflow.platform import app, gfile
from reflow.summary import summary
from reflow.tools import flag_parser

FLAGS = None


def import_to_tensorboard(model_dir, log_dir):
    """Writes the GraphDef of the file `model_dir` into an event file in `log_dir`."""
    with session.Session(graph=ops.Graph()) as sess:
        with gfile.GFile(model_dir, 'rb') as file:
            importer.import_graph_def(protos.message('tensorflow.GraphDef').FromString(file.read()))
        writer = summary.FileWriter(log_dir)
        writer.add_graph(sess.graph)
        writer.flush()
        print('Model Imported. Visualize by running: tensorboard --logdir={}'.format(log_dir))


def main(unused_args):
    """import_to_tensorboard with what the flags say."""
    import_to_tensorboard(FLAGS.model_dir, FLAGS.log_dir)


if __name__ == '__main__':
    parser = flag_parser.FlagParser(description=__doc__)
    parser.text('model_dir', help='The file of a GraphDef.', required=True)
    parser.text('log_dir', help='Where the event file is written.', required=True)
    FLAGS, unparsed = parser.parse_known_args()
    app.run(main=main, argv=[sys.argv[0]] + unparsed)
