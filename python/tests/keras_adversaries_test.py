"""Models train what was trainable when they were compiled: the discriminator of adversarial networks, which is frozen in the
model that trains the generator. As TensorFlow 1.15.5 and Keras 2.3.1 do."""
import subprocess
import sys

import pytest

CODE = """
import sys
import numpy as np
import reflow
reflow.install()
import tensorflow as tf
tf.logging.set_verbosity(tf.logging.ERROR)
if sys.argv[1] == 'keras':
    import keras
else:
    keras = tf.keras
    if sys.argv[1] == 'eager':
        tf.enable_eager_execution()
layers, models = keras.layers, keras.models
judge = models.Sequential([layers.Dense(2, input_shape=(3,)), layers.BatchNormalization(), layers.Dense(1)])
judge.compile('sgd', 'mse')
noise = layers.Input((2,))
maker = models.Sequential([layers.Dense(3, input_shape=(2,))])
judge.trainable = False
both = models.Model(noise, judge(maker(noise)))
both.compile('sgd', 'mse')


def changed(model, size):
    before = judge.get_weights(), maker.get_weights()
    model.train_on_batch(np.random.RandomState(0).rand(4, size), np.ones((4, 1)))
    after = judge.get_weights(), maker.get_weights()
    return [''.join('01'[bool((a != b).any())] for a, b in zip(*pair)) for pair in zip(before, after)]


print(changed(judge, 3), changed(both, 2), changed(judge, 3), len(judge.trainable_weights))
judge.trainable = True
print(changed(both, 2), len(both.trainable_weights))
"""


@pytest.mark.parametrize('way,wanted', [
    ('graph', "['11111111', '00'] ['00000000', '11'] ['11111111', '00'] 0\n['00000000', '11'] 8\n"),
    ('eager', "['11111111', '00'] ['00000000', '11'] ['11111111', '00'] 0\n['00000000', '11'] 8\n"),
    ('keras', "['11110011', '00'] ['00000000', '11'] ['11110011', '00'] 0\n['00000000', '11'] 8\n")])
def test_a_frozen_model_trains_as_it_was_compiled(way, wanted):
    pytest.importorskip('reflow._core', reason='only a build has the engine')
    done = subprocess.run([sys.executable, '-c', CODE, way], capture_output=True, text=True, timeout=120)
    assert done.stdout == wanted, done.stderr
