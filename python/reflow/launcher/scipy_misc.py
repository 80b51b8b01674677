"""What scipy.misc had for images, over Pillow, and what has moved to scipy.special. Arrays are [height, width(, channels)]."""

import numpy as np

_FILTERS = {'nearest': 0, 'lanczos': 1, 'bilinear': 2, 'bicubic': 3, 'cubic': 3}
_CHANNELS = {'RGB': 3, 'YCbCr': 3, 'RGBA': 4, 'CMYK': 4}
_MOVED = {'logsumexp', 'comb', 'factorial', 'factorial2', 'factorialk'}


def __getattr__(name):
    if name not in _MOVED:
        raise AttributeError("module 'scipy.misc' has no attribute %r" % name)
    import scipy.special
    return getattr(scipy.special, name)


def bytescale(data, cmin=None, cmax=None, high=255, low=0):
    """`data` as uint8, with cmin (its smallest value) as `low` and cmax (its largest) as `high`. uint8 stays as it is."""
    if data.dtype == np.uint8:
        return data
    for wrong, message in ((high > 255, '`high` should be less than or equal to 255.'),
                           (low < 0, '`low` should be greater than or equal to 0.'),
                           (high < low, '`high` should be greater than or equal to `low`.')):
        if wrong:
            raise ValueError(message)
    cmin, cmax = data.min() if cmin is None else cmin, data.max() if cmax is None else cmax
    if cmax < cmin:
        raise ValueError('`cmax` should be larger than `cmin`.')
    scaled = (data - cmin) * (float(high - low) / ((cmax - cmin) or 1)) + low
    return (scaled.clip(low, high) + 0.5).astype(np.uint8)


def toimage(arr, high=255, low=0, cmin=None, cmax=None, pal=None, mode=None, channel_axis=None):
    """An array as a Pillow image, which takes bytes: other numbers are scaled."""
    data = np.asarray(arr)
    if np.iscomplexobj(data):
        raise ValueError('Cannot convert a complex-valued array.')
    if data.ndim == 2:
        return _grey_image(data, high, low, cmin, cmax, pal, mode)
    if data.ndim != 3 or not {3, 4} & set(data.shape):
        raise ValueError("'arr' does not have a suitable array shape for any mode.")
    if channel_axis is None:
        channel_axis = data.shape.index(3 if 3 in data.shape else 4)
    channels = data.shape[channel_axis]
    if channels not in (3, 4):
        raise ValueError('Channel axis dimension is not valid.')
    mode = mode or ('RGB' if channels == 3 else 'RGBA')
    if mode not in _CHANNELS:
        raise ValueError('Mode is unknown or incompatible with input array shape.')
    if _CHANNELS[mode] != channels:
        raise ValueError('Invalid array shape for mode.')
    return _image(mode, np.moveaxis(bytescale(data, cmin, cmax, high, low), channel_axis, 2))


def _grey_image(data, high, low, cmin, cmax, pal, mode):
    if mode == 'F':
        return _image('F', data.astype(np.float32))
    if mode == '1':
        return _image('1', data > high)
    if mode == 'I':
        cmin, cmax = data.min() if cmin is None else cmin, data.max() if cmax is None else cmax
        return _image('I', ((data * 1.0 - cmin) * (high - low) / (cmax - cmin) + low).astype(np.uint32))
    if mode not in (None, 'L', 'P'):
        raise ValueError('Mode is unknown or incompatible with input array shape.')
    image = _image('L', bytescale(data, cmin, cmax, high, low))
    if pal is None and mode == 'P':
        pal = np.repeat(np.arange(256), 3)
    if pal is not None:
        image.putpalette(np.asarray(pal, np.uint8).tobytes())
    return image


def _image(mode, data):
    from PIL import Image
    return Image.frombytes(mode, (data.shape[1], data.shape[0]), np.ascontiguousarray(data).tobytes())


def fromimage(im, flatten=False, mode=None):
    """A Pillow image as an array, of floating-point greys if `flatten`; images with palettes get their colours."""
    from PIL import Image
    if not isinstance(im, Image.Image):
        raise TypeError('Input is not a PIL image.')
    if mode is None and im.mode == 'P':
        mode = 'RGBA' if 'transparency' in im.info else 'RGB'
    if mode is not None and mode != im.mode:
        im = im.convert(mode)
    if flatten:
        im = im.convert('F')
    elif im.mode == '1':
        im = im.convert('L')
    return np.array(im)


def imread(name, flatten=False, mode=None):
    """The image in a file."""
    from PIL import Image
    return fromimage(Image.open(name), flatten, mode)


def imsave(name, arr, format=None):
    """Writes an image to a file, by default in the format that the name's ending says."""
    image = toimage(arr, channel_axis=2)
    image.save(name, format) if format else image.save(name)


def imresize(arr, size, interp='bilinear', mode=None):
    """The image in another size: (height, width), a percentage (an int) or a factor (a float)."""
    image = toimage(arr, mode=mode)
    if isinstance(size, (int, np.signedinteger)):
        size = size / 100.0
    if isinstance(size, (float, np.floating)):
        new_size = [int(each * size) for each in image.size]
    else:
        new_size = [size[1], size[0]]
    return fromimage(image.resize(tuple(new_size), resample=_FILTERS[interp]))


def imrotate(arr, angle, interp='bilinear'):
    """The image turned counterclockwise by an angle in degrees."""
    return fromimage(toimage(arr).rotate(angle, resample=_FILTERS[interp]))
