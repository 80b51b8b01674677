"""Metrics of a process: counters, gauges and samplers, with a cell for each tuple of labels.

Libraries make them when they are imported and count what of them is used. The numbers are the process's: nothing exports them.
"""
import bisect
import sys
import threading

_LOCK = threading.Lock()


class _Cell:
    """One value. Thread-safe."""

    def __init__(self, value):
        self._value = value

    def value(self):
        """The current value."""
        return self._value


class CounterCell(_Cell):
    """A cell of a Counter."""

    def increase_by(self, value):
        """Adds `value`, which isn't negative."""
        with _LOCK:
            self._value += int(value)


class _GaugeCell(_Cell):

    def set(self, value):
        """Replaces the value."""
        self._value = self._type(value)


class IntGaugeCell(_GaugeCell):
    """A cell of an IntGauge."""
    _type = int


class StringGaugeCell(_GaugeCell):
    """A cell of a StringGauge."""
    _type = str


class BoolGaugeCell(_GaugeCell):
    """A cell of a BoolGauge."""
    _type = bool


class SamplerCell:
    """A cell of a Sampler: a histogram. Thread-safe."""

    def __init__(self, limits):
        from reflow.core.framework import summary_pb2
        self._histogram = summary_pb2.HistogramProto(bucket_limit=limits, bucket=[0.0] * len(limits))

    def add(self, value):
        """Adds a sample."""
        histogram = self._histogram
        with _LOCK:
            histogram.min = min(histogram.min, value) if histogram.num else value
            histogram.max = max(histogram.max, value) if histogram.num else value
            histogram.num += 1
            histogram.sum += value
            histogram.sum_squares += value * value
            histogram.bucket[min(bisect.bisect_right(histogram.bucket_limit, value), len(histogram.bucket) - 1)] += 1

    def value(self):
        """A HistogramProto of the samples."""
        copy = type(self._histogram)()
        with _LOCK:
            copy.CopyFrom(self._histogram)
        return copy


class Metric:
    """Cells by labels. ValueError: more labels than a metric of this kind may have."""

    _MAX_LABELS = 2

    def __init__(self, new_cell, labels):
        self._name = type(self).__name__
        if len(labels) > self._MAX_LABELS:
            raise ValueError('Cannot create %s metric with label >= %d' % (self._name, self._MAX_LABELS + 1))
        self._num_labels = len(labels)
        self._new_cell = new_cell
        self._cells = {}

    def get_cell(self, *labels):
        """The cell of these labels. ValueError: not as many as the metric has."""
        if len(labels) != self._num_labels:
            raise ValueError('The %s expects taking %d labels' % (self._name, self._num_labels))
        with _LOCK:
            if labels not in self._cells:
                self._cells[labels] = self._new_cell()
            return self._cells[labels]


class Counter(Metric):
    """Numbers that only grow."""

    def __init__(self, name, description, *labels):
        del name, description
        super().__init__(lambda: CounterCell(0), labels)


class IntGauge(Metric):
    """Whole numbers."""

    def __init__(self, name, description, *labels):
        del name, description
        super().__init__(lambda: IntGaugeCell(0), labels)


class StringGauge(Metric):
    """Strings."""

    def __init__(self, name, description, *labels):
        del name, description
        super().__init__(lambda: StringGaugeCell(''), labels)


class BoolGauge(Metric):
    """Whether something is so."""

    def __init__(self, name, description, *labels):
        del name, description
        super().__init__(lambda: BoolGaugeCell(False), labels)


class Buckets:
    """The upper limits of a histogram's buckets."""

    def __init__(self, buckets):
        self.buckets = buckets


class ExponentialBuckets(Buckets):
    """`bucket_count` limits, of which the first is `scale` and each is `growth_factor` times the one before."""

    def __init__(self, scale, growth_factor, bucket_count):
        super().__init__([scale * growth_factor ** i for i in range(bucket_count)])


class Sampler(Metric):
    """Histograms."""

    def __init__(self, name, buckets, description, *labels):
        del name, description
        limits = [*buckets.buckets, sys.float_info.max]
        super().__init__(lambda: SamplerCell(limits), labels)
