"""Images turned, shifted, sheared and zoomed."""

import numpy as np

_MODES = {'nearest', 'constant', 'reflect', 'wrap'}


def _transformed(channel, matrix, offset, order, mode, cval):
    """A channel whose point p is that at matrix * p + offset: the nearest one (order 0), or between neighbours (1)."""
    height, width = channel.shape
    rows, cols = np.meshgrid(np.arange(height), np.arange(width), indexing='ij')
    y = matrix[0, 0] * rows + matrix[0, 1] * cols + offset[0]
    x = matrix[1, 0] * rows + matrix[1, 1] * cols + offset[1]
    y, y_outside = _inside(y, height, mode)
    x, x_outside = _inside(x, width, mode)
    if order == 0:
        values = channel[np.floor(y + 0.5).astype(int).clip(0, height - 1),
                         np.floor(x + 0.5).astype(int).clip(0, width - 1)].astype(float)
    elif order == 1:
        top, left = np.floor(y).astype(int).clip(0, height - 1), np.floor(x).astype(int).clip(0, width - 1)
        bottom, right = (top + 1).clip(0, height - 1), (left + 1).clip(0, width - 1)
        down, across = y - top, x - left
        values = (channel[top, left] * (1 - down) * (1 - across) + channel[bottom, left] * down * (1 - across) +
                  channel[top, right] * (1 - down) * across + channel[bottom, right] * down * across)
    else:
        raise NotImplementedError('Images are interpolated with interpolation_order 0 and 1')
    if mode == 'constant':
        values = np.where(y_outside | x_outside, cval, values)
    return values


def _inside(positions, size, mode):
    """(positions within [0, size - 1] as the mode says, which of them were outside)"""
    outside = (positions < 0) | (positions > size - 1)
    if mode == 'reflect':  # d c b a | a b c d | d c b a
        period = np.mod(positions + 0.5, 2 * size)
        return np.clip(np.where(period > size, 2 * size - period, period) - 0.5, 0, size - 1), outside
    if mode == 'wrap':
        if size > 1:
            positions = np.where(outside, np.mod(positions, size - 1), positions)
        return positions, outside
    return np.clip(positions, 0, size - 1), outside


def transform_matrix_offset_center(matrix, x, y):
    """The matrix for coordinates that begin at the middle of an image [x, y]."""
    o_x, o_y = float(x) / 2 + 0.5, float(y) / 2 + 0.5
    offset, reset = np.array([[1, 0, o_x], [0, 1, o_y], [0, 0, 1]]), np.array([[1, 0, -o_x], [0, 1, -o_y], [0, 0, 1]])
    return np.dot(np.dot(offset, matrix), reset)


def apply_affine_transform(x, theta=0, tx=0, ty=0, shear=0, zx=1, zy=1, row_axis=0, col_axis=1, channel_axis=2,
                           fill_mode='nearest', cval=0., order=1):
    """An image turned by theta, shifted by tx and ty, sheared by shear (degrees) and zoomed by zx and zy."""
    if fill_mode not in _MODES:
        raise ValueError('Unknown fill_mode %s: one of %s is expected' % (fill_mode, sorted(_MODES)))
    matrix = None

    def then(other):
        return other if matrix is None else np.dot(matrix, other)

    if theta != 0:
        angle = np.deg2rad(theta)
        matrix = then(np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]]))
    if tx != 0 or ty != 0:
        matrix = then(np.array([[1, 0, tx], [0, 1, ty], [0, 0, 1]]))
    if shear != 0:
        angle = np.deg2rad(shear)
        matrix = then(np.array([[1, -np.sin(angle), 0], [0, np.cos(angle), 0], [0, 0, 1]]))
    if zx != 1 or zy != 1:
        matrix = then(np.array([[zx, 0, 0], [0, zy, 0], [0, 0, 1]]))
    if matrix is None:
        return x
    matrix = transform_matrix_offset_center(matrix, x.shape[row_axis], x.shape[col_axis])
    channels = np.rollaxis(x, channel_axis, 0)
    moved = [_transformed(channel, matrix[:2, :2], matrix[:2, 2], order, fill_mode, cval) for channel in channels]
    return np.rollaxis(np.stack(moved, axis=0), 0, channel_axis + 1).astype(x.dtype)


