"""How often classes are taken for each other."""

from reflow import _core
from reflow.framework import dtypes


def remove_squeezable_dimensions(labels, predictions, expected_rank_diff=0, name=None):
    """Labels and predictions without a last dimension of size 1 that one of them has too much."""
    return _core.remove_squeezable_dimensions(labels, predictions, expected_rank_diff, name)


def confusion_matrix(labels, predictions, num_classes=None, weights=None, dtype=dtypes.int32, name=None):
    """How often class i was predicted as class j."""
    return confusion_matrix_v1(labels, predictions, num_classes, dtype, name, weights)


def confusion_matrix_v1(labels, predictions, num_classes=None, dtype=dtypes.int32, name=None, weights=None):
    """How often class i was predicted as class j."""
    return _core.confusion_matrix(labels, predictions, num_classes, dtypes.as_dtype(dtype), name, weights)
