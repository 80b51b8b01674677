"""Elements on the way to a device. All devices of the process share one memory, so that nothing is copied."""
from reflow.data.ops import dataset_options, wrappers


def prefetch_to_device(device, buffer_size=None):
    """A transformation into the elements, some of which are made ahead, for `device`."""

    def _apply_fn(dataset):
        return dataset.apply(copy_to_device(target_device=device)).prefetch(buffer_size)

    return _apply_fn


def copy_to_device(target_device, source_device='/cpu:0'):
    """A transformation into the elements on `target_device`."""

    def _apply_fn(dataset):
        options = dataset_options.Options()
        options.experimental_optimization.apply_default_optimizations = False
        options.experimental_optimization.autotune = False
        return wrappers._OptionsDataset(dataset, options)

    return _apply_fn
