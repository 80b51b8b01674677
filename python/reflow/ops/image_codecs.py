"""Images as files."""
from reflow.framework import dtypes, ops
from reflow.ops import array_ops, control_flow_ops, gen_image_ops, math_ops, random_ops, string_ops
from reflow.ops.image_colors import convert_image_dtype

__all__ = ['adjust_jpeg_quality', 'decode_image', 'is_jpeg', 'random_jpeg_quality']


def random_jpeg_quality(image, min_jpeg_quality, max_jpeg_quality, seed=None):
    """An image as JPEG with a random quality leaves it."""
    if min_jpeg_quality < 0 or max_jpeg_quality < 0 or min_jpeg_quality > 100 or max_jpeg_quality > 100:
        raise ValueError('jpeg encoding range must be between 0 and 100.')
    if min_jpeg_quality >= max_jpeg_quality:
        raise ValueError('`min_jpeg_quality` must be less than `max_jpeg_quality`.')
    quality = random_ops.random_uniform([], min_jpeg_quality, max_jpeg_quality, seed=seed, dtype=dtypes.int32)
    return adjust_jpeg_quality(image, quality)


def adjust_jpeg_quality(image, jpeg_quality, name=None):
    """An image as JPEG with a quality from 0 to 100 leaves it."""
    with ops.name_scope(name, 'adjust_jpeg_quality', [image]):
        image = ops.convert_to_tensor(image, name='image')
        dtype = image.dtype
        image = convert_image_dtype(image, dtypes.uint8)
        if not isinstance(jpeg_quality, ops.Tensor):
            jpeg_quality = ops.convert_to_tensor(jpeg_quality, dtype=dtypes.int32)
        image = gen_image_ops.decode_jpeg(gen_image_ops.encode_jpeg_variable_quality(image, jpeg_quality))
        return convert_image_dtype(image, dtype)


def is_jpeg(contents, name=None):
    """A bool tensor: whether the content of a file begins as that of a JPEG file."""
    with ops.name_scope(name, 'is_jpeg'):
        return math_ops.equal(string_ops.substr(contents, 0, 3), b'\xff\xd8\xff', name=name)


def _is_png(contents):
    with ops.name_scope(None, 'is_png'):
        return math_ops.equal(string_ops.substr(contents, 0, 3), b'\211PN')


def _assert_channels(channels, wrong, allowed, kind):
    """Asserts that `channels` is none of `wrong`, [(number, name of the op that compares)]."""
    good = [math_ops.not_equal(0 if channels is None else channels, number, name=name) for number, name in wrong]
    good = good[0] if len(good) == 1 else math_ops.logical_and(*good)
    return control_flow_ops.Assert(good, ['Channels must be in (None, %s) when decoding %s images' % (allowed, kind)])


def decode_image(contents, channels=None, dtype=dtypes.uint8, name=None, expand_animations=True):
    """The pixels of a JPEG, PNG, GIF or BMP file: [height, width, channels], of a GIF file [frames, height, width, 3]."""
    with ops.name_scope(name, 'decode_image'):
        if channels not in (None, 0, 1, 3, 4):
            raise ValueError('channels must be in (None, 0, 1, 3, 4)')
        start = string_ops.substr(contents, 0, 3)

        def bmp():
            is_bmp = math_ops.equal(string_ops.substr(contents, 0, 2), 'BM', name='is_bmp')
            is_known = control_flow_ops.Assert(is_bmp, ['Unable to decode bytes as JPEG, PNG, GIF, or BMP'])
            has_channels = _assert_channels(channels, [(1, 'check_channels')], '0, 3', 'BMP')
            with ops.control_dependencies([is_known, has_channels]):
                return convert_image_dtype(gen_image_ops.decode_bmp(contents), dtype)

        def gif():
            has_channels = _assert_channels(
                channels, [(1, 'check_gif_channels'), (4, 'check_gif_channels')], '0, 3', 'GIF')
            with ops.control_dependencies([has_channels]):
                frames = convert_image_dtype(gen_image_ops.decode_gif(contents), dtype)
                return frames if expand_animations else array_ops.gather(frames, 0)

        def gif_or_bmp():
            return control_flow_ops.cond(math_ops.equal(start, b'GIF', name='is_gif'), gif, bmp, name='cond_gif')

        def png():
            wide = dtypes.uint8 if dtype == dtypes.uint8 else dtypes.uint16
            return convert_image_dtype(gen_image_ops.decode_png(contents, channels, dtype=wide), dtype)

        def png_or_other():
            return control_flow_ops.cond(_is_png(contents), png, gif_or_bmp, name='cond_png')

        def jpeg():
            has_channels = _assert_channels(channels, [(4, 'check_jpeg_channels')], '0, 1, 3', 'JPEG')
            with ops.control_dependencies([has_channels]):
                return convert_image_dtype(gen_image_ops.decode_jpeg(contents, channels), dtype)

        return control_flow_ops.cond(is_jpeg(contents), jpeg, png_or_other, name='cond_jpeg')
