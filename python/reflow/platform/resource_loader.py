"""Files that lie beside programs and inside of the package, `tf.resource_loader`."""
import os
import sys


def load_resource(path):
    """The bytes of the file `path`, relative to the folder of the package. IOError: it can't be opened."""
    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    with open(os.path.join(folder, path), 'rb') as file:
        return file.read()


def get_data_files_path():
    """The folder of the file that calls this."""
    return _folder_of(sys._getframe(1))


def get_root_dir_with_all_resources():
    """The folder below a NAME.runfiles folder that the calling file lies in; the calling file's folder elsewhere."""
    folder = _folder_of(sys._getframe(1))
    inner = None
    outer = folder
    while '.runfiles' not in os.path.basename(outer):
        if os.path.dirname(outer) == outer:
            return folder
        inner, outer = outer, os.path.dirname(outer)
    return inner or folder


def get_path_to_datafile(path):
    """`path` relative to the folder of the file that calls this."""
    return os.path.join(_folder_of(sys._getframe(1)), path)


def readahead_file_path(path, readahead='128M'):
    """`path`: nothing is read ahead, as in TensorFlow."""
    del readahead
    return path


def _folder_of(frame):
    return os.path.dirname(frame.f_code.co_filename)
