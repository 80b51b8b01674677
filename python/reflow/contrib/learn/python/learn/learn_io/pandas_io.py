"""Data frames as tf.contrib.learn takes them. Without pandas there are none, and all data is handed on as it is."""
from reflow.estimator.inputs import pandas_io as core_pandas_io
from reflow.estimator.inputs.queues import feeding_functions
from reflow.util import deprecation

HAS_PANDAS = core_pandas_io.HAS_PANDAS

PANDAS_DTYPES = {
    **{prefix + bits: 'int' for prefix in ('int', 'uint') for bits in ('8', '16', '32', '64')},
    'float16': 'float', 'float32': 'float', 'float64': 'float', 'bool': 'i'}

_INSTEAD = 'Please access pandas data directly.'


@deprecation.deprecated(None, 'Please use tf.compat.v1.estimator.inputs.pandas_input_fn')
def pandas_input_fn(x, y=None, batch_size=128, num_epochs=1, shuffle=True, queue_capacity=1000, num_threads=1,
                    target_column='target'):
    """An input_fn that gives batches of the columns of `x`, and of the targets `y`."""
    return core_pandas_io.pandas_input_fn(x=x, y=y, batch_size=batch_size, shuffle=shuffle, num_epochs=num_epochs,
                                          queue_capacity=queue_capacity, num_threads=num_threads,
                                          target_column=target_column)


def _is_frame(data):
    """Whether it is a DataFrame: a Series is none, and is left as it is."""
    return feeding_functions.is_data_frame(data) and hasattr(data, 'columns')


def _bad_columns(data):
    return [(str(column), data[column].dtype.name) for column in data if data[column].dtype.name not in PANDAS_DTYPES]


@deprecation.deprecated(None, _INSTEAD)
def extract_pandas_data(data):
    """The values of a data frame as floats. ValueError: there are others than int, float or bool."""
    if not _is_frame(data):
        return data
    bad = _bad_columns(data)
    if bad:
        raise ValueError('Data types for extracting pandas data must be int, float, or bool. Found: '
                         + ', '.join("'%s' type='%s'" % each for each in bad))
    return data.values.astype('float')


@deprecation.deprecated(None, _INSTEAD)
def extract_pandas_matrix(data):
    """The values of a data frame."""
    return data.values if _is_frame(data) else data


@deprecation.deprecated(None, _INSTEAD)
def extract_pandas_labels(labels):
    """The values of a data frame of one column. ValueError: more columns, or others than int, float or bool."""
    if not _is_frame(labels):
        return labels
    if len(labels.columns) > 1:
        raise ValueError('Only one column for labels is allowed.')
    bad = _bad_columns(labels)
    if bad:
        raise ValueError('Data types for extracting labels must be int, float, or bool. Found: '
                         + ', '.join("'%s' type=%s" % each for each in bad))
    return labels.values
