"""`tf.gfile.GFile`."""
import os

from reflow.framework import errors_impl as errors
from reflow.lib.io.os_errors import raised_as_tf_errors
from reflow.lib.io.paths import local_path
from reflow.util import compat

_READABLE = ('r', 'r+', 'w+', 'a+')
_WRITABLE = ('w', 'a', 'r+', 'w+', 'a+')


class FileIO:
    """A file of text or, with `b` in its mode, of bytes.

    The file is opened when it is first read or written, once for each: as in TensorFlow, what was written is read after
    flush(), and all modes but `a` and `a+` begin with an empty file when they write.
    """

    def __init__(self, name, mode):
        self.__name = name
        self.__mode = mode
        self._reader = None
        self._writer = None
        self._binary_mode = 'b' in mode
        self._access = mode.replace('b', '')
        if self._access not in _READABLE and self._access not in _WRITABLE:
            raise errors.InvalidArgumentError(None, None, "mode is not 'r' or 'w' or 'a' or 'r+' or 'w+' or 'a+'")

    @property
    def name(self):
        """The file name."""
        return self.__name

    @property
    def mode(self):
        """How the file is open: 'r', 'w+' and so on."""
        return self.__mode

    def _open_reader(self):
        if self._reader is None:
            if self._access not in _READABLE:
                raise errors.PermissionDeniedError(None, None, "File isn't open for reading")
            path = local_path(self.__name)
            with raised_as_tf_errors(path):
                self._reader = open(path, 'rb')
        return self._reader

    def _open_writer(self):
        if self._writer is None:
            if self._access not in _WRITABLE:
                raise errors.PermissionDeniedError(None, None, "File isn't open for writing")
            path = local_path(self.__name)
            with raised_as_tf_errors(path):
                self._writer = open(path, 'ab' if self._access.startswith('a') else 'wb')
        return self._writer

    def size(self):
        """The size of the file in bytes."""
        path = local_path(self.__name)
        with raised_as_tf_errors(path):
            return os.stat(path).st_size

    def write(self, file_content):
        """Appends text or bytes."""
        content = compat.as_bytes(file_content)
        writer = self._open_writer()
        with raised_as_tf_errors(self.__name):
            writer.write(content)

    def read(self, n=-1):
        """The next `n` bytes, or all that are left, as text or bytes."""
        reader = self._open_reader()
        if not isinstance(n, int):
            raise TypeError('read() takes a number of bytes, not %r' % (n,))
        if n < -1:
            raise OverflowError('read() takes a number of bytes, not %d' % n)
        with raised_as_tf_errors(self.__name):
            return self._as_content(reader.read(n))

    def readline(self):
        """The next line with its newline, without any carriage returns; nothing at the end of the file."""
        reader = self._open_reader()
        with raised_as_tf_errors(self.__name):
            return self._as_content(reader.readline().replace(b'\r', b''))

    def readlines(self):
        """All lines that are left."""
        return list(self)

    def _as_content(self, content):
        return content if self._binary_mode else compat.as_str_any(content)

    def seek(self, offset=None, whence=0, position=None):
        """Reads on at `offset` from the start (`whence` 0), the place (1) or the end (2). `position` is an older name."""
        reader = self._open_reader()
        if offset is None and position is None:
            raise TypeError('seek(): offset argument required')
        if offset is not None and position is not None:
            raise TypeError('seek(): offset and position may not be set simultaneously.')
        if position is not None:
            offset = position
        if whence not in (0, 1, 2):
            raise errors.InvalidArgumentError(
                None, None, 'Invalid whence argument: {}. Valid values are 0, 1, or 2.'.format(whence))
        size = self.size()
        target = offset + (0, reader.tell(), size)[whence]
        if target < 0:
            raise errors.InvalidArgumentError(None, None, 'Seeking to a negative position: %d' % target)
        reader.seek(min(target, size))
        if target > size:
            raise errors.OutOfRangeError(None, None, 'reached end of file')

    def tell(self):
        """The place at which the file is read or, where it is only written, at which it is written."""
        return (self._open_reader() if self._access in _READABLE else self._open_writer()).tell()

    def seekable(self):
        """True."""
        return True

    def flush(self):
        """Hands what was written to the operating system."""
        if self._writer is not None:
            with raised_as_tf_errors(self.__name):
                self._writer.flush()

    def close(self):
        """Closes the file. Reading or writing opens it again."""
        reader, writer = self._reader, self._writer
        self._reader = self._writer = None
        if reader is not None:
            reader.close()
        if writer is not None:
            with raised_as_tf_errors(self.__name):
                writer.close()

    def __enter__(self):
        return self

    def __exit__(self, unused_type, unused_value, unused_traceback):
        self.close()

    def __iter__(self):
        return self

    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration()
        return line

    def next(self):
        """The next line; StopIteration at the end."""
        return self.__next__()
