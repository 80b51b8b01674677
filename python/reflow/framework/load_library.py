"""Libraries of compiled ops, which are made for TensorFlow's own classes and can't be loaded."""

import os

from reflow.framework import errors_impl


def _refuse(path, kind):
    if not os.path.exists(path):
        raise errors_impl.NotFoundError(
            None, None, '%s: cannot open shared object file: No such file or directory' % path)
    raise errors_impl.UnimplementedError(
        None, None, "%s: Reflow can't load %s that were compiled for TensorFlow's C++ classes" % (path, kind))


def load_op_library(library_filename):
    """Raises UnimplementedError, or NotFoundError where there is no such file."""
    _refuse(library_filename, 'ops')


def load_library(library_location):
    """Raises UnimplementedError, or NotFoundError where there is no such file."""
    _refuse(library_location, 'libraries')


def load_file_system_library(library_filename):
    """Raises UnimplementedError, or NotFoundError where there is no such file."""
    _refuse(library_filename, 'file systems')
