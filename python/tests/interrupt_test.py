"""Ctrl-C ends a run of the main thread, and handlers of signals are called while it goes on."""
import signal
import subprocess
import sys

import pytest

pytest.importorskip('reflow._core', reason='only a build has the engine')

BEGIN = '''
import os, signal, sys, threading, time
import reflow.tensorflow as tf
signal.signal(signal.SIGINT, signal.default_int_handler)  # programs in the background inherit that it is ignored
queue = tf.FIFOQueue(1, tf.int32)
taken, put = queue.dequeue(), queue.enqueue(7)
sess = tf.Session()
sess.run(tf.constant(1))
'''


def run(program):
    """The output of a program that is interrupted once it has printed a line."""
    process = subprocess.Popen([sys.executable, '-u', '-c', BEGIN + program], stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True)
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    try:
        return process.communicate(timeout=60)[0], process.returncode
    finally:
        process.kill()


def test_a_run_that_waits():
    output, _ = run('''
try:
    print('start')
    sess.run(taken)
except KeyboardInterrupt:
    print('interrupted', sess.run(put), sess.run(taken))
''')
    assert output == 'interrupted None 7\n'


def test_a_callable_that_waits():
    output, _ = run('''
take = sess.make_callable(taken)
try:
    print('start')
    take()
except KeyboardInterrupt:
    print('interrupted')
''')
    assert output == 'interrupted\n'


def test_a_loop_without_end():
    output, _ = run('''
loop = tf.while_loop(lambda i: True, lambda i: tf.mod(i + 1, 7), [0])
try:
    print('start')
    sess.run(loop)
except KeyboardInterrupt:
    print('interrupted')
''')
    assert output == 'interrupted\n'


def test_a_partial_run_that_waits():
    output, _ = run('''
a = tf.placeholder(tf.int32, [])
total = a + taken
handle = sess.partial_run_setup([total], [a])
try:
    print('start')
    sess.partial_run(handle, total, {a: 1})
except KeyboardInterrupt:
    print('interrupted')
''')
    assert output == 'interrupted\n'


def test_a_programs_own_handler_is_called_and_the_run_goes_on():
    output, _ = run('''
def handle(number, frame):
    print('handled', flush=True)
    threading.Thread(target=sess.run, args=[put]).start()
signal.signal(signal.SIGINT, handle)
print('start')
print(sess.run(taken))
''')
    assert output == 'handled\n7\n'


def test_runs_of_other_threads_go_on():
    output, _ = run('''
results = []
thread = threading.Thread(target=lambda: results.append(int(sess.run(taken))))
thread.start()
try:
    print('start')
    time.sleep(60)
except KeyboardInterrupt:
    sess.run(put)
    thread.join()
    print(results)
''')
    assert output == '[7]\n'


def test_a_python_function_of_the_graph():
    output, _ = run('''
def wait(x):
    print('start')
    time.sleep(60)
    return x
slow = tf.py_func(wait, [1.], tf.float32)
try:
    sess.run(slow)
except KeyboardInterrupt:
    print('interrupted')
''')
    assert output == 'interrupted\n'
