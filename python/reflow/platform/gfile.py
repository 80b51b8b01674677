"""`tf.gfile`: files and folders under the names that they have there."""
from reflow.lib.io.file_io import copy as Copy
from reflow.lib.io.file_io import create_dir as MkDir
from reflow.lib.io.file_io import delete_file as Remove
from reflow.lib.io.file_io import delete_recursively as DeleteRecursively
from reflow.lib.io.file_io import file_exists as Exists
from reflow.lib.io.file_io import FileIO as _FileIO
from reflow.lib.io.file_io import get_matching_files as Glob
from reflow.lib.io.file_io import is_directory as IsDirectory
from reflow.lib.io.file_io import list_directory as ListDirectory
from reflow.lib.io.file_io import recursive_create_dir as MakeDirs
from reflow.lib.io.file_io import rename as Rename
from reflow.lib.io.file_io import stat as Stat
from reflow.lib.io.file_io import walk as Walk

__all__ = ['Copy', 'DeleteRecursively', 'Exists', 'FastGFile', 'GFile', 'Glob', 'IsDirectory', 'ListDirectory', 'MakeDirs',
           'MkDir', 'Open', 'Remove', 'Rename', 'Stat', 'Walk']


class GFile(_FileIO):
    """A file of text or bytes; see FileIO."""

    def __init__(self, name, mode='r'):
        super().__init__(name=name, mode=mode)


class FastGFile(_FileIO):
    """A file of text or bytes; the same as GFile, under a name that programs still use."""

    def __init__(self, name, mode='r'):
        super().__init__(name=name, mode=mode)


Open = GFile
