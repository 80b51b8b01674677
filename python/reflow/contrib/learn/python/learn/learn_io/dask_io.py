"""Data of dask. Reflow leaves its frames to `tf.data`: everything else is handed on as it is."""
from reflow.util import deprecation

HAS_DASK = False

_INSTEAD = 'Please feed input to tf.data to support dask.'


@deprecation.deprecated(None, _INSTEAD)
def extract_dask_data(data):
    """The data as it is."""
    return data


@deprecation.deprecated(None, _INSTEAD)
def extract_dask_labels(labels):
    """The labels as they are."""
    return labels
