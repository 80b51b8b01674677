"""Flags of the command line, `tf.flags`: those of absl, read without having been parsed, and with the older names of the
arguments of DEFINE_string and its sisters."""
import functools
import sys

from absl import flags as _absl_flags
from absl.flags import *  # noqa: F401,F403

_absl_flags.disclaim_key_flags()

_OLDER_NAMES = {'flag_name': 'name', 'default_value': 'default', 'docstring': 'help'}


def _with_older_names(define):
    @functools.wraps(define)
    def wrapper(*args, **kwargs):
        older = [name for name in _OLDER_NAMES if name in kwargs]
        if older:
            from reflow.platform import tf_logging
            tf_logging.warning('Use of the keyword argument names (flag_name, default_value, docstring) is deprecated, '
                               'please use (name, default, help) instead.')
        for name in older:
            kwargs[_OLDER_NAMES[name]] = kwargs.pop(name)
        return define(*args, **kwargs)

    return wrapper


DEFINE_string = _with_older_names(_absl_flags.DEFINE_string)
DEFINE_boolean = _with_older_names(_absl_flags.DEFINE_boolean)
DEFINE_bool = DEFINE_boolean
DEFINE_float = _with_older_names(_absl_flags.DEFINE_float)
DEFINE_integer = _with_older_names(_absl_flags.DEFINE_integer)


class _FlagValuesWrapper:
    """absl's FLAGS, but reading a flag before the command line was parsed parses sys.argv."""

    def __init__(self, values):
        object.__setattr__(self, '_values', values)

    def __getattr__(self, name):
        values = object.__getattribute__(self, '_values')
        # The methods of FlagValues are no flags; they, is_parsed() above all, work before the parsing.
        if not hasattr(type(values), name) and not values.is_parsed():
            values(sys.argv)
        return getattr(values, name)

    def __setattr__(self, name, value):
        setattr(self._values, name, value)

    def __delattr__(self, name):
        delattr(self._values, name)

    def __dir__(self):
        return dir(self._values)

    def __getitem__(self, name):
        return self._values[name]

    def __setitem__(self, name, flag):
        self._values[name] = flag

    def __contains__(self, name):
        return name in self._values

    def __len__(self):
        return len(self._values)

    def __iter__(self):
        return iter(self._values)

    def __str__(self):
        return str(self._values)

    def __call__(self, *args, **kwargs):
        return self._values(*args, **kwargs)


FLAGS = _FlagValuesWrapper(_absl_flags.FLAGS)
