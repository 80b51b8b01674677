"""Conversion between bytes and text, and the tuples of number types, `tf.compat`."""
import collections.abc as collections_abc
import numbers

import numpy as np

integral_types = (numbers.Integral, np.integer)
real_types = (numbers.Real, np.integer, np.floating)
complex_types = (numbers.Complex, np.number)
bytes_or_text_types = (bytes, str)


def as_bytes(bytes_or_text, encoding='utf-8'):
    """Text, bytes or a bytearray as bytes."""
    if isinstance(bytes_or_text, bytes):
        return bytes_or_text
    if isinstance(bytes_or_text, str):
        return bytes_or_text.encode(encoding)
    if isinstance(bytes_or_text, bytearray):
        return bytes(bytes_or_text)
    raise TypeError('Expected binary or unicode string, got %r' % (bytes_or_text,))


def as_text(bytes_or_text, encoding='utf-8'):
    """Text or bytes as text."""
    if isinstance(bytes_or_text, str):
        return bytes_or_text
    if isinstance(bytes_or_text, bytes):
        return bytes_or_text.decode(encoding)
    raise TypeError('Expected binary or unicode string, got %r' % (bytes_or_text,))


as_str = as_text


def as_str_any(value):
    """`str(value)`, but bytes decoded."""
    return as_str(value) if isinstance(value, bytes) else str(value)


def path_to_str(path):
    """A path object as text; anything else as it is."""
    return as_str_any(path.__fspath__()) if hasattr(path, '__fspath__') else path
