"""What all backends of Keras have."""

from reflow.keras.backend import (epsilon, floatx, image_data_format, set_epsilon, set_floatx,  # noqa: F401
                                  set_image_data_format)


def normalize_data_format(value):
    """'channels_first' or 'channels_last'; None is what image_data_format says. ValueError: anything else."""
    value = image_data_format() if value is None else value
    order = value.lower()
    if order not in ('channels_first', 'channels_last'):
        raise ValueError('The `data_format` argument must be one of "channels_first", "channels_last". Received: ' + str(value))
    return order
