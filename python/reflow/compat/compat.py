"""Which older readers a graph must still serve, `tf.compat.forward_compatible`.

The horizon is a date: TensorFlow 1.15 writes nothing that a TensorFlow of before it can't read. The environment variable
TF_FORWARD_COMPATIBILITY_DELTA_DAYS moves it.
"""
import os

_HORIZON = (2019, 8, 21)
_horizon = None  # (year, month, day), when it is known


def _shifted(date, days):
    import datetime
    shifted = datetime.date(*date) + datetime.timedelta(days=days)
    return shifted.year, shifted.month, shifted.day


def forward_compatible(year, month, day):
    """Whether what was new at that date may be written now."""
    global _horizon
    if _horizon is None:
        days = os.environ.get('TF_FORWARD_COMPATIBILITY_DELTA_DAYS')
        _horizon = _shifted(_HORIZON, int(days)) if days else _HORIZON
    return _horizon > (year, month, day)


class forward_compatibility_horizon:
    """A context in which the horizon is the given date; also a decorator that runs a function in it."""

    def __init__(self, year, month, day):
        self._date = (year, month, day)

    def __enter__(self):
        global _horizon
        self._before, _horizon = _horizon, self._date

    def __exit__(self, *exception):
        global _horizon
        _horizon = self._before
        return False

    def __call__(self, function):
        import functools

        @functools.wraps(function)
        def inside(*args, **kwargs):
            with forward_compatibility_horizon(*self._date):
                return function(*args, **kwargs)

        return inside
