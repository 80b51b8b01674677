"""`tf.test.Benchmark`: classes whose methods benchmark... run with --benchmarks=REGEXP and report what they measure."""
import numbers
import os
import re
import statistics
import sys
import time

from reflow.platform import gfile
from reflow.platform import tf_logging as logging

_REPORT_PREFIX = 'TEST_REPORT_FILE_PREFIX'  # environment variable: where reports are written to

_classes = []


class Benchmark:
    """Subclasses are found by run()."""

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if not cls.is_abstract():
            _classes.append(cls)

    @classmethod
    def is_abstract(cls):
        """Whether it is a base of benchmarks and none itself."""
        return cls.__module__ == Benchmark.__module__

    def report_benchmark(self, iters=None, cpu_time=None, wall_time=None, throughput=None, extras=None, name=None,
                         metrics=None):
        """Reports times in seconds, the throughput in MB/s, a dict of other facts, and metrics: dicts of `name`, `value`
        and possibly `min_value` and `max_value`.

        The report is printed or, with TEST_REPORT_FILE_PREFIX in the environment, written to PREFIX + name. The name is
        that of the method that runs. IOError: the file exists. TypeError: `extras` is no dict, `metrics` no such list.
        """
        name = '%s.%s' % (type(self).__name__, name or self._method_that_runs())
        logging.info('Benchmark [%s] iters: %d, wall_time: %g, cpu_time: %g,throughput: %g, extras: %s, metrics: %s', name,
                     *(-1 if each is None else each for each in (iters, wall_time, cpu_time, throughput)),
                     extras or None, metrics or None)
        entries = _entries(name, iters, cpu_time, wall_time, throughput, extras, metrics)
        prefix = os.environ.get(_REPORT_PREFIX)
        if prefix is None:
            print(str(entries))
            return
        path = prefix + name.replace('/', '__')
        if gfile.Exists(path):
            raise IOError('File already exists: %s' % path)
        with gfile.GFile(path, 'wb') as file:
            file.write(entries.SerializeToString())

    def _method_that_runs(self):
        """The outermost method of this object on the stack."""
        name = None
        frame = sys._getframe(1)
        while frame is not None:
            if frame.f_locals.get('self') is self:
                name = frame.f_code.co_name
            frame = frame.f_back
        return name


def _entries(name, iters, cpu_time, wall_time, throughput, extras, metrics):
    from reflow.core.util import test_log_pb2
    entries = test_log_pb2.BenchmarkEntries()
    entry = entries.entry.add(name=name)
    for field, value in (('iters', iters), ('cpu_time', cpu_time), ('wall_time', wall_time), ('throughput', throughput)):
        if value is not None:
            setattr(entry, field, value)
    if not isinstance(extras or {}, dict):
        raise TypeError('extras must be a dict')
    for key, value in (extras or {}).items():
        if isinstance(value, numbers.Number):
            entry.extras[key].double_value = value
        else:
            entry.extras[key].string_value = str(value)
    if not isinstance(metrics or [], list):
        raise TypeError('metrics must be a list')
    for metric in metrics or []:
        for field in ('name', 'value'):
            if field not in metric:
                raise TypeError("metric must has a '%s' field" % field)
        added = entry.metrics.add(name=metric['name'], value=metric['value'])
        for field in ('min_value', 'max_value'):
            if field in metric:
                getattr(added, field).value = metric[field]
    return entries


def benchmark_config():
    """A ConfigProto that leaves the graph's control dependencies as they are."""
    from reflow.core.protobuf import config_pb2, rewriter_config_pb2
    config = config_pb2.ConfigProto()
    config.graph_options.rewrite_options.dependency_optimization = rewriter_config_pb2.RewriterConfig.OFF
    return config


class TensorFlowBenchmark(Benchmark):
    """A benchmark that runs ops."""

    def __init__(self):
        super().__init__()

    def run_op_benchmark(self, sess, op_or_tensor, feed_dict=None, burn_iters=2, min_iters=10, store_trace=False,
                         store_memory_usage=True, name=None, extras=None, mbs=0):
        """Reports the median time of `min_iters` runs after `burn_iters` others, and gives what it has reported.

        One more run is traced: `store_memory_usage` reports the peak of each allocator, `store_trace` adds the trace
        as `full_trace_chrome_format` to the extras that are given. `mbs` are the megabytes that a run moves.
        """
        for _ in range(burn_iters):
            sess.run(op_or_tensor, feed_dict=feed_dict)
        seconds = []
        for _ in range(min_iters):
            start = time.perf_counter()
            sess.run(op_or_tensor, feed_dict=feed_dict)
            seconds.append(time.perf_counter() - start)
        median = statistics.median(seconds)
        extras = {} if extras is None else extras
        timeline = _traced(sess, op_or_tensor, feed_dict) if store_trace or store_memory_usage else None
        if store_memory_usage:
            for allocator, peak in timeline.analyze_step_stats(show_memory=True).allocator_maximums.items():
                extras['allocator_maximum_num_bytes_%s' % allocator] = peak.num_bytes
        values = {'iters': min_iters, 'wall_time': median, 'extras': extras, 'name': name, 'throughput': mbs / median}
        self.report_benchmark(**values)
        if store_trace:
            extras['full_trace_chrome_format'] = timeline.generate_chrome_trace_format()
        return values

    def evaluate(self, tensors):
        """The values of tensors in the default session."""
        from reflow.framework import ops
        session = ops.get_default_session()
        if session is None:
            raise ValueError('Cannot evaluate tensors: there is no default session')
        return session.run(tensors)


def _traced(sess, op_or_tensor, feed_dict):
    from reflow.client import timeline
    from reflow.core.protobuf import config_pb2
    metadata = config_pb2.RunMetadata()
    sess.run(op_or_tensor, feed_dict=feed_dict,
             options=config_pb2.RunOptions(trace_level=config_pb2.RunOptions.FULL_TRACE), run_metadata=metadata)
    return timeline.Timeline(metadata.step_stats)


def wanted(argv):
    """Takes --benchmarks=REGEXP out of `argv`: the expression, None without one."""
    for arg in argv:
        if re.match('--?benchmarks=', arg):
            argv.remove(arg)
            return arg.partition('=')[2]
    return None


def run(pattern):
    """Calls the methods benchmark... of all subclasses whose `module.Class.method` matches; `all` matches all."""
    for cls in _classes:
        methods = [name for name in dir(cls) if name.startswith('benchmark') and callable(getattr(cls, name))]
        methods = [name for name in methods
                   if pattern == 'all' or re.search(pattern, '%s.%s.%s' % (cls.__module__, cls.__name__, name))]
        benchmark = cls() if methods else None
        for name in methods:
            getattr(benchmark, name)()
