"""The types, colours, brightness and contrast of images."""

import numpy as np

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops import gen_image_ops
from reflow.ops import image_checks
from reflow.ops import math_ops
from reflow.ops import random_ops


def convert_image_dtype(image, dtype, saturate=False, name=None):
    """The image in another type: integers are scaled to the range of their type, floats to [0, 1]."""
    image = ops.convert_to_tensor(image, name='image')
    dtype = dtypes.as_dtype(dtype)
    if not dtype.is_floating and not dtype.is_integer:
        raise AttributeError('dtype must be either floating point or integer')
    if dtype == image.dtype:
        return array_ops.identity(image, name=name)
    cast = math_ops.saturate_cast if saturate else math_ops.cast
    with ops.name_scope(name, 'convert_image', [image]) as name:
        if image.dtype.is_integer and dtype.is_integer:
            scale_in, scale_out = image.dtype.max, dtype.max
            if scale_in > scale_out:  # first scaled: the result is in range then
                return cast(math_ops.div(image, (scale_in + 1) // (scale_out + 1)), dtype, name=name)
            return math_ops.multiply(cast(image, dtype), (scale_out + 1) // (scale_in + 1), name=name)
        if image.dtype.is_floating and dtype.is_floating:
            return math_ops.cast(image, dtype, name=name)
        if image.dtype.is_integer:
            return math_ops.multiply(math_ops.cast(image, dtype), 1. / image.dtype.max, name=name)
        scaled = math_ops.multiply(image, dtype.max + 0.5)  # the cast rounds down
        return cast(scaled, dtype, name=name)


def _as_float(image):
    return image if image.dtype in image_checks.FLOATS else convert_image_dtype(image, dtypes.float32)


def adjust_brightness(image, delta):
    """The image with `delta` added."""
    with ops.name_scope(None, 'adjust_brightness', [image, delta]) as name:
        image = ops.convert_to_tensor(image, name='image')
        floats = _as_float(image)
        adjusted = math_ops.add(floats, math_ops.cast(delta, floats.dtype), name=name)
        return convert_image_dtype(adjusted, image.dtype, saturate=True)


def random_brightness(image, max_delta, seed=None):
    """The image with a number from [-max_delta, max_delta) added."""
    if max_delta < 0:
        raise ValueError('max_delta must be non-negative.')
    return adjust_brightness(image, random_ops.random_uniform([], -max_delta, max_delta, seed=seed))


def adjust_contrast(images, contrast_factor):
    """Images whose pixels are so many times as far from the mean of their channel."""
    with ops.name_scope(None, 'adjust_contrast', [images, contrast_factor]) as name:
        images = ops.convert_to_tensor(images, name='images')
        adjusted = gen_image_ops.adjust_contrastv2(_as_float(images), contrast_factor=contrast_factor, name=name)
        return convert_image_dtype(adjusted, images.dtype, saturate=True)


def random_contrast(image, lower, upper, seed=None):
    """adjust_contrast by a factor from [lower, upper)."""
    _check_range(lower, upper)
    return adjust_contrast(image, random_ops.random_uniform([], lower, upper, seed=seed))


def _check_range(lower, upper):
    if upper <= lower:
        raise ValueError('upper must be > lower.')
    if lower < 0:
        raise ValueError('lower must be non-negative.')


def adjust_gamma(image, gamma=1, gain=1):
    """gain * image ** gamma."""
    with ops.name_scope(None, 'adjust_gamma', [image, gamma, gain]):
        image = ops.convert_to_tensor(image, name='image')
        floats = _as_float(image)
        check = image_checks.require(gamma >= 0, 'Gamma should be a non-negative real number.')
        if check:
            gamma = control_flow_ops.with_dependencies(check, gamma)
        return convert_image_dtype(gain * floats ** gamma, image.dtype, saturate=True)


def adjust_hue(image, delta, name=None):
    """The image with its hue turned by `delta`, in [-1, 1]."""
    with ops.name_scope(name, 'adjust_hue', [image]) as name:
        image = ops.convert_to_tensor(image, name='image')
        return convert_image_dtype(gen_image_ops.adjust_hue(_as_float(image), delta), image.dtype)


def random_hue(image, max_delta, seed=None):
    """adjust_hue by a number from [-max_delta, max_delta)."""
    if max_delta > 0.5:
        raise ValueError('max_delta must be <= 0.5.')
    if max_delta < 0:
        raise ValueError('max_delta must be non-negative.')
    return adjust_hue(image, random_ops.random_uniform([], -max_delta, max_delta, seed=seed))


def adjust_saturation(image, saturation_factor, name=None):
    """The image with its saturation multiplied."""
    with ops.name_scope(name, 'adjust_saturation', [image]) as name:
        image = ops.convert_to_tensor(image, name='image')
        return convert_image_dtype(gen_image_ops.adjust_saturation(_as_float(image), saturation_factor), image.dtype)


def random_saturation(image, lower, upper, seed=None):
    """adjust_saturation by a factor from [lower, upper)."""
    _check_range(lower, upper)
    return adjust_saturation(image, random_ops.random_uniform([], lower, upper, seed=seed))


def per_image_standardization(image):
    """Each image with mean 0 and variance 1."""
    with image_checks.scope_of(None, 'per_image_standardization', [image]) as (scope, image):
        image = image_checks.checked_image(image)
        original = image.dtype
        image = _as_float(image)
        num_pixels = math_ops.reduce_prod(array_ops.shape(image)[-3:])
        mean = math_ops.reduce_mean(image, axis=[-1, -2, -3], keepdims=True)
        stddev = math_ops.reduce_std(image, axis=[-1, -2, -3], keepdims=True)
        # Images of one colour are not blown up.
        least = math_ops.rsqrt(math_ops.cast(num_pixels, image.dtype))
        adjusted_stddev = math_ops.maximum(stddev, least)
        image -= mean
        image = math_ops.div(image, adjusted_stddev, name=scope)
        return convert_image_dtype(image, original, saturate=True)


def rgb_to_grayscale(images, name=None):
    """The brightness of coloured images."""
    with ops.name_scope(name, 'rgb_to_grayscale', [images]) as name:
        images = ops.convert_to_tensor(images, name='images')
        floats = convert_image_dtype(images, dtypes.float32)
        gray = array_ops.expand_dims(math_ops.tensordot(floats, [0.2989, 0.5870, 0.1140], [-1, -1]), -1)
        return convert_image_dtype(gray, images.dtype, name=name)


def grayscale_to_rgb(images, name=None):
    """Gray images with three equal channels."""
    with ops.name_scope(name, 'grayscale_to_rgb', [images]) as name:
        images = _gray(images)
        images = ops.convert_to_tensor(images, name='images')
        leading = array_ops.ones(array_ops.expand_dims(array_ops.rank(images) - 1, 0), dtype=dtypes.int32)
        multiples = array_ops.concat([leading] + [array_ops.expand_dims(3, 0)], 0)
        rgb = array_ops.tile(images, multiples, name=name)
        rgb.set_shape(images.get_shape()[:-1].concatenate([3]))
        return rgb


def _gray(images):
    """`images`, of which the last dimension has size 1."""
    try:
        grayscale_shape = images.get_shape()[:-1].concatenate([1])
        shape = images.get_shape().merge_with(grayscale_shape)
    except ValueError:
        raise ValueError('A grayscale image must be at least two-dimensional.'
                         if images.get_shape().ndims is not None and images.get_shape().ndims < 2 else
                         'Last dimension of a grayscale image should be size 1.') from None
    if shape.is_fully_defined():
        return control_flow_ops.with_dependencies([], images)
    return control_flow_ops.with_dependencies([
        check_ops.assert_equal(array_ops.shape(images)[-1], 1,
                               message='Last dimension of a grayscale image should be size 1.'),
        check_ops.assert_greater_equal(array_ops.rank(images), 3,
                                       message='A grayscale image must be at least two-dimensional.')], images)


# Columns are red, green and blue in the other system.
_RGB_TO_YIQ = [[0.299, 0.59590059, 0.2115], [0.587, -0.27455667, -0.52273617], [0.114, -0.32134392, 0.31119955]]
_YIQ_TO_RGB = [[1, 1, 1], [0.95598634, -0.27201283, -1.10674021], [0.6208248, -0.64720424, 1.70423049]]
_RGB_TO_YUV = [[0.299, -0.14714119, 0.61497538], [0.587, -0.28886916, -0.51496512], [0.114, 0.43601035, -0.10001026]]
_YUV_TO_RGB = [[1, 1, 1], [0, -0.394642334, 2.03206185], [1.13988303, -0.58062185, 0]]


def _in_other_colors(images, kernel):
    images = ops.convert_to_tensor(images, name='images')
    kernel = ops.convert_to_tensor(np.array(kernel).tolist(), dtype=images.dtype, name='kernel')
    return math_ops.tensordot(images, kernel, axes=[[images.get_shape().ndims - 1], [0]])


def rgb_to_yiq(images):
    """Images in brightness and the colours of NTSC."""
    return _in_other_colors(images, _RGB_TO_YIQ)


def yiq_to_rgb(images):
    """Images in red, green and blue."""
    return _in_other_colors(images, _YIQ_TO_RGB)


def rgb_to_yuv(images):
    """Images in brightness and the colours of PAL."""
    return _in_other_colors(images, _RGB_TO_YUV)


def yuv_to_rgb(images):
    """Images in red, green and blue."""
    return _in_other_colors(images, _YUV_TO_RGB)
