"""Runs the same program with Reflow and with a real TensorFlow, which REFLOW_PEER_PYTHON names."""
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


def _run(command, environment, folder, program, arguments):
    path = folder / 'program.py'
    path.write_text(PRELUDE + program)
    done = subprocess.run([*command, str(path), *map(str, arguments)], env={**os.environ, **environment}, cwd=folder,
                          capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def run_reflow(folder, program, *arguments):
    """The standard output of the program under Reflow."""
    return _run([sys.executable, '-m', 'reflow'], {'PYTHONPATH': str(BUILT)}, folder, program, arguments)


def run_peer(folder, program, *arguments):
    """The standard output of the program under the real TensorFlow."""
    return _run([PEER], {'PYTHONPATH': ''}, folder, program, arguments)
