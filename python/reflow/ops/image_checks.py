"""What functions of images have in common: their dimensions and what is checked of them."""

import contextlib

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops

FLOATS = (dtypes.float16, dtypes.float32)


def is_tensor(x):
    """Whether what is said of `x` is known only when it runs."""
    return tensor_util.is_tensor(x)


def dimensions(image, rank):
    """The sizes of the dimensions: numbers as far as they are known, scalars else."""
    if image.get_shape().is_fully_defined():
        return image.get_shape().as_list()
    static = image.get_shape().with_rank(rank).as_list()
    dynamic = array_ops.unstack(array_ops.shape(image), rank)
    return [known if known is not None else size for known, size in zip(static, dynamic)]


def check(condition, error_class, message):
    """Checks now or, by the operations in the list that this gives, when they run."""
    if is_tensor(condition):
        return [control_flow_ops.Assert(condition, [message])]
    if not condition:
        raise error_class(message)
    return []


def require(condition, message):
    """`check` with ValueError."""
    return check(condition, ValueError, message)


def check_rank_3(image, require_static=True):
    """Checks that `image` has three dimensions, none of them empty; what is to be checked when it runs."""
    try:
        shape = image.get_shape().with_rank(3)
    except ValueError:
        raise ValueError("'image' (shape %s) must be three-dimensional." % image.shape) from None
    if require_static and not shape.is_fully_defined():
        raise ValueError("'image' (shape %s) must be fully defined." % shape)
    if any(size == 0 for size in shape):
        raise ValueError("all dims of 'image.shape' must be > 0: %s" % shape)
    if shape.is_fully_defined():
        return []
    return [check_ops.assert_positive(array_ops.shape(image), ["all dims of 'image.shape' must be > 0."])]


def check_rank_3_or_more(image):
    """Checks that `image` has three dimensions or more, none of them empty; what is to be checked when it runs."""
    shape = image.get_shape()
    try:
        shape = shape.with_rank(3) if shape.ndims is None else shape.with_rank_at_least(3)
    except ValueError:
        raise ValueError("'image' must be at least three-dimensional.") from None
    if any(size == 0 for size in shape):
        raise ValueError("all dims of 'image.shape' must be > 0: %s" % shape)
    if shape.is_fully_defined():
        return []
    return [check_ops.assert_positive(array_ops.shape(image), ["all dims of 'image.shape' must be > 0."]),
            check_ops.assert_greater_equal(array_ops.rank(image), 3,
                                           message="'image' must be at least three-dimensional.")]


def checked_image(image):
    """`image`, of three dimensions or more."""
    return control_flow_ops.with_dependencies(check_rank_3_or_more(image), image)


def of_rank(image, three, four):
    """`three` of an image, `four` of a batch of them."""
    ndims = image.get_shape().ndims
    if ndims == 3 or ndims is None:
        return three()
    if ndims == 4:
        return four()
    raise ValueError("'image' must have either 3 or 4 dimensions.")


def as_batch(image):
    """`image` as a batch, and a function that makes of a batch what the image was."""
    ndims = image.get_shape().ndims
    if ndims == 4:
        return image, lambda batch: batch
    if ndims not in (3, None):
        raise ValueError("'image' must have either 3 or 4 dimensions.")
    batch = array_ops.expand_dims(image, 0)
    if ndims is None:
        batch.set_shape([None] * 4)
    return batch, lambda result: array_ops.squeeze(result, axis=[0])


@contextlib.contextmanager
def scope_of(name, default_name, values):
    """A name scope, with the first of the values as a tensor: yields both."""
    with ops.name_scope(name, default_name, values) as scope:
        yield scope, ops.convert_to_tensor(values[0], name='image')
