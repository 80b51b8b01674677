"""Rotation, translation and any projection of images.

TensorFlow has an op for the projection; here it is made of gathers.
"""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import custom_gradient
from reflow.ops import linalg_ops
from reflow.ops import math_ops

__all__ = ['angles_to_projective_transforms', 'compose_transforms', 'flat_transforms_to_matrices',
           'matrices_to_flat_transforms', 'rotate', 'transform', 'translate', 'translations_to_projective_transforms']

_DTYPES = {dtypes.uint8, dtypes.int32, dtypes.int64, dtypes.float16, dtypes.float32, dtypes.float64}


def _as_batch(images):
    """Images as [batch, height, width, channels], and a function that gives results the rank that they came in."""
    if images.dtype.base_dtype not in _DTYPES:
        raise TypeError('Invalid dtype %s.' % images.dtype)
    ndims = images.get_shape().ndims
    if ndims is None:
        raise TypeError('image_or_images rank must be statically known')
    if ndims == 2:
        return images[None, :, :, None], lambda result: result[0, :, :, 0]
    if ndims == 3:
        return images[None, :, :, :], lambda result: result[0, :, :, :]
    if ndims == 4:
        return images, lambda result: result
    raise TypeError('Images should have rank between 2 and 4.')


def rotate(images, angles, interpolation='NEAREST', name=None):
    """Images turned round their middle, counterclockwise, by angles in radians; zeros where nothing comes."""
    with ops.name_scope(name, 'rotate'):
        batch, restored = _as_batch(ops.convert_to_tensor(images))
        height = math_ops.cast(array_ops.shape(batch)[1], dtypes.float32)[None]
        width = math_ops.cast(array_ops.shape(batch)[2], dtypes.float32)[None]
        transforms = angles_to_projective_transforms(angles, height, width)
        return restored(transform(batch, transforms, interpolation=interpolation))


def translate(images, translations, interpolation='NEAREST', name=None):
    """Images moved by [dx, dy]; zeros where nothing comes."""
    with ops.name_scope(name, 'translate'):
        return transform(images, translations_to_projective_transforms(translations), interpolation=interpolation)


def angles_to_projective_transforms(angles, image_height, image_width, name=None):
    """The projections that turn images of a size by angles."""
    with ops.name_scope(name, 'angles_to_projective_transforms'):
        angles = ops.convert_to_tensor(angles, name='angles', dtype=dtypes.float32)
        if len(angles.get_shape()) > 1:
            raise TypeError('Angles should have rank 0 or 1.')
        if len(angles.get_shape()) == 0:
            angles = angles[None]
        right, bottom = image_width - 1, image_height - 1
        x_offset = (right - (math_ops.cos(angles) * right - math_ops.sin(angles) * bottom)) / 2.0
        y_offset = (bottom - (math_ops.sin(angles) * right + math_ops.cos(angles) * bottom)) / 2.0
        count = array_ops.shape(angles)[0]
        x_row = [math_ops.cos(angles)[:, None], -math_ops.sin(angles)[:, None], x_offset[:, None]]
        y_row = [math_ops.sin(angles)[:, None], math_ops.cos(angles)[:, None], y_offset[:, None]]
        return array_ops.concat(x_row + y_row + [array_ops.zeros((count, 2), dtypes.float32)], axis=1)


def translations_to_projective_transforms(translations, name=None):
    """The projections that move images by [dx, dy]."""
    with ops.name_scope(name, 'translations_to_projective_transforms'):
        translations = ops.convert_to_tensor(translations, name='translations', dtype=dtypes.float32)
        ndims = translations.get_shape().ndims
        if ndims is None:
            raise TypeError('translation_or_translations rank must be statically known')
        if ndims not in (1, 2):
            raise TypeError('Translations should have rank 1 or 2.')
        if ndims == 1:
            translations = translations[None]
        count = array_ops.shape(translations)[0]

        def column(fill):
            return fill((count, 1), dtypes.float32)

        return array_ops.concat(values=[
            column(array_ops.ones), column(array_ops.zeros), -translations[:, 0, None],
            column(array_ops.zeros), column(array_ops.ones), -translations[:, 1, None],
            array_ops.zeros((count, 2), dtypes.float32)], axis=1)


def transform(images, transforms, interpolation='NEAREST', output_shape=None, name=None):
    """What is at each place (x, y) comes from ((a0 x + a1 y + a2) / k, (b0 x + b1 y + b2) / k), k = c0 x + c1 y + 1.

    `transforms` are vectors [a0, a1, a2, b0, b1, b2, c0, c1], one or one for each image. Zeros where nothing comes. The
    gradient goes the inverse way, as TensorFlow's does.
    """
    with ops.name_scope(name, 'transform'):
        batch, restored = _as_batch(ops.convert_to_tensor(images, name='images'))
        transforms = ops.convert_to_tensor(transforms, name='transforms', dtype=dtypes.float32)
        if output_shape is None:
            output_shape = array_ops.shape(batch)[1:3]
            known = tensor_util.constant_value(output_shape)
            output_shape = output_shape if known is None else known
        output_shape = ops.convert_to_tensor(output_shape, dtypes.int32, name='output_shape')
        if not output_shape.get_shape().is_compatible_with([2]):
            raise ValueError('output_shape must be a 1-D Tensor of 2 elements: new_height, new_width')
        ndims = transforms.get_shape().ndims
        if ndims is None:
            raise TypeError('transform_or_transforms rank must be statically known')
        if ndims not in (1, 2):
            raise TypeError('Transforms should have rank 1 or 2.')
        transforms = transforms[None] if ndims == 1 else transforms
        if interpolation.upper() not in ('NEAREST', 'BILINEAR'):
            raise ValueError("Invalid interpolation %s. Supported types: NEAREST, BILINEAR" % interpolation.upper())

        def back(gradient):
            inverse = matrices_to_flat_transforms(linalg_ops.matrix_inverse(flat_transforms_to_matrices(transforms)))
            return _projected(gradient, inverse, array_ops.shape(batch)[1:3], interpolation.upper())

        @custom_gradient.custom_gradient
        def projected(batch):
            return _projected(batch, transforms, output_shape, interpolation.upper()), back

        return restored(projected(batch))


