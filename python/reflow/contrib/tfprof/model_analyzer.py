"""Reports about models, under their older names."""

from reflow.contrib.tfprof import tfprof_logger
from reflow.profiler import model_analyzer
from reflow.util import deprecation

__all__ = ['advise', 'print_model_analysis', 'TRAINABLE_VARS_PARAMS_STAT_OPTIONS', 'FLOAT_OPS_OPTIONS',
           'PRINT_ALL_TIMING_MEMORY']

_DEFAULT_PROFILE_OPTIONS = 0
_DEFAULT_ADVISE_OPTIONS = 0


def _options(select, order_by='name', types='.*', **least):
    options = dict(max_depth=10000, min_bytes=0, min_micros=0, min_params=0, min_float_ops=0, order_by=order_by,
                   account_type_regexes=[types], start_name_regexes=['.*'], trim_name_regexes=[], show_name_regexes=['.*'],
                   hide_name_regexes=[], account_displayed_op_only=True, select=select, output='stdout', dump_to_file='')
    options.update(least)
    return options


TRAINABLE_VARS_PARAMS_STAT_OPTIONS = _options(['params'], types=tfprof_logger.TRAINABLE_VARIABLES)
FLOAT_OPS_OPTIONS = _options(['float_ops'], order_by='float_ops', min_float_ops=1)
PRINT_ALL_TIMING_MEMORY = _options(['micros', 'bytes'], min_bytes=1, min_micros=1)


@deprecation.deprecated('2018-01-01', 'Use `tf.profiler.advise(graph, run_meta, options)`. See README.md')
def advise(graph, run_meta=None, tfprof_options=_DEFAULT_ADVISE_OPTIONS):
    """tf.profiler.advise."""
    return model_analyzer.advise(graph, run_meta, tfprof_options)


@deprecation.deprecated('2018-01-01', 'Use `tf.profiler.profile(graph, run_meta, op_log, cmd, options)`. Build `options` '
                        'with `tf.profiler.ProfileOptionBuilder`. See README.md for details')
def print_model_analysis(graph, run_meta=None, op_log=None, tfprof_cmd='scope', tfprof_options=_DEFAULT_PROFILE_OPTIONS):
    """tf.profiler.profile."""
    return model_analyzer.profile(graph, run_meta, op_log, tfprof_cmd, tfprof_options)
