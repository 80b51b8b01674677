"""Images in other sizes."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import gen_image_ops
from reflow.ops import image_checks
from reflow.ops import image_flips
from reflow.ops import math_ops


class ResizeMethodV1:
    """How pixels of another size are computed."""

    BILINEAR = 0
    NEAREST_NEIGHBOR = 1
    BICUBIC = 2
    AREA = 3


class ResizeMethod:
    """How pixels of another size are computed, by the names of TensorFlow 2."""

    BILINEAR = 'bilinear'
    NEAREST_NEIGHBOR = 'nearest'
    BICUBIC = 'bicubic'
    AREA = 'area'
    LANCZOS3 = 'lanczos3'
    LANCZOS5 = 'lanczos5'
    GAUSSIAN = 'gaussian'
    MITCHELLCUBIC = 'mitchellcubic'


_RESIZERS = {method: op for methods, op in (
    ((ResizeMethodV1.BILINEAR, ResizeMethod.BILINEAR), 'resize_bilinear'),
    ((ResizeMethodV1.NEAREST_NEIGHBOR, ResizeMethod.NEAREST_NEIGHBOR), 'resize_nearest_neighbor'),
    ((ResizeMethodV1.BICUBIC, ResizeMethod.BICUBIC), 'resize_bicubic'),
    ((ResizeMethodV1.AREA, ResizeMethod.AREA), 'resize_area')) for method in methods}


def resize_images(images, size, method=ResizeMethodV1.BILINEAR, align_corners=False, preserve_aspect_ratio=False,
                  name=None):
    """An image, or a batch of them, in another size: [height, width]."""
    def resized(images, size):
        try:
            resizer = getattr(gen_image_ops, _RESIZERS[method])
        except (KeyError, TypeError):
            raise ValueError('Resize method is not implemented.') from None
        return resizer(images, size, align_corners=align_corners)

    return _resize(images, resized, size, preserve_aspect_ratio, name, skip_if_same=True)


# The kernels of ScaleAndTranslate by the methods of TensorFlow 2.
_KERNELS = {ResizeMethod.BILINEAR: 'triangle', ResizeMethod.BICUBIC: 'keyscubic',
            **{method: method for method in (ResizeMethod.LANCZOS3, ResizeMethod.LANCZOS5, ResizeMethod.GAUSSIAN,
                                             ResizeMethod.MITCHELLCUBIC)}}


def resize_images_v2(images, size, method=ResizeMethod.BILINEAR, preserve_aspect_ratio=False, antialias=False, name=None):
    """An image, or a batch of them, in another size: [height, width]. Pixels are squares, with centers in their middle."""
    def resized(images, size):
        if method == ResizeMethod.AREA:
            return gen_image_ops.resize_area(images, size)
        if method == ResizeMethod.NEAREST_NEIGHBOR:
            return gen_image_ops.resize_nearest_neighbor(images, size, half_pixel_centers=True)
        if method in _RESIZERS and not antialias:
            return getattr(gen_image_ops, _RESIZERS[method])(images, size, half_pixel_centers=True)
        if method not in _KERNELS:
            raise ValueError('Resize method is not implemented: {}'.format(method))
        scale = math_ops.cast(size, dtypes.float32) / math_ops.cast(array_ops.shape(images)[1:3], dtypes.float32)
        return gen_image_ops.scale_and_translate(images, size, scale, array_ops.zeros([2]), kernel_type=_KERNELS[method],
                                                 antialias=antialias)

    return _resize(images, resized, size, preserve_aspect_ratio, name, skip_if_same=False)


def _resize(images, resized, size, preserve_aspect_ratio, name, skip_if_same):
    """What `resized` makes of images and size, in a scope, with the static shape that follows."""
    with ops.name_scope(name, 'resize', [images, size]):
        images = ops.convert_to_tensor(images, name='images')
        ndims = images.get_shape().ndims
        if ndims is None:
            raise ValueError("'images' contains no shape.")
        if ndims not in (3, 4):
            raise ValueError("'images' must have either 3 or 4 dimensions.")
        if ndims == 3:
            images = array_ops.expand_dims(images, 0)
        height, width = images.get_shape().as_list()[1:3]
        try:
            size = ops.convert_to_tensor(size, dtypes.int32, name='size')
        except (TypeError, ValueError):
            raise ValueError("'size' must be a 1-D int32 Tensor") from None
        if not size.get_shape().is_compatible_with([2]):
            raise ValueError("'size' must be a 1-D Tensor of 2 elements: new_height, new_width")
        new_sizes = tensor_util.constant_value_as_shape(size).as_list()
        if preserve_aspect_ratio:
            size = _size_within(images, new_sizes)
            new_sizes = tensor_util.constant_value_as_shape(size).as_list()
        if not skip_if_same or None in new_sizes or new_sizes != [height, width]:
            images = resized(images, size)
            images.set_shape([None] + new_sizes + [None])
        return array_ops.squeeze(images, axis=[0]) if ndims == 3 else images


def _size_within(images, new_sizes):
    """The largest size of the images' proportions that is within the new one."""
    def as_float(length):
        return math_ops.cast(length, dtypes.float32)

    current = image_checks.dimensions(images, rank=4)[1:3]
    scale = math_ops.minimum(*[as_float(new) / as_float(length) for new, length in zip(new_sizes, current)])
    scaled = [math_ops.cast(math_ops.round(scale * as_float(length)), dtypes.int32) for length in current]
    return ops.convert_to_tensor(scaled, dtypes.int32, name='size')


