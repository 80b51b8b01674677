"""Reflow in one process with a real TensorFlow that was imported first."""
import os
import subprocess

import pytest
from peer import BUILT, PEER, needs_build, needs_peer

PROGRAM = '''
import tensorflow as other
before = other.__version__
import reflow.tensorflow as tf
graph = tf.Graph()
with graph.as_default(), tf.Session() as sess:
    x = tf.placeholder(tf.float32, [2, 2])
    print(sess.run(tf.matmul(x, x), {x: [[1, 2], [3, 4]]}).tolist())
    print([node.op for node in tf.GraphDef.FromString(graph.as_graph_def().SerializeToString()).node])
print(other.__version__ == before != tf.__version__)
print(other.compat.v1.GraphDef is not tf.GraphDef)
'''


def version_of_extension():
    """(3, 11) of _core.cpython-311-x86_64-linux-gnu.so."""
    digits = next(BUILT.glob('reflow/_core*')).name.split('-')[1]
    return int(digits[0]), int(digits[1:])


@needs_peer
@needs_build
def test_both_work():
    version = subprocess.run([PEER, '-c', 'import sys; print(*sys.version_info[:2])'], capture_output=True, text=True).stdout
    if tuple(map(int, version.split())) != version_of_extension():
        pytest.skip(f"the build's extension is of another Python than the peer's {version}")
    done = subprocess.run([PEER, '-c', PROGRAM], capture_output=True, text=True,
                          env={**os.environ, 'PYTHONPATH': str(BUILT), 'TF_CPP_MIN_LOG_LEVEL': '3'})
    assert done.stdout.splitlines() == ['[[7.0, 10.0], [15.0, 22.0]]', "['Placeholder', 'MatMul']", 'True', 'True'], done.stderr
