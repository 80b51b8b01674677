"""Options of the optimizations of datasets."""
from reflow.data.util import options


class MapVectorizationOptions(options.OptionsBase):
    """Options of the optimization that makes one call of many."""

    enabled = options.create_option('enabled', bool, 'Whether functions are called with batches.')
    use_choose_fastest = options.create_option('use_choose_fastest', bool, 'Whether the faster way is chosen as it runs.')

    def _static_optimizations(self):
        return ['map_vectorization'] if self.enabled else []

    def _static_optimization_configs(self):
        return ['map_vectorization:use_choose_fastest:%s' % ('true' if self.use_choose_fastest else 'false')]


class OptimizationOptions(options.OptionsBase):
    """Which optimizations there are to be; None: as TensorFlow thinks best."""

    apply_default_optimizations = options.create_option(
        'apply_default_optimizations', bool, 'Whether those are made that nobody has asked for.')
    autotune = options.create_option('autotune', bool, 'Whether parameters are tuned.')
    autotune_algorithm = options.create_option('autotune_algorithm', int, 'How parameters are tuned.')
    autotune_buffers = options.create_option('autotune_buffers', bool, 'Whether sizes of buffers are tuned, too.')
    autotune_cpu_budget = options.create_option('autotune_cpu_budget', int, 'How many cores tuning counts with.')
    filter_fusion = options.create_option('filter_fusion', bool, 'Whether filters become one.')
    filter_with_random_uniform_fusion = options.create_option(
        'filter_with_random_uniform_fusion', bool, 'Whether a filter by a random number becomes a sample.')
    hoist_random_uniform = options.create_option(
        'hoist_random_uniform', bool, 'Whether random numbers are taken out of functions.')
    map_and_batch_fusion = options.create_option('map_and_batch_fusion', bool, 'Whether map and batch become one.')
    map_and_filter_fusion = options.create_option('map_and_filter_fusion', bool, 'Whether map and filter become one.')
    map_fusion = options.create_option('map_fusion', bool, 'Whether maps become one.')
    map_parallelization = options.create_option('map_parallelization', bool, 'Whether maps without state run in parallel.')
    map_vectorization = options.create_option(
        'map_vectorization', MapVectorizationOptions, 'How functions are called with batches.', MapVectorizationOptions)
    noop_elimination = options.create_option('noop_elimination', bool, 'Whether what does nothing is left out.')
    parallel_batch = options.create_option('parallel_batch', bool, 'Whether batches are copied in parallel.')
    shuffle_and_repeat_fusion = options.create_option(
        'shuffle_and_repeat_fusion', bool, 'Whether shuffle and repeat become one.')

    def _static_optimizations(self):
        """The names of those that are to be made."""
        default = ('map_and_batch_fusion', 'noop_elimination', 'shuffle_and_repeat_fusion')
        asked = default + ('filter_fusion', 'filter_with_random_uniform_fusion', 'hoist_random_uniform',
                           'map_and_filter_fusion', 'map_parallelization', 'map_fusion', 'parallel_batch')
        result = {name for name in asked if getattr(self, name)}
        if self.apply_default_optimizations is not False:
            result.update(name for name in default if getattr(self, name) is not False)
        if self.map_vectorization is not None:
            result.update(self.map_vectorization._static_optimizations())
        if self.autotune is not False and self.autotune_buffers:
            result.add('inject_prefetch')
        return sorted(result)

    def _static_optimization_configs(self):
        return [] if self.map_vectorization is None else self.map_vectorization._static_optimization_configs()
