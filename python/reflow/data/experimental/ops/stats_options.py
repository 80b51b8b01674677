"""Options of what is recorded of datasets."""
from reflow.data.experimental.ops import stats_aggregator
from reflow.data.util import options


class StatsOptions(options.OptionsBase):
    """What is recorded of a dataset as it runs."""

    aggregator = options.create_option('aggregator', stats_aggregator.StatsAggregator, 'Where it is recorded.')
    prefix = options.create_option('prefix', str, 'What the names of all records begin with.', lambda: '')
    counter_prefix = options.create_option('counter_prefix', str, 'What the names of counters begin with.', lambda: '')
    latency_all_edges = options.create_option('latency_all_edges', bool, 'Whether the latency of each dataset is recorded.')
