"""Prints the names, shapes and values in a checkpoint."""
import re
import sys

import numpy as np

from reflow import pywrap_tensorflow
from reflow.platform import app
from reflow.tools import flag_parser

FLAGS = None


def _count_total_params(reader, count_exclude_pattern=''):
    """The number of elements of all tensors but those whose names match."""
    sizes = {name: int(np.prod(shape)) for name, shape in reader.get_variable_to_shape_map().items()}
    if count_exclude_pattern:
        excluded = {name for name in sizes if re.search(count_exclude_pattern, name)}
        print('# Excluding %d tensors (%d params) that match %s when counting.' % (
            len(excluded), sum(sizes[name] for name in excluded), count_exclude_pattern))
        sizes = {name: size for name, size in sizes.items() if name not in excluded}
    return sum(sizes.values())


def _print_tensors(reader, tensor_name, all_tensors, all_tensor_names):
    if all_tensors or all_tensor_names:
        for name in sorted(reader.get_variable_to_shape_map()):
            print('tensor_name: ', name)
            if all_tensors:
                print(reader.get_tensor(name))
    elif not tensor_name:
        print(reader.debug_string().decode('utf-8'))
    else:
        print('tensor_name: ', tensor_name)
        print(reader.get_tensor(tensor_name))


def print_tensors_in_checkpoint_file(file_name, tensor_name, all_tensors, all_tensor_names=False,
                                     count_exclude_pattern=''):
    """Prints one tensor, all, their names, or names, types and shapes; then how many numbers there are.

    Errors are printed too.
    """
    try:
        reader = pywrap_tensorflow.NewCheckpointReader(file_name)
        _print_tensors(reader, tensor_name, all_tensors, all_tensor_names)
        print('# Total number of params: %d' % _count_total_params(reader, count_exclude_pattern))
    except Exception as error:  # whatever it is, the reader of the output is to know
        print(str(error))
        if 'Data loss' in str(error) and any(part in file_name for part in ('.index', '.meta', '.data')):
            print("\nIt's likely that this is a V2 checkpoint and you need to provide the filename\n*prefix*.  Try removing "
                  "the '.' and extension.  Try:\ninspect checkpoint --file_name = {}".format(
                      '.'.join(file_name.split('.')[:-1])))


def main(unused_argv):
    """print_tensors_in_checkpoint_file with what the flags say."""
    if not FLAGS.file_name:
        print('Usage: inspect_checkpoint --file_name=checkpoint_file_name [--tensor_name=tensor_to_print] '
              '[--all_tensors] [--all_tensor_names] [--printoptions]')
        sys.exit(1)
    np.set_printoptions(**{name: type(np.get_printoptions()[name])(value) for name, _, value in (
        option.partition('=') for option in FLAGS.printoptions or ())})
    print_tensors_in_checkpoint_file(FLAGS.file_name, FLAGS.tensor_name, FLAGS.all_tensors, FLAGS.all_tensor_names,
                                     count_exclude_pattern=FLAGS.count_exclude_pattern)


if __name__ == '__main__':
    parser = flag_parser.FlagParser(description=__doc__)
    parser.text('file_name', help='The prefix of a checkpoint.')
    parser.text('tensor_name', help='The tensor to print.')
    parser.text('count_exclude_pattern', help='Tensors whose names match this regular expression are not counted.')
    parser.switch('all_tensors', False, help='Whether to print the names and values of all tensors.')
    parser.switch('all_tensor_names', False, help='Whether to print the names of all tensors.')
    parser.add_argument('--printoptions', nargs='*', help='Options of numpy.set_printoptions, as name=value.')
    FLAGS, unparsed = parser.parse_known_args()
    app.run(main=main, argv=[sys.argv[0]] + unparsed)
