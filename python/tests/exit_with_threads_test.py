"""Programs that end while their threads still run the engine."""

import subprocess
import sys

import pytest

PROGRAM = '''
import threading, time
import numpy as np
import tensorflow as tf
%s
sess = tf.Session()
def work():
    while True:
        sess.run(y, {x: np.float32(1)})
for _ in range(8):
    threading.Thread(target=work, daemon=True).start()
time.sleep(0.2)
print('done')
'''

GRAPHS = {
    'ops': "x = tf.placeholder(tf.float32); y = x + 1",
    'products': "x = tf.placeholder(tf.float32); y = tf.matmul(*2 * [tf.random_normal([1000, 1000]) + x])",
    'waiting': "x = tf.placeholder(tf.float32); y = tf.FIFOQueue(1, tf.float32).dequeue()",
    'python functions': "x = tf.placeholder(tf.float32); y = tf.py_func(lambda v: v + 1, [x], tf.float32)",
}


@pytest.mark.parametrize('graph', GRAPHS)
def test_daemon_threads_do_not_end_the_process_with_an_abort(graph, tmp_path):
    program = tmp_path / 'program.py'
    program.write_text(PROGRAM % GRAPHS[graph])
    for _ in range(3):
        ended = subprocess.run([sys.executable, '-m', 'reflow', program], capture_output=True, text=True, timeout=60)
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, 'done\n', '')
