"""Options of tf.profiler.profile."""

import copy

from reflow.profiler import tfprof_logger


def _options(**changes):
    options = dict(max_depth=10000, min_bytes=0, min_micros=0, min_params=0, min_float_ops=0, min_occurrence=0, order_by='name',
                   account_type_regexes=['.*'], start_name_regexes=['.*'], trim_name_regexes=[], show_name_regexes=['.*'],
                   hide_name_regexes=[], account_displayed_op_only=True, select=['micros'], step=-1, output='stdout')
    options.update(changes)
    return options


class ProfileOptionBuilder:
    """Makes a dict of options; each method but `build` gives the builder."""

    def __init__(self, options=None):
        if options is None:
            options = _options(max_depth=100, account_displayed_op_only=False)
        self._options = copy.deepcopy(options)

    @staticmethod
    def trainable_variables_parameter():
        """The options for parameters of trainable variables."""
        return _options(account_type_regexes=[tfprof_logger.TRAINABLE_VARIABLES], select=['params'])

    @staticmethod
    def float_operation():
        """The options for floating-point operations."""
        return _options(min_float_ops=1, order_by='float_ops', select=['float_ops'])

    @staticmethod
    def time_and_memory(min_micros=1, min_bytes=1, min_accelerator_micros=0, min_cpu_micros=0, min_peak_bytes=0,
                        min_residual_bytes=0, min_output_bytes=0):
        """The options for time and memory."""
        return _options(min_bytes=min_bytes, min_peak_bytes=min_peak_bytes, min_residual_bytes=min_residual_bytes,
                        min_output_bytes=min_output_bytes, min_micros=min_micros,
                        min_accelerator_micros=min_accelerator_micros, min_cpu_micros=min_cpu_micros, order_by='micros',
                        select=['micros', 'bytes'])

    def build(self):
        """The options."""
        return copy.deepcopy(self._options)

    def _with(self, **options):
        self._options.update(options)
        return self

    def with_max_depth(self, max_depth):
        """Shows nodes down to a depth."""
        return self._with(max_depth=max_depth)

    def with_min_memory(self, min_bytes=0, min_peak_bytes=0, min_residual_bytes=0, min_output_bytes=0):
        """Shows nodes that take as many bytes."""
        return self._with(min_bytes=min_bytes, min_peak_bytes=min_peak_bytes, min_residual_bytes=min_residual_bytes,
                          min_output_bytes=min_output_bytes)

    def with_min_execution_time(self, min_micros=0, min_accelerator_micros=0, min_cpu_micros=0):
        """Shows nodes that take as long."""
        return self._with(min_micros=min_micros, min_accelerator_micros=min_accelerator_micros,
                          min_cpu_micros=min_cpu_micros)

    def with_min_parameters(self, min_params):
        """Shows nodes with as many parameters."""
        return self._with(min_params=min_params)

    def with_min_occurrence(self, min_occurrence):
        """Shows types of operations that are there as often."""
        return self._with(min_occurrence=min_occurrence)

    def with_min_float_operations(self, min_float_ops):
        """Shows nodes with as many floating-point operations."""
        return self._with(min_float_ops=min_float_ops)

    def with_accounted_types(self, account_type_regexes):
        """Counts operations of types that a regular expression matches."""
        return self._with(account_type_regexes=copy.copy(account_type_regexes))

    def with_node_names(self, start_name_regexes=None, show_name_regexes=None, hide_name_regexes=None,
                        trim_name_regexes=None):
        """Begins at, shows, hides, or ends at nodes whose names a regular expression matches."""
        given = dict(start_name_regexes=start_name_regexes, show_name_regexes=show_name_regexes,
                     hide_name_regexes=hide_name_regexes, trim_name_regexes=trim_name_regexes)
        return self._with(**{name: copy.copy(value) for name, value in given.items() if value is not None})

    def account_displayed_op_only(self, is_true):
        """Counts what is shown alone."""
        return self._with(account_displayed_op_only=is_true)

    def with_empty_output(self):
        """Prints nothing."""
        return self._with(output='none')

    def with_stdout_output(self):
        """Prints to the standard output."""
        return self._with(output='stdout')

    def with_file_output(self, outfile):
        """Writes to a file."""
        return self._with(output='file:outfile=%s' % outfile)

    def with_timeline_output(self, timeline_file):
        """Writes a timeline."""
        return self._with(output='timeline:outfile=%s' % timeline_file)

    def with_pprof_output(self, pprof_file):
        """Writes for pprof."""
        return self._with(output='pprof:outfile=%s' % pprof_file)

    def order_by(self, attribute):
        """Orders nodes by what they have most of, or by name."""
        return self._with(order_by=attribute)

    def select(self, attributes):
        """Shows these attributes."""
        return self._with(select=copy.copy(attributes))

    def with_step(self, step):
        """Takes one step, -1 for the mean of all."""
        return self._with(step=step)
