"""tf.data.Options."""
from reflow.data.experimental.ops import distribute_options, optimization_options, stats_options, threading_options
from reflow.data.util import options as options_lib


class Options(options_lib.OptionsBase):
    """How a dataset is to run; None: as TensorFlow thinks best."""

    experimental_deterministic = options_lib.create_option(
        'experimental_deterministic', bool, 'Whether elements come in an order that is always the same.')
    experimental_distribute = options_lib.create_option(
        'experimental_distribute', distribute_options.DistributeOptions, 'How it is divided among workers.',
        distribute_options.DistributeOptions)
    experimental_optimization = options_lib.create_option(
        'experimental_optimization', optimization_options.OptimizationOptions, 'How it is optimized.',
        optimization_options.OptimizationOptions)
    experimental_slack = options_lib.create_option(
        'experimental_slack', bool, 'Whether the last prefetch gives way to the step.')
    experimental_stats = options_lib.create_option(
        'experimental_stats', stats_options.StatsOptions, 'What is recorded of it.', stats_options.StatsOptions)
    experimental_threading = options_lib.create_option(
        'experimental_threading', threading_options.ThreadingOptions, 'How many threads it uses.',
        threading_options.ThreadingOptions)
    experimental_stateful_whitelist = options_lib.create_option(
        'experimental_stateful_whitelist', list, 'The operations with state that do not keep it from being saved.')

    def _static_optimizations(self):
        """The names of the optimizations that are to be made."""
        result = list(self.experimental_optimization._static_optimizations())
        if self.experimental_deterministic is False:
            result.append('make_sloppy')
        if self.experimental_stats and self.experimental_stats.latency_all_edges:
            result.append('latency_all_edges')
        if self.experimental_slack:
            result.append('slack')
        if self.experimental_distribute and self.experimental_distribute._make_stateless:
            result.append('make_stateless')
        return result

    def _static_optimization_configs(self):
        """What else is said of them."""
        result = []
        if self.experimental_optimization:
            result += self.experimental_optimization._static_optimization_configs()
        if self.experimental_slack:
            result.append('slack:slack_period:%d' % (self.experimental_distribute.num_devices or 1))
        return result

    def merge(self, options):
        """These options and those of `options`. Raises ValueError if both set one differently."""
        return options_lib.merge_options(self, options)
