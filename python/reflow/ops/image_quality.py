"""How images differ, and how their pixels do."""

import numpy as np

from reflow.framework import common_shapes
from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import image_colors
from reflow.ops import math_ops


def _check_same_shape(image1, image2):
    """Both shapes, and operations that check when they run what isn't known of them now. ValueError: they don't fit."""
    known = [image.shape.with_rank_at_least(3) for image in (image1, image2)]
    known[0][-3:].assert_is_compatible_with(known[1][-3:])
    try:
        common_shapes.broadcast_shape(known[0][:-3], known[1][:-3])
    except ValueError:
        raise ValueError('Two images are not compatible: %s and %s' % tuple(known)) from None
    shape1, shape2 = array_ops.shape_n([image1, image2])
    enough = math_ops.greater_equal(array_ops.size(shape1), 3)
    checks = [control_flow_ops.Assert(enough, [shape1, shape2], summarize=10)]
    equal = math_ops.reduce_all(math_ops.equal(shape1[-3:], shape2[-3:]))
    return shape1, shape2, checks + [control_flow_ops.Assert(equal, [shape1, shape2], summarize=10)]


def psnr(a, b, max_val, name=None):
    """The peak signal-to-noise ratio, in decibels."""
    with ops.name_scope(name, 'PSNR', [a, b]):
        max_val = image_colors.convert_image_dtype(math_ops.cast(max_val, a.dtype), dtypes.float32)
        a = image_colors.convert_image_dtype(a, dtypes.float32)
        b = image_colors.convert_image_dtype(b, dtypes.float32)
        mse = math_ops.reduce_mean(math_ops.squared_difference(a, b), [-3, -2, -1])
        peak = 20 * math_ops.log(max_val) / math_ops.log(10.0)
        psnr_val = math_ops.subtract(peak, np.float32(10 / np.log(10)) * math_ops.log(mse), name='psnr')
        with ops.control_dependencies(_check_same_shape(a, b)[-1]):
            return array_ops.identity(psnr_val)


def ssim(img1, img2, max_val, filter_size=11, filter_sigma=1.5, k1=0.01, k2=0.03):
    """The structural similarity of images: Wang and others, IEEE Transactions on Image Processing 13(4), 2004."""
    with ops.control_dependencies(_check_same_shape(img1, img2)[-1]):
        img1 = array_ops.identity(img1)
    max_val = image_colors.convert_image_dtype(math_ops.cast(max_val, img1.dtype), dtypes.float32)
    img1 = image_colors.convert_image_dtype(img1, dtypes.float32)
    img2 = image_colors.convert_image_dtype(img2, dtypes.float32)
    similarity, _ = _ssim_per_channel(img1, img2, max_val, filter_size, filter_sigma, k1, k2)
    return math_ops.reduce_mean(similarity, [-1])


# The weights of the scales, the largest first: Wang and others, Asilomar Conference on Signals, 2003.
_MSSSIM_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)


def ssim_multiscale(img1, img2, max_val, power_factors=_MSSSIM_WEIGHTS, filter_size=11, filter_sigma=1.5, k1=0.01, k2=0.03):
    """The structural similarity of images over several scales, each half as large as the one before."""
    from reflow.ops import nn_ops
    with ops.name_scope(None, 'MS-SSIM', [img1, img2]):
        *shapes, checks = _check_same_shape(img1, img2)
        with ops.control_dependencies(checks):
            img1 = array_ops.identity(img1)
        max_val = image_colors.convert_image_dtype(math_ops.cast(max_val, img1.dtype), dtypes.float32)
        imgs = [image_colors.convert_image_dtype(image, dtypes.float32) for image in (img1, img2)]
        heads, tails = [shape[:-3] for shape in shapes], [shape[-3:] for shape in shapes]
        halving = constant_op.constant([2, 2, 1], dtype=dtypes.int32)
        contrasts = []
        for scale in range(len(power_factors)):
            with ops.name_scope(None, 'Scale%d' % scale, imgs):
                if scale > 0:
                    imgs, tails = _half_as_large(imgs, heads, tails, halving)
                similarity, contrast = _ssim_per_channel(*imgs, max_val, filter_size, filter_sigma, k1, k2)
                contrasts.append(nn_ops.relu(contrast))
        contrasts[-1] = nn_ops.relu(similarity)  # luminance counts at the last scale only
        ms_ssim = math_ops.reduce_prod(math_ops.pow(array_ops.stack(contrasts, axis=-1), power_factors), [-1])
        return math_ops.reduce_mean(ms_ssim, [-1])


def _half_as_large(imgs, heads, tails, halving):
    """(images, shapes without the batch), averaged over 2 x 2 pixels; odd sizes repeat their last one."""
    from reflow.ops import nn_ops
    flat = [array_ops.reshape(x, array_ops.concat([[-1], tail], 0)) for x, tail in zip(imgs, tails)]
    remainder = tails[0] % halving

    def padded():
        padding = array_ops.pad(array_ops.expand_dims(remainder, -1), [[1, 0], [1, 0]])
        return [array_ops.pad(x, padding, mode='SYMMETRIC') for x in flat]

    even = control_flow_ops.cond(math_ops.reduce_any(math_ops.not_equal(remainder, 0)), padded, lambda: flat)
    halves = [nn_ops.avg_pool(x, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding='VALID') for x in even]
    tails = [shape[1:] for shape in array_ops.shape_n(halves)]
    return [array_ops.reshape(x, array_ops.concat([head, tail], 0)) for x, head, tail in zip(halves, heads, tails)], tails


