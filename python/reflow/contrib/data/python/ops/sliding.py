"""Batches that overlap."""
from reflow.util import deprecation


@deprecation.deprecated_args(None, 'stride is deprecated, use window_shift instead', 'stride')
@deprecation.deprecated(None, 'Use `tf.data.Dataset.window(size=window_size, shift=window_shift, '
                        'stride=window_stride).flat_map(lambda x: x.batch(window_size))` instead.')
def sliding_window_batch(window_size, stride=None, window_shift=None, window_stride=1):
    """A transformation into batches of `window_size` elements, which begin `window_shift` elements after one another."""
    if stride is not None and window_shift is not None:
        raise ValueError('Cannot specify both `stride` and `window_shift`')
    shift = window_shift or stride or 1

    def _apply_fn(dataset):
        from reflow.data.ops import dataset_ops
        from reflow.data.util import nest
        windows = dataset.window(size=window_size, shift=shift, stride=window_stride, drop_remainder=True)

        def batch_components(*components):
            return dataset_ops.Dataset.zip(nest.map_structure(
                lambda window: window.batch(window_size), components if len(components) > 1 else components[0]))

        return windows.flat_map(batch_components)

    return _apply_fn