def _projected(images, transforms, output_shape, interpolation):
    with ops.name_scope('ImageProjectiveTransformV2'):
        y, x = array_ops.meshgrid(math_ops.cast(math_ops.range(output_shape[0]), dtypes.float32),
                                  math_ops.cast(math_ops.range(output_shape[1]), dtypes.float32), indexing='ij')
        a0, a1, a2, b0, b1, b2, c0, c1 = array_ops.unstack(transforms[:, :, None, None], num=8, axis=1)
        k = c0 * x + c1 * y + 1.
        source_x, source_y = (a0 * x + a1 * y + a2) / k, (b0 * x + b1 * y + b2) / k
        batch_shape = array_ops.concat([array_ops.shape(images)[:1], output_shape], 0)
        is_defined = math_ops.logical_and(math_ops.not_equal(k, 0.), array_ops.ones(batch_shape, dtypes.bool))
        zero = array_ops.zeros(batch_shape)
        source_x = array_ops.where(is_defined, source_x + zero, zero - 2.)  # what is undefined is outside
        source_y = array_ops.where(is_defined, source_y + zero, zero - 2.)
        if interpolation == 'NEAREST':
            result = _read(images, _rounded(source_y), _rounded(source_x))
        else:
            result = math_ops.cast(_interpolated(images, source_y, source_x), images.dtype)
        shape = tensor_util.constant_value_as_shape(output_shape)
        result.set_shape(images.shape[:1].concatenate(shape).concatenate(images.shape[3:]))
        return result


def _rounded(x):
    """The nearest whole number; of two the one further from 0."""
    return math_ops.sign(x) * math_ops.floor(math_ops.abs(x) + .5)


def _interpolated(images, y, x):
    top, left = math_ops.floor(y), math_ops.floor(x)

    def read(y, x):
        return math_ops.cast(_read(images, y, x), dtypes.float32)

    def row(y):
        return ((left + 1. - x)[..., None] * read(y, left) + (x - left)[..., None] * read(y, left + 1.))

    return (top + 1. - y)[..., None] * row(top) + (y - top)[..., None] * row(top + 1.)


def _read(images, y, x):
    """The pixels at whole positions; zeros outside."""
    shape = array_ops.shape(images)
    bottom, right = math_ops.cast(shape[1] - 1, dtypes.float32), math_ops.cast(shape[2] - 1, dtypes.float32)
    is_inside = math_ops.logical_and(math_ops.logical_and(y >= 0., y <= bottom), math_ops.logical_and(x >= 0., x <= right))

    def index(position, largest):
        position = array_ops.where(is_inside, position, array_ops.zeros_like(position))
        return math_ops.cast(math_ops.minimum(position, largest), dtypes.int32)

    row, column = index(y, bottom), index(x, right)
    image = math_ops.range(shape[0])[:, None, None] + array_ops.zeros_like(row)
    pixels = array_ops.gather_nd(images, array_ops.stack([image, row, column], axis=-1))
    return pixels * math_ops.cast(is_inside, images.dtype)[..., None]


def compose_transforms(*transforms):
    """The projection that is all of them, the last applied first to the places of the result."""
    assert transforms, 'transforms cannot be empty'
    with ops.name_scope('compose_transforms'):
        composed = flat_transforms_to_matrices(transforms[0])
        for each in transforms[1:]:
            composed = math_ops.matmul(composed, flat_transforms_to_matrices(each))
        return matrices_to_flat_transforms(composed)


def flat_transforms_to_matrices(transforms):
    """Vectors of 8 numbers as matrices of 3 by 3, whose last number is 1."""
    with ops.name_scope('flat_transforms_to_matrices'):
        transforms = ops.convert_to_tensor(transforms, name='transforms')
        if transforms.shape.ndims not in (1, 2):
            raise ValueError('Transforms should be 1D or 2D, got: %s' % transforms)
        transforms = array_ops.reshape(transforms, ops.convert_to_tensor([-1, 8]))
        count = array_ops.shape(transforms)[0]
        full = array_ops.concat([transforms, array_ops.ones([count, 1])], axis=1)
        return array_ops.reshape(full, ops.convert_to_tensor([-1, 3, 3]))


def matrices_to_flat_transforms(transform_matrices):
    """Matrices of 3 by 3 as vectors of 8 numbers, scaled so that the last number is 1."""
    with ops.name_scope('matrices_to_flat_transforms'):
        matrices = ops.convert_to_tensor(transform_matrices, name='transform_matrices')
        if matrices.shape.ndims not in (2, 3):
            raise ValueError('Matrices should be 2D or 3D, got: %s' % matrices)
        transforms = array_ops.reshape(matrices, ops.convert_to_tensor([-1, 9]))
        transforms /= transforms[:, 8:9]
        return transforms[:, :8]