def resize_bilinear(images, size, align_corners=False, name=None, half_pixel_centers=False):
    """Images in another size, by bilinear interpolation."""
    return gen_image_ops.resize_bilinear(images=images, size=size, align_corners=align_corners,
                                         half_pixel_centers=half_pixel_centers, name=name)


def resize_nearest_neighbor(images, size, align_corners=False, name=None, half_pixel_centers=False):
    """Images in another size, by the nearest pixel."""
    return gen_image_ops.resize_nearest_neighbor(images=images, size=size, align_corners=align_corners,
                                                 half_pixel_centers=half_pixel_centers, name=name)


def resize_bicubic(images, size, align_corners=False, name=None, half_pixel_centers=False):
    """Images in another size, by bicubic interpolation."""
    return gen_image_ops.resize_bicubic(images=images, size=size, align_corners=align_corners,
                                        half_pixel_centers=half_pixel_centers, name=name)


def _larger(x, y):
    return math_ops.maximum(x, y) if image_checks.is_tensor(x) or image_checks.is_tensor(y) else max(x, y)


def _smaller(x, y):
    return math_ops.minimum(x, y) if image_checks.is_tensor(x) or image_checks.is_tensor(y) else min(x, y)


def _same(x, y):
    return math_ops.equal(x, y) if image_checks.is_tensor(x) or image_checks.is_tensor(y) else x == y


def _check_target(image, target_height, target_width):
    checks = image_checks.check_rank_3_or_more(image)
    checks += image_checks.require(target_width > 0, 'target_width must be > 0.')
    checks += image_checks.require(target_height > 0, 'target_height must be > 0.')
    return checks


def resize_image_with_crop_or_pad(image, target_height, target_width):
    """The image cut or padded with zeros, on all sides, to the target's size."""
    with image_checks.scope_of(None, 'resize_image_with_crop_or_pad', [image]) as (_, image):
        image, unbatched = image_checks.as_batch(image)
        checks = _check_target(image, target_height, target_width)
        image = control_flow_ops.with_dependencies(checks, image)
        if image_checks.is_tensor(target_height):
            target_height = control_flow_ops.with_dependencies(checks, target_height)
        if image_checks.is_tensor(target_width):
            target_width = control_flow_ops.with_dependencies(checks, target_width)
        _, height, width, _ = image_checks.dimensions(image, rank=4)
        width_diff = target_width - width
        crop_width = _larger(-width_diff // 2, 0)
        pad_width = _larger(width_diff // 2, 0)
        height_diff = target_height - height
        crop_height = _larger(-height_diff // 2, 0)
        pad_height = _larger(height_diff // 2, 0)
        cropped = image_flips.crop_to_bounding_box(image, crop_height, crop_width, _smaller(target_height, height),
                                                   _smaller(target_width, width))
        resized = image_flips.pad_to_bounding_box(cropped, pad_height, pad_width, target_height, target_width)
        _, resized_height, resized_width, _ = image_checks.dimensions(resized, rank=4)
        checks = image_checks.require(_same(resized_height, target_height), 'resized height is not correct.')
        checks += image_checks.require(_same(resized_width, target_width), 'resized width is not correct.')
        return unbatched(control_flow_ops.with_dependencies(checks, resized))


def resize_image_with_pad_v1(image, target_height, target_width, method=ResizeMethodV1.BILINEAR, align_corners=False):
    """The image in the target's size, with its proportions, and zeros where it doesn't fill it."""
    return _resize_with_pad(image, target_height, target_width,
                            lambda image, size: resize_images(image, size, method, align_corners=align_corners))


def resize_image_with_pad_v2(image, target_height, target_width, method=ResizeMethod.BILINEAR, antialias=False):
    """The image in the target's size, with its proportions, and zeros where it doesn't fill it."""
    return _resize_with_pad(image, target_height, target_width,
                            lambda image, size: resize_images_v2(image, size, method, antialias=antialias))


def _resize_with_pad(image, target_height, target_width, resize):
    with image_checks.scope_of(None, 'resize_image_with_pad', [image]) as (_, image):
        image, unbatched = image_checks.as_batch(image)
        image = control_flow_ops.with_dependencies(_check_target(image, target_height, target_width), image)
        _, height, width, _ = image_checks.dimensions(image, rank=4)
        height, width, wanted_height, wanted_width = (
            math_ops.cast(length, dtype=dtypes.float64) for length in (height, width, target_height, target_width))
        ratio = _larger(width / wanted_width, height / wanted_height)
        resized_height, resized_width = height / ratio, width / ratio
        size = [math_ops.cast(math_ops.floor(length), dtype=dtypes.int32) for length in (resized_height, resized_width)]
        paddings = [(wanted_height - resized_height) / 2, (wanted_width - resized_width) / 2]
        paddings = [math_ops.floor(padding) for padding in paddings]
        paddings = [_larger(0, math_ops.cast(padding, dtype=dtypes.int32)) for padding in paddings]
        resized = resize(image, size)
        padded = image_flips.pad_to_bounding_box(resized, *paddings, target_height, target_width)
        image_checks.dimensions(padded, rank=4)
        return unbatched(padded)
