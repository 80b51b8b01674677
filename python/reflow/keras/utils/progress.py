"""The progress bars of Keras."""

import sys
import time

import numpy as np


class Progbar:
    """Shows how far training is, and the values of metrics."""

    def __init__(self, target, width=30, verbose=1, interval=0.05, stateful_metrics=None, unit_name='step'):
        self.target = target
        self.width = width
        self.verbose = verbose
        self.interval = interval
        self.unit_name = unit_name
        self.stateful_metrics = set(stateful_metrics or ())
        self._dynamic_display = self._is_rewritable()
        self._total_width = 0
        self._seen_so_far = 0
        self._values = {}  # name -> [sum, weight]
        self._start = time.time()
        self._last_update = 0

    @staticmethod
    def _is_rewritable():
        """Whether lines may be written over: TensorFlow's Keras always does."""
        return True

    def update(self, current, values=None):
        """Shows that step `current` is done, with pairs of name and value of the last step."""
        weight = current - self._seen_so_far
        for name, value in values or ():
            if name in self.stateful_metrics:
                self._values[name] = [value, 1]
            else:
                known = self._values.setdefault(name, [0, 0])
                known[0] += value * weight
                known[1] += weight
        self._seen_so_far = current
        now = time.time()
        if self.verbose == 1:
            if now - self._last_update < self.interval and self.target is not None and current < self.target:
                return
            self._show_bar(current, now)
        elif self.verbose == 2:
            self._show_line(current, now)
        self._last_update = now

    def add(self, n, values=None):
        """Shows that `n` more steps are done."""
        self.update(self._seen_so_far + n, values)

    def _show_bar(self, current, now):
        previous_width = self._total_width
        sys.stdout.write('\b' * previous_width + '\r' if self._dynamic_display else '\n')
        is_last = self.target is not None and current >= self.target
        bar = self._bar(current)
        sys.stdout.write(bar)
        per_unit = (now - self._start) / current if current else 0
        if self.target is not None and current < self.target:
            info = ' - ETA: ' + _duration(per_unit * (self.target - current))
        else:
            info = ' - %.0fs' % (now - self._start) + self._pace(per_unit)
        info += self._shown_values(lambda average: abs(average) > 1e-3)
        self._total_width = len(bar) + len(info)
        if previous_width > self._total_width:
            info += ' ' * (previous_width - self._total_width)
        sys.stdout.write(info + '\n' if is_last else info)
        sys.stdout.flush()

    def _bar(self, current):
        if self.target is None:
            return '%7d/Unknown' % current
        digits = int(np.log10(self.target)) + 1
        filled = int(self.width * float(current) / self.target)
        tip = ('>' if current < self.target else '=') if filled > 0 else ''
        return '%*d/%d [' % (digits, current, self.target) + '=' * (filled - 1) + tip + '.' * (self.width - filled) + ']'

    def _pace(self, per_unit):
        if per_unit >= 1 or per_unit == 0:
            return ' %.0fs/%s' % (per_unit, self.unit_name)
        if per_unit >= 1e-3:
            return ' %.0fms/%s' % (per_unit * 1e3, self.unit_name)
        return ' %.0fus/%s' % (per_unit * 1e6, self.unit_name)

    def _shown_values(self, is_large):
        text = ''
        for name, (total, weight) in self._values.items():
            average = np.mean(total / max(1, weight))
            text += ' - %s:' % name + (' %.4f' if is_large(average) else ' %.4e') % average
        return text

    def _show_line(self, current, now):
        if self.target is None or current < self.target:
            return
        digits = int(np.log10(self.target)) + 1
        sys.stdout.write('%*d/%d' % (digits, current, self.target) + ' - %.0fs' % (now - self._start) +
                         self._shown_values(lambda average: average > 1e-3) + '\n')
        sys.stdout.flush()


class LineProgbar(Progbar):
    """The progress bar of the package keras: it begins a line at each update, where no terminal shows it."""

    @staticmethod
    def _is_rewritable():
        return (hasattr(sys.stdout, 'isatty') and sys.stdout.isatty()) or 'ipykernel' in sys.modules

    def _pace(self, per_unit):
        return super()._pace(per_unit) if per_unit else ' 0us/%s' % self.unit_name

    def _show_line(self, current, now):
        if self.target is None or current >= self.target:
            sys.stdout.write(' - %.0fs' % (now - self._start) + self._shown_values(lambda average: average > 1e-3) + '\n')
            sys.stdout.flush()


def _duration(seconds):
    if seconds > 3600:
        return '%d:%02d:%02d' % (seconds // 3600, (seconds % 3600) // 60, seconds % 60)
    if seconds > 60:
        return '%d:%02d' % (seconds // 60, seconds % 60)
    return '%ds' % seconds
