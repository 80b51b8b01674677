#!/usr/bin/env python3
"""The workloads of the peer-benchmark protocol through Python: reflow_bench.py WORKLOAD...

It runs with the project's .venv and the release build where these are there. BENCH_THREADS (2): size of the thread pool;
BENCH_DATA: folder with mnist/ (default: the repository's data/), ptb/ and images/; BENCH_TMP: folder for files that are
written.
"""
import importlib
import os
import sys

import harness

ENVIRONMENT_PYTHON = os.path.join(harness.ROOT, '.venv/bin/python')
BUILT_PACKAGE = os.path.join(harness.ROOT, 'build/release/python')

# Which module has which; the engine is loaded by those that need it.
WORKLOADS = {
    'processes': ('import', 'size', 'first_step'),
    'overheads': ('null_run', 'graph_build'),
    'networks': ('mnist_mlp', 'mlp_width', 'lenet', '_first_step'),
    'language_model': ('ptb_lstm',),
    'kernels': ('matmul', 'conv2d', 'elementwise', 'sparse'),
    'files': ('checkpoint', 'tfrecord', 'image'),
}


def run_in_project():
    """Begins again with the project's interpreter and its newest build."""
    if 'REFLOW_BENCH_STARTED' in os.environ or not os.path.exists(ENVIRONMENT_PYTHON):
        return
    paths = [BUILT_PACKAGE] if os.path.exists(os.path.join(BUILT_PACKAGE, 'reflow')) else []
    if 'PYTHONPATH' in os.environ:
        paths.append(os.environ['PYTHONPATH'])
    environment = dict(os.environ, REFLOW_BENCH_STARTED='1', PYTHONPATH=os.pathsep.join(paths))
    os.execve(ENVIRONMENT_PYTHON, [ENVIRONMENT_PYTHON, os.path.abspath(__file__), *sys.argv[1:]], environment)


def workload(module, name):
    return lambda: getattr(importlib.import_module(module), 'import_time' if name == 'import' else name)()


if __name__ == '__main__':
    run_in_project()
    harness.main({name: workload(module, name) for module, names in WORKLOADS.items() for name in names})
