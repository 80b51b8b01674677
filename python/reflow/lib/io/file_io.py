"""Files and folders with TensorFlow's errors: the functions behind `tf.gfile` and `tf.io.gfile`."""
import binascii
import contextlib
import os
import shutil
import uuid

from reflow.framework import errors_impl as errors
from reflow.lib.io.file_object import FileIO  # noqa: F401
from reflow.lib.io.matching_files import matching_files
from reflow.lib.io.os_errors import raised_as_tf_errors
from reflow.lib.io.paths import local_path
from reflow.util import compat


class FileStatistics:
    """What stat tells: `length` in bytes, `mtime_nsec` since 1970, `is_directory`."""

    def __init__(self, status):
        self.length = status.st_size
        self.mtime_nsec = status.st_mtime_ns
        self.is_directory = os.path.stat.S_ISDIR(status.st_mode)


def file_exists(filename):
    """Whether there is a file or folder of that name."""
    return file_exists_v2(filename)


def file_exists_v2(path):
    """Whether there is a file or folder of that name."""
    return os.path.exists(local_path(path))


def delete_file(filename):
    """Deletes a file. NotFoundError: there is none."""
    delete_file_v2(filename)


def delete_file_v2(path):
    """Deletes a file. NotFoundError: there is none."""
    path = local_path(path)
    with raised_as_tf_errors(path):
        os.unlink(path)


def read_file_to_string(filename, binary_mode=False):
    """The whole file, as text or bytes."""
    return FileIO(filename, 'rb' if binary_mode else 'r').read()


def write_string_to_file(filename, file_content):
    """Makes `file_content`, text or bytes, the content of the file."""
    with FileIO(filename, mode='w') as file:
        file.write(file_content)


def atomic_write_string_to_file(filename, contents, overwrite=True):
    """Like write_string_to_file, but nobody ever sees half of the content."""
    temporary = compat.as_str_any(filename) + '.tmp' + uuid.uuid4().hex
    write_string_to_file(temporary, contents)
    try:
        rename(temporary, filename, overwrite)
    except errors.OpError:
        delete_file(temporary)
        raise


def get_matching_files(filename):
    """Names that match a pattern, or one of a list of patterns (see matching_files)."""
    return get_matching_files_v2(filename)


def get_matching_files_v2(pattern):
    """Names that match a pattern, or one of a list of patterns (see matching_files)."""
    patterns = [pattern] if isinstance(pattern, str) else pattern
    found = []
    for each in patterns:
        text = compat.as_str(each)
        prefix = text[:len(text) - len(local_path(text))]
        found += [prefix + path for path in matching_files(local_path(text))]
    return found


def create_dir(dirname):
    """Makes a folder in one that exists; nothing happens where the name is taken. NotFoundError: no parent."""
    create_dir_v2(dirname)


def create_dir_v2(path):
    """Makes a folder in one that exists; nothing happens where the name is taken. NotFoundError: no parent."""
    path = local_path(path)
    with raised_as_tf_errors(path), contextlib.suppress(FileExistsError):
        os.mkdir(path)


def recursive_create_dir(dirname):
    """Makes a folder and those that it lies in, where they don't exist."""
    recursive_create_dir_v2(dirname)


def recursive_create_dir_v2(path):
    """Makes a folder and those that it lies in, where they don't exist."""
    path = local_path(path)
    if path and not os.path.exists(path):
        with raised_as_tf_errors(path):
            os.makedirs(path, exist_ok=True)


def copy(oldpath, newpath, overwrite=False):
    """Copies a file. AlreadyExistsError: `newpath` is there and not to be overwritten."""
    copy_v2(oldpath, newpath, overwrite)


def copy_v2(src, dst, overwrite=False):
    """Copies a file. AlreadyExistsError: `dst` is there and not to be overwritten."""
    src, dst = local_path(src), local_path(dst)
    with raised_as_tf_errors(src):
        source = open(src, 'rb')
    with source, raised_as_tf_errors(dst):
        _refuse_to_overwrite(dst, overwrite)
        with open(dst, 'wb') as target:
            shutil.copyfileobj(source, target, 1 << 20)


def rename(oldname, newname, overwrite=False):
    """Renames or moves. AlreadyExistsError: `newname` is there and not to be overwritten."""
    rename_v2(oldname, newname, overwrite)


def rename_v2(src, dst, overwrite=False):
    """Renames or moves. AlreadyExistsError: `dst` is there and not to be overwritten."""
    src, dst = local_path(src), local_path(dst)
    _refuse_to_overwrite(dst, overwrite)
    with raised_as_tf_errors(src):
        os.rename(src, dst)


def _refuse_to_overwrite(path, overwrite):
    if not overwrite and os.path.exists(path):
        raise errors.AlreadyExistsError(None, None, 'file already exists')


def delete_recursively(dirname):
    """Deletes a folder with all that is in it."""
    delete_recursively_v2(dirname)


def delete_recursively_v2(path):
    """Deletes a folder with all that is in it."""
    path = local_path(path)
    if not os.path.lexists(path):
        raise errors.NotFoundError(None, None, '%s not found' % path)
    with raised_as_tf_errors(path):
        if os.path.islink(path):
            os.rmdir(path)  # which is refused
        shutil.rmtree(path)


def is_directory(dirname):
    """Whether there is a folder of that name."""
    return is_directory_v2(dirname)


def is_directory_v2(path):
    """Whether there is a folder of that name."""
    try:
        return os.path.isdir(local_path(path))
    except errors.OpError:
        return False


def list_directory(dirname):
    """The names in a folder, in no particular order. NotFoundError: there is no such folder."""
    return list_directory_v2(dirname)


def list_directory_v2(path):
    """The names in a folder, in no particular order. NotFoundError: there is no such folder."""
    if not is_directory(path):
        raise errors.NotFoundError(None, None, 'Could not find directory {}'.format(path))
    path = local_path(path)
    with raised_as_tf_errors(path):
        return os.listdir(path)


def walk(top, in_order=True):
    """Yields (folder, names of folders in it, names of files in it) for `top` and all below it, parents first or last."""
    return walk_v2(top, in_order)


def walk_v2(top, topdown=True, onerror=None):
    """Like walk; what goes wrong in a folder is passed to `onerror` and otherwise passed over."""
    top = compat.as_str_any(top)
    try:
        names = list_directory(top)
    except errors.NotFoundError as error:
        if onerror:
            onerror(error)
        return
    folders = [name for name in names if is_directory(os.path.join(top, name))]
    here = top, folders, [name for name in names if name not in set(folders)]
    if topdown:
        yield here
    for folder in folders:
        yield from walk_v2(os.path.join(top, folder), topdown, onerror)
    if not topdown:
        yield here


def stat(filename):
    """FileStatistics of a file or folder. NotFoundError: there is none."""
    return stat_v2(filename)


def stat_v2(path):
    """FileStatistics of a file or folder. NotFoundError: there is none."""
    path = local_path(path)
    with raised_as_tf_errors(path):
        return FileStatistics(os.stat(path))


def filecmp(filename_a, filename_b):
    """Whether two files have the same content."""
    return stat(filename_a).length == stat(filename_b).length and file_crc32(filename_a) == file_crc32(filename_b)


def file_crc32(filename, block_size=1 << 20):
    """The CRC-32 of a file's content as `0x` and hexadecimal digits."""
    crc = 0
    with FileIO(filename, mode='rb') as file:
        while block := file.read(block_size):
            crc = binascii.crc32(block, crc)
    return hex(crc & 0xFFFFFFFF)