def flip_axis(x, axis):
    """An image the other way round along a dimension."""
    return np.flip(x, axis)


def random_rotation(x, rg, row_axis=1, col_axis=2, channel_axis=0, fill_mode='nearest', cval=0., interpolation_order=1):
    """An image turned by up to rg degrees."""
    return apply_affine_transform(x, theta=np.random.uniform(-rg, rg), channel_axis=channel_axis, row_axis=row_axis,
                                  col_axis=col_axis, fill_mode=fill_mode, cval=cval, order=interpolation_order)


def random_shift(x, wrg, hrg, row_axis=1, col_axis=2, channel_axis=0, fill_mode='nearest', cval=0., interpolation_order=1):
    """An image shifted by up to parts of its width and height."""
    tx = np.random.uniform(-hrg, hrg) * x.shape[row_axis]
    ty = np.random.uniform(-wrg, wrg) * x.shape[col_axis]
    return apply_affine_transform(x, tx=tx, ty=ty, row_axis=row_axis, col_axis=col_axis, channel_axis=channel_axis,
                                  fill_mode=fill_mode, cval=cval, order=interpolation_order)


def random_shear(x, intensity, row_axis=1, col_axis=2, channel_axis=0, fill_mode='nearest', cval=0., interpolation_order=1):
    """An image sheared by up to some degrees."""
    return apply_affine_transform(x, shear=np.random.uniform(-intensity, intensity), row_axis=row_axis, col_axis=col_axis,
                                  channel_axis=channel_axis, fill_mode=fill_mode, cval=cval, order=interpolation_order)


def random_zoom(x, zoom_range, row_axis=1, col_axis=2, channel_axis=0, fill_mode='nearest', cval=0., interpolation_order=1):
    """An image zoomed by factors of a range."""
    if len(zoom_range) != 2:
        raise ValueError('`zoom_range` should be a tuple or list of two floats. Received: %s' % (zoom_range,))
    zx, zy = (1, 1) if zoom_range[0] == 1 and zoom_range[1] == 1 else np.random.uniform(zoom_range[0], zoom_range[1], 2)
    return apply_affine_transform(x, zx=zx, zy=zy, row_axis=row_axis, col_axis=col_axis, channel_axis=channel_axis,
                                  fill_mode=fill_mode, cval=cval, order=interpolation_order)


def apply_channel_shift(x, intensity, channel_axis=0):
    """An image with a number added to each channel, within the range of its values."""
    x = np.rollaxis(x, channel_axis, 0)
    low, high = np.min(x), np.max(x)
    shifted = [np.clip(channel + intensity, low, high) for channel in x]
    return np.rollaxis(np.stack(shifted, axis=0), 0, channel_axis + 1)


def random_channel_shift(x, intensity_range, channel_axis=0):
    """An image with a random number added."""
    return apply_channel_shift(x, np.random.uniform(-intensity_range, intensity_range), channel_axis=channel_axis)


def apply_brightness_shift(x, brightness):
    """An image that is brighter by a factor."""
    low, high = np.min(x), np.max(x)
    scaled = (x - low) / (high - low) * 255 if high > low else np.zeros_like(x)
    return np.clip(np.floor(np.floor(scaled) * brightness), 0, 255).astype('float32')


def random_brightness(x, brightness_range):
    """An image that is brighter by a factor of a range."""
    if len(brightness_range) != 2:
        raise ValueError('`brightness_range should be tuple or list of two floats. Received: %s' % (brightness_range,))
    return apply_brightness_shift(x, np.random.uniform(brightness_range[0], brightness_range[1]))
