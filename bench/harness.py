"""Timing and output of the peer-benchmark protocol, as harness.h has them: one JSON line a metric."""
import gzip
import json
import os
import resource
import statistics
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
THREADS = int(os.environ.get('BENCH_THREADS', '2'))
DATA = os.environ.get('BENCH_DATA', os.path.join(ROOT, 'data'))
SCRATCH = os.environ.get('BENCH_TMP', tempfile.gettempdir())

_beside = {}  # what the next line tells too: CPUs that other processes used, CPU time of one call


def emit(workload, metric, unit, samples):
    """Prints the line of a metric: the median of the samples, and the best of them (of 20 or more: the best 5 %)."""
    ordered = sorted(samples, reverse=unit.endswith('/s'))
    line = dict(peer='reflow-python', version=version(), workload=workload, metric=metric,
                value=float('%.5g' % statistics.median(samples)), unit=unit, threads=THREADS,
                best=float('%.5g' % ordered[len(ordered) // 20]), samples=len(ordered), **_beside)
    _beside.clear()
    print(json.dumps(line), flush=True)


def version():
    import reflow
    return reflow.__version__


def _foreign_seconds():
    """CPU seconds that the machine has spent outside of this process and its children."""
    with open('/proc/stat') as file:
        ticks = [int(number) for number in file.readline().split()[1:9]]
    busy = sum(ticks) - ticks[3] - ticks[4]
    return busy / os.sysconf('SC_CLK_TCK') - sum(os.times()[:4])


def _calls_per_sample(call):
    start = time.perf_counter()
    call()
    if time.perf_counter() - start >= 2e-3:
        return 1
    start = time.perf_counter()
    for _ in range(10):
        call()
    return max(1, int(2e-4 / ((time.perf_counter() - start) / 10)))


def seconds_per_call(call, seconds=1.0, window_seconds=0.1):
    """Two warm-up calls, then samples of one call each (calls under 2 ms: as many as take 0.2 ms) in windows.

    It goes on for `seconds`, twice that while other processes run; the third of the windows that they disturbed least
    counts, at least five.
    """
    call()
    calls = _calls_per_sample(call)
    windows, begin = [], time.perf_counter()
    while True:
        foreign, own, start, samples = _foreign_seconds(), time.process_time(), time.perf_counter(), []
        now = start
        while not samples or now - start < window_seconds:
            before = now
            for _ in range(calls):
                call()
            now = time.perf_counter()
            samples.append((now - before) / calls)
        windows.append(((_foreign_seconds() - foreign) / (now - start), samples,
                        (time.process_time() - own) / (calls * len(samples))))
        spent, quiet = now - begin, sum(window[0] < 0.15 for window in windows)
        if len(windows) >= 5 and spent > seconds and (quiet >= 5 or spent > 2 * seconds):
            break
    kept = sorted(windows, key=lambda window: window[0])[:max(5, len(windows) // 3)]
    _beside.update(foreign_cpus=round(statistics.median(window[0] for window in kept), 2),
                   cpu_us=float('%.5g' % (1e6 * statistics.median(window[2] for window in windows))))
    return [sample for window in kept for sample in window[1]]


def microseconds(samples):
    return [1e6 * sample for sample in samples]


def milliseconds(samples):
    return [1e3 * sample for sample in samples]


def rates(work, samples):
    return [work / sample for sample in samples]


def wall_seconds(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def cpu_seconds(call):
    """CPU seconds of a call, and what it gives."""
    start = time.process_time()
    result = call()
    return time.process_time() - start, result


def emit_processes(workload, run):
    """Wall time of five child processes after one for warm-up."""
    run()
    before = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
    samples = [run() for _ in range(5)]
    _beside['cpu_us'] = 1e6 * (sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) - before) / 5
    emit(workload, 'wall', 's', samples)


def emit_peak_memory(workload):
    emit(workload, 'peak_rss', 'MB', [resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024])


def mnist():
    """Training images as float32 [60000, 784] in 0..1 and one-hot labels [60000, 10]."""
    import numpy as np
    with gzip.open(os.path.join(DATA, 'mnist', 'train-images-idx3-ubyte.gz')) as file:
        images = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 784)
    with gzip.open(os.path.join(DATA, 'mnist', 'train-labels-idx1-ubyte.gz')) as file:
        labels = np.frombuffer(file.read(), np.uint8, offset=8)
    return images.astype(np.float32) / np.float32(255), np.eye(10, dtype=np.float32)[labels]


def batches(size, *arrays):
    """Endless consecutive slices of `size` rows."""
    while True:
        for start in range(0, len(arrays[0]) - size + 1, size):
            yield tuple(array[start:start + size] for array in arrays)


def main(workloads):
    """Runs the workloads that the command line names; without one lists them."""
    if len(sys.argv) == 1:
        print('\n'.join(name for name in workloads if not name.startswith('_')))
    for name in sys.argv[1:]:
        if name not in workloads:
            sys.exit('there is no workload %s' % name)
        workloads[name]()
