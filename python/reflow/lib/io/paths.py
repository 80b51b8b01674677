"""Paths with and without a scheme."""
import re

from reflow.framework import errors_impl as errors
from reflow.util import compat


def local_path(path):
    """`path` (text or bytes) on the local file system, without `file://`. UnimplementedError: it has another scheme."""
    path = compat.as_str(path)
    scheme = re.match(r'([a-zA-Z][0-9a-zA-Z.]*)://', path)
    if scheme is None:
        return path
    if scheme[1] == 'file':
        return path[len(scheme[0]):]
    raise errors.UnimplementedError(None, None, "File system scheme '%s' not implemented (file: '%s')" % (scheme[1], path))
