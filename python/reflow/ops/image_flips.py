"""Images mirrored, turned, cut and padded."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import image_checks
from reflow.ops import math_ops
from reflow.ops import random_ops


def fix_image_flip_shape(image, result):
    """`result` with the shape of the image it was made of."""
    unknown = image.get_shape() == tensor_shape.unknown_shape()
    result.set_shape([None, None, None] if unknown else image.get_shape())
    return result


def _random_flip(image, flip_index, seed, scope_name):
    with image_checks.scope_of(None, scope_name, [image]) as (scope, image):
        image = image_checks.checked_image(image)

        def of_one():
            mirrored = math_ops.less(random_ops.random_uniform([], 0, 1.0, seed=seed), .5)
            result = control_flow_ops.cond(mirrored, lambda: array_ops.reverse(image, [flip_index]), lambda: image,
                                           name=scope)
            return fix_image_flip_shape(image, result)

        def of_batch():
            batch_size = array_ops.shape(image)[0]
            uniform_random = random_ops.random_uniform([batch_size], 0, 1.0, seed=seed)
            flips = math_ops.round(array_ops.reshape(uniform_random, [batch_size, 1, 1, 1]))
            flips = math_ops.cast(flips, image.dtype)
            flipped = array_ops.reverse(image, [flip_index + 1])
            return flips * flipped + (1 - flips) * image

        return image_checks.of_rank(image, of_one, of_batch)


def random_flip_up_down(image, seed=None):
    """The image, upside down in one of two cases."""
    return _random_flip(image, 0, seed, 'random_flip_up_down')


def random_flip_left_right(image, seed=None):
    """The image, mirrored in one of two cases."""
    return _random_flip(image, 1, seed, 'random_flip_left_right')


def _flip(image, flip_index, scope_name):
    with image_checks.scope_of(None, scope_name, [image]) as (_, image):
        image = image_checks.checked_image(image)
        return image_checks.of_rank(
            image, lambda: fix_image_flip_shape(image, array_ops.reverse(image, [flip_index])),
            lambda: array_ops.reverse(image, [flip_index + 1]))


def flip_left_right(image):
    """The image mirrored."""
    return _flip(image, 1, 'flip_left_right')


def flip_up_down(image):
    """The image upside down."""
    return _flip(image, 0, 'flip_up_down')


def transpose(image, name=None):
    """The image with rows and columns exchanged."""
    with image_checks.scope_of(name, 'transpose', [image]) as (_, image):
        image = image_checks.checked_image(image)
        return image_checks.of_rank(image, lambda: array_ops.transpose(image, [1, 0, 2], name=name),
                                    lambda: array_ops.transpose(image, [0, 2, 1, 3], name=name))


transpose_image = transpose


def rot90(image, k=1, name=None):
    """The image turned counter-clockwise by `k` right angles."""
    with ops.name_scope(name, 'rot90', [image, k]) as scope:
        image = image_checks.checked_image(ops.convert_to_tensor(image, name='image'))
        k = ops.convert_to_tensor(k, dtype=dtypes.int32, name='k')
        k.get_shape().assert_has_rank(0)
        k = math_ops.mod(k, 4)
        return image_checks.of_rank(image, lambda: _turned(image, k, 0, scope), lambda: _turned(image, k, 1, scope))


def _turned(image, k, first, scope):
    """`image` turned, whose rows are along the dimension `first`."""
    exchanged = [1, 0, 2] if first == 0 else [0, 2, 1, 3]

    def by_90():
        return array_ops.transpose(array_ops.reverse(image, [first + 1]), exchanged)

    def by_180():
        return array_ops.reverse(image, [first, first + 1])

    def by_270():
        return array_ops.reverse(array_ops.transpose(image, exchanged), [first + 1])

    cases = [(math_ops.equal(k, times), turn) for times, turn in ((1, by_90), (2, by_180), (3, by_270))]
    result = control_flow_ops.case(cases, default=lambda: image, exclusive=True, name=scope)
    if first == 0:
        result.set_shape([None, None, image.get_shape()[2]])
    else:
        shape = result.get_shape()
        result.set_shape([shape[0], None, None, shape[3]])
    return result


def central_crop(image, central_fraction):
    """The middle of the image: this fraction of its height and width."""
    with image_checks.scope_of(None, 'central_crop', [image]) as (_, image):
        if central_fraction <= 0.0 or central_fraction > 1.0:
            raise ValueError('central_fraction must be within (0, 1]')
        if central_fraction == 1.0:
            return image
        image_checks.checked_image(image)
        rank = image.get_shape().ndims
        if rank not in (3, 4):
            raise ValueError('`image` should either be a Tensor with rank = 3 or rank = 4. Had rank = {}.'.format(rank))
        static = image.get_shape().as_list()[rank - 3:rank - 1]
        sizes = [size if size is not None else array_ops.shape(image)[rank - 3 + i] for i, size in enumerate(static)]
        starts = [_margin(size, central_fraction) for size in sizes]
        lengths = [size - start * 2 for size, start in zip(sizes, starts)]
        batch = [0] * (rank - 3)
        begin = array_ops.stack(batch + starts + [0])
        size = array_ops.stack([-1] * (rank - 3) + lengths + [-1])
        cropped = array_ops.slice(image, begin, size)
        known = [None if image_checks.is_tensor(length) else length for length in lengths]
        cropped.set_shape(image.get_shape()[:rank - 3].concatenate(known).concatenate(image.get_shape()[rank - 1:]))
        return cropped


def _margin(size, central_fraction):
    """What is left out at each side."""
    if not image_checks.is_tensor(size):
        return int((float(size) - float(size) * central_fraction) / 2)
    length = math_ops.cast(size, dtypes.float64)
    return math_ops.cast((length - length * central_fraction) / 2, dtypes.int32)


def pad_to_bounding_box(image, offset_height, offset_width, target_height, target_width):
    """The image with zeros around it: it begins at the offsets of a larger one."""
    with image_checks.scope_of(None, 'pad_to_bounding_box', [image]) as (_, image):
        image, unbatched = image_checks.as_batch(image)
        checks = image_checks.check_rank_3_or_more(image)
        batch, height, width, depth = image_checks.dimensions(image, rank=4)
        after_width = target_width - offset_width - width
        after_height = target_height - offset_height - height
        checks += image_checks.require(offset_height >= 0, 'offset_height must be >= 0')
        checks += image_checks.require(offset_width >= 0, 'offset_width must be >= 0')
        checks += image_checks.require(after_width >= 0, 'width must be <= target - offset')
        checks += image_checks.require(after_height >= 0, 'height must be <= target - offset')
        image = control_flow_ops.with_dependencies(checks, image)
        paddings = array_ops.reshape(
            array_ops.stack([0, 0, offset_height, after_height, offset_width, after_width, 0, 0]), [4, 2])
        padded = array_ops.pad(image, paddings)
        padded.set_shape([None if image_checks.is_tensor(size) else size
                          for size in (batch, target_height, target_width, depth)])
        return unbatched(padded)


def crop_to_bounding_box(image, offset_height, offset_width, target_height, target_width):
    """A part of the image: from the offsets on, of the target's size."""
    with image_checks.scope_of(None, 'crop_to_bounding_box', [image]) as (_, image):
        image, unbatched = image_checks.as_batch(image)
        checks = image_checks.check_rank_3_or_more(image)
        batch, height, width, depth = image_checks.dimensions(image, rank=4)
        checks += image_checks.require(offset_width >= 0, 'offset_width must be >= 0.')
        checks += image_checks.require(offset_height >= 0, 'offset_height must be >= 0.')
        checks += image_checks.require(target_width > 0, 'target_width must be > 0.')
        checks += image_checks.require(target_height > 0, 'target_height must be > 0.')
        checks += image_checks.require(width >= (target_width + offset_width), 'width must be >= target + offset.')
        checks += image_checks.require(height >= (target_height + offset_height), 'height must be >= target + offset.')
        image = control_flow_ops.with_dependencies(checks, image)
        cropped = array_ops.slice(image, array_ops.stack([0, offset_height, offset_width, 0]),
                                  array_ops.stack([-1, target_height, target_width, -1]))
        cropped.set_shape([None if image_checks.is_tensor(size) else size
                           for size in (batch, target_height, target_width, depth)])
        return unbatched(cropped)
