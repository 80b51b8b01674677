"""Losses and metrics that programs add to models of layers, as TensorFlow 1.15.5 computes them, in graphs and eagerly."""
import subprocess
import sys

import pytest

pytest.importorskip('reflow._core', reason='only a build has the engine')

PROGRAM = '''
import sys
import numpy as np, tensorflow as tf
if sys.argv[1] == 'eager':
    tf.enable_eager_execution()
layers = tf.keras.layers
for nested, measured in (False, True), (True, False), (True, True):
    a, b = (tf.keras.Input((2,), name=name) for name in 'ab')
    inner = layers.Dense(1, kernel_initializer='ones')
    if nested:
        inner = tf.keras.Model(a, inner(a))
    outputs, other = inner(a), inner(b)
    model = tf.keras.Model([a, b], outputs)
    product = layers.Lambda(lambda t: tf.reduce_mean(t[0] * t[1]))([outputs, other])
    model.add_loss(product)
    if measured:
        model.add_metric(product, aggregation='mean', name='product')
    model.compile('sgd', 'mse')
    x, y = [np.ones((4, 2), 'f')] * 2, np.ones((4, 1), 'f')
    print(np.array(model.train_on_batch(x, y)).tolist(), len(model.losses), [type(each).__name__ for each in model.layers][3:])
'''


@pytest.mark.parametrize('mode', ['graph', 'eager'])
def test_losses_and_metrics_of_symbols(mode, tmp_path):
    program = tmp_path / 'program.py'
    program.write_text(PROGRAM)
    done = subprocess.run([sys.executable, '-W', 'ignore', '-m', 'reflow', program, mode], capture_output=True, text=True)
    assert done.stdout == '''\
[5.0, 4.0] 1 ['Lambda', 'AddLoss', 'AddMetric']
5.0 1 ['Lambda', 'AddLoss']
[5.0, 4.0] 1 ['Lambda', 'AddLoss', 'AddMetric']
''', done.stderr
