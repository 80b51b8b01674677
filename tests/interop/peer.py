"""Runs the same program with Reflow and with a real TensorFlow, which REFLOW_PEER_PYTHON names."""
import atexit
import functools
import json
import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILT = pathlib.Path(os.environ.get('REFLOW_PYTHONPATH', ROOT / 'build/release/python'))
PEER = os.environ.get('REFLOW_PEER_PYTHON')

# Programs begin with this: `tf` is TensorFlow 1's interface of whichever version it is.
PRELUDE = '''
import os, sys
os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import numpy as np
import tensorflow as tf
if not tf.__version__.startswith('1.'):
    tf = tf.compat.v1
    tf.disable_v2_behavior()
tf.logging.set_verbosity(tf.logging.ERROR)
'''

needs_peer = pytest.mark.skipif(not PEER, reason='REFLOW_PEER_PYTHON names no Python with a real TensorFlow')
needs_build = pytest.mark.skipif(not list(BUILT.glob('reflow/_core*')), reason='needs the extension of the release build')


def _written(folder, program):
    path = folder / 'program.py'
    path.write_text(PRELUDE + program)
    return str(path)


def run_reflow(folder, program, *arguments):
    """The standard output of the program under Reflow."""
    done = subprocess.run([sys.executable, '-m', 'reflow', _written(folder, program), *map(str, arguments)], cwd=folder,
                          env={**os.environ, 'PYTHONPATH': str(BUILT)}, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@functools.cache
def _peer():
    """The process that has imported the real TensorFlow, once for all tests."""
    process = subprocess.Popen([PEER, str(pathlib.Path(__file__).with_name('forking_peer.py'))], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True, env={**os.environ, 'PYTHONPATH': '', 'TF_CPP_MIN_LOG_LEVEL': '3'})
    atexit.register(process.kill)
    return process


def run_peer(folder, program, *arguments):
    """The standard output of the program under the real TensorFlow."""
    output = {name: str(folder / ('peer.' + name)) for name in ('stdout', 'stderr')}
    request = dict(output, program=_written(folder, program), arguments=list(map(str, arguments)), folder=str(folder))
    print(json.dumps(request), file=_peer().stdin, flush=True)
    status = _peer().stdout.readline()
    assert status == '0\n', status + pathlib.Path(output['stderr']).read_text()[-3000:]
    return pathlib.Path(output['stdout']).read_text()
