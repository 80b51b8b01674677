"""What models of time series share."""
import numpy as np

from reflow.contrib.timeseries.python.timeseries import feature_keys


def canonicalize_times_or_steps_from_output(times, steps, previous_model_output):
    """The times to predict, [batch, length]: those given, or so many steps after the last time of an evaluation.

    ValueError: not one of the two is given, or times that don't come after those of each series.
    """
    if steps is not None and times is not None:
        raise ValueError('Only one of `steps` and `times` may be specified.')
    if steps is None and times is None:
        raise ValueError('One of `steps` and `times` must be specified.')
    last = previous_model_output[feature_keys.FilteringResults.TIMES]
    if steps is not None:
        return last[:, -1:] + 1 + np.arange(steps)[None, ...]
    times = np.array(times)
    if times.ndim != 2:
        times = times[None, ...]
    if last.shape[0] != times.shape[0]:
        raise ValueError(
            '`times` must have a batch dimension matching the previous model output (got a batch dimension of {} for `times` '
            'and {} for the previous model output).'.format(times.shape[0], last.shape[0]))
    if not (last[:, -1] < times[:, 0]).all():
        raise ValueError('Prediction times must be after the corresponding previous model output.')
    return times
