"""Mistakes in control flow over tensors."""

from reflow.autograph.operators.state import NoResult, Undefined
from reflow.framework import ops
from reflow.framework import tensor_util
from reflow.util import nest

_NUMBERS = (bool, int, float, str)


def check_branch(values, branch):
    """ValueError: a value of a branch is missing."""
    undefined = tuple(value.name for value in values if isinstance(value, Undefined))
    if undefined:
        raise ValueError('The following symbols must also be initialized in the {} branch: {}. Alternatively, you may '
                         'initialize them before the if statement.'.format(branch, undefined))
    if any(isinstance(value, NoResult) for value in values):
        raise ValueError('A value must also be returned from the {} branch. If a value is returned from one branch of a '
                         'conditional a value must be returned from all branches.'.format(branch))


def check_branches(names, of_true, of_false):
    """TypeError: branches don't give the same structures or types."""
    for name, x, y in zip(names, of_true, of_false):
        try:
            nest.assert_same_structure(x, y, expand_composites=True)
        except (ValueError, TypeError) as error:
            raise TypeError('"{}" does not have the same nested structure in the TRUE and FALSE branches.\n\n{}'.format(
                name, error)) from None
        for one, other in zip(nest.flatten(x), nest.flatten(y)):
            one, other = _typed(one), _typed(other)
            if one is not None and other is not None and one.dtype != other.dtype:
                raise TypeError('"{}" has dtype {} in the TRUE branch, but dtype={} in the FALSE branch. TensorFlow control '
                                'flow requires that they are the same.'.format(name, one.dtype.name, other.dtype.name))


def check_before_loop(values):
    """ValueError: a variable has no value before a loop."""
    undefined = tuple(value.name for value in values if isinstance(value, Undefined))
    if undefined:
        raise ValueError('TensorFlow requires that the following symbols must be defined before the loop: {}'.format(undefined))
    if any(isinstance(value, NoResult) for value in values):
        raise ValueError('return statements are not supported within a TensorFlow loop.')


def check_iteration(names, before, after, with_shapes=True):
    """TypeError, ValueError: an iteration has changed the structure, type or shape of a variable."""
    for name, x, y in zip(names, before, after):
        try:
            nest.assert_same_structure(x, y, expand_composites=True)
        except (ValueError, TypeError) as error:
            raise TypeError('"{}" does not have the same nested structure after one iteration.\n\n{}'.format(
                name, error)) from None
        for one, other in zip(nest.flatten(x), nest.flatten(y)):
            _check_iteration_of(name, _typed(one), _typed(other), with_shapes)


def _check_iteration_of(name, before, after, with_shapes):
    if before is None or after is None:
        return
    if before.dtype != after.dtype:
        raise TypeError('"{}" has dtype {} before the loop, but dtype {} after one iteration. TensorFlow control flow requires '
                        'it stays the same.'.format(name, before.dtype.name, after.dtype.name))
    if with_shapes and hasattr(before, 'shape') and hasattr(after, 'shape') and not _covers(before.shape, after.shape):
        raise ValueError('"{}" has shape {} before the loop, but shape {} after one iteration. TensorFlow control flow requires '
                         'it stays the same or be more specific.'.format(name, before.shape, after.shape))


def _covers(shape, other):
    """Whether `other` is as `shape` or more specific."""
    if shape.dims is None:
        return True
    return shape.ndims == other.ndims and all(
        one.value is None or one.value == two.value for one, two in zip(shape.dims, other.dims))


def _typed(value):
    """A value that has a type; None: it has none."""
    if isinstance(value, _NUMBERS):
        value = ops.convert_to_tensor(value)
    return value if tensor_util.is_tensor(value) and hasattr(value, 'dtype') else None