def _ssim_per_channel(img1, img2, max_val, filter_size, filter_sigma, k1, k2):
    """(similarity, contrast and structure without luminance) of each channel."""
    filter_size = constant_op.constant(filter_size, dtype=dtypes.int32)
    filter_sigma = constant_op.constant(filter_sigma, dtype=img1.dtype)
    shapes = array_ops.shape_n([img1, img2])
    checks = [control_flow_ops.Assert(math_ops.reduce_all(math_ops.greater_equal(shape[-3:-1], filter_size)),
                                      [shape, filter_size], summarize=8) for shape in shapes]
    with ops.control_dependencies(checks):
        img1 = array_ops.identity(img1)
    kernel = array_ops.tile(_gaussian(filter_size, filter_sigma), multiples=[1, 1, shapes[0][-1], 1])

    def local_mean(x):
        from reflow.ops import nn_impl
        shape = array_ops.shape(x)
        x = array_ops.reshape(x, shape=array_ops.concat([[-1], shape[-3:]], 0))
        y = nn_impl.depthwise_conv2d(x, kernel, strides=[1, 1, 1, 1], padding='VALID')
        return array_ops.reshape(y, array_ops.concat([shape[:-3], array_ops.shape(y)[1:]], 0))

    c1, c2 = (k1 * max_val) ** 2, (k2 * max_val) ** 2
    mean1, mean2 = local_mean(img1), local_mean(img2)
    means = mean1 * mean2 * 2.0
    squares = math_ops.square(mean1) + math_ops.square(mean2)
    luminance = (means + c1) / (squares + c1)
    products = local_mean(img1 * img2) * 2.0
    sums = local_mean(math_ops.square(img1) + math_ops.square(img2))
    c2 = c2 * 1.0  # TensorFlow's factor for windows that don't add up to 1
    structure = (products - means + c2) / (sums - squares + c2)
    axes = constant_op.constant([-3, -2], dtype=dtypes.int32)
    return math_ops.reduce_mean(luminance * structure, axes), math_ops.reduce_mean(structure, axes)


def _gaussian(size, sigma):
    """A Gaussian kernel [size, size, 1, 1] whose elements add up to 1."""
    from reflow.ops import nn_ops
    coordinates = math_ops.cast(math_ops.range(size), sigma.dtype)
    coordinates -= math_ops.cast(size - 1, sigma.dtype) / 2.0
    exponents = math_ops.square(coordinates)
    exponents *= -0.5 / math_ops.square(sigma)
    exponents = array_ops.reshape(exponents, shape=[1, -1]) + array_ops.reshape(exponents, shape=[-1, 1])
    kernel = nn_ops.softmax(array_ops.reshape(exponents, shape=[1, -1]))
    return array_ops.reshape(kernel, shape=[size, size, 1, 1])


def total_variation(images, name=None):
    """The sum of the differences between neighbouring pixels."""
    with ops.name_scope(name, 'total_variation'):
        ndims = images.get_shape().ndims
        if ndims == 3:
            vertical = images[1:, :, :] - images[:-1, :, :]
            horizontal = images[:, 1:, :] - images[:, :-1, :]
            axis = None
        elif ndims == 4:
            vertical = images[:, 1:, :, :] - images[:, :-1, :, :]
            horizontal = images[:, :, 1:, :] - images[:, :, :-1, :]
            axis = [1, 2, 3]
        else:
            raise ValueError("'images' must be either 3 or 4-dimensional.")
        return (math_ops.reduce_sum(math_ops.abs(vertical), axis=axis) +
                math_ops.reduce_sum(math_ops.abs(horizontal), axis=axis))


def image_gradients(image):
    """The differences of pixels to those below and to the right, 0 at the border."""
    if image.get_shape().ndims != 4:
        raise ValueError('image_gradients expects a 4D tensor [batch_size, h, w, d], not %s.', image.get_shape())
    shape = array_ops.shape(image)
    sizes = array_ops.unstack(shape)
    down = image[:, 1:, :, :] - image[:, :-1, :, :]
    right = image[:, :, 1:, :] - image[:, :, :-1, :]

    def with_border(differences, axis):
        border = array_ops.stack(sizes[:axis] + [1] + sizes[axis + 1:])
        return array_ops.reshape(array_ops.concat([differences, array_ops.zeros(border, image.dtype)], axis), shape)

    return with_border(down, 1), with_border(right, 2)


def sobel_edges(image):
    """Sobel's filters along both directions, in a new last dimension."""
    from reflow.ops import nn_impl
    static_shape = image.get_shape()
    image_shape = array_ops.shape(image)
    vertical = [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]
    kernels = np.stack([vertical, np.transpose(vertical)], axis=-1)[:, :, np.newaxis]
    kernels = constant_op.constant(kernels, dtype=image.dtype)
    kernels = array_ops.tile(kernels, [1, 1, image_shape[-1], 1], name='sobel_filters')
    padded = array_ops.pad(image, [[0, 0], [1, 1], [1, 1], [0, 0]], mode='REFLECT')
    output = nn_impl.depthwise_conv2d(padded, kernels, [1, 1, 1, 1], 'VALID')
    output = array_ops.reshape(output, shape=array_ops.concat([image_shape, [2]], 0))
    output.set_shape(static_shape.concatenate([2]))
    return output
