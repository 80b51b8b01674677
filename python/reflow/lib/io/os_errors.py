"""The operating system's errors as tf.errors, with TensorFlow's codes and texts."""
import contextlib
import errno
import os

from reflow.framework import errors_impl as errors

_CODES = {
    errors.INVALID_ARGUMENT: 'EINVAL ENAMETOOLONG E2BIG EDESTADDRREQ EDOM EFAULT EILSEQ ENOTTY ESPIPE ELOOP',
    errors.DEADLINE_EXCEEDED: 'ETIMEDOUT ETIME',
    errors.NOT_FOUND: 'ENODEV ENOENT ENXIO ESRCH',
    errors.ALREADY_EXISTS: 'EEXIST EADDRNOTAVAIL EALREADY',
    errors.PERMISSION_DENIED: 'EPERM EACCES EROFS',
    errors.FAILED_PRECONDITION: 'ENOTEMPTY EISDIR ENOTDIR EADDRINUSE EBADF EBUSY ECHILD EPIPE ETXTBSY',
    errors.RESOURCE_EXHAUSTED: 'ENOSPC EDQUOT EMFILE EMLINK ENFILE ENOBUFS ENOMEM',
    errors.OUT_OF_RANGE: 'EFBIG EOVERFLOW ERANGE',
    errors.UNIMPLEMENTED: 'ENOSYS ENOTSUP EXDEV',
    errors.UNAVAILABLE: 'EAGAIN EINTR EHOSTDOWN EHOSTUNREACH ENETDOWN ENETUNREACH ENOLCK ENOLINK',
    errors.ABORTED: 'EDEADLK ESTALE',
    errors.CANCELLED: 'ECANCELED',
}
_CODE_OF_ERRNO = {getattr(errno, name): code for code, names in _CODES.items() for name in names.split()}


def error_of(path, error):
    """What an OSError about `path` is in tf.errors: `/no/such/file; No such file or directory`."""
    code = _CODE_OF_ERRNO.get(error.errno, errors.UNKNOWN)
    return errors.exception_type_from_error_code(code)(None, None, '%s; %s' % (path, os.strerror(error.errno)))


@contextlib.contextmanager
def raised_as_tf_errors(path):
    """OSErrors inside of it are tf.errors about `path`."""
    try:
        yield
    except OSError as error:
        raise error_of(path, error) from None
