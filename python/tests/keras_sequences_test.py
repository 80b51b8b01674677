"""When a keras.utils.Sequence hears of the end of an epoch, and in which order its batches come. From TensorFlow 1.15.5
and Keras 2.3.1, whose threads make it: the first tells a Sequence when a further batch is taken, or while it validates."""
import random

import numpy as np
import pytest

pytest.importorskip('reflow._core', reason='only a build has the engine')
import reflow.tensorflow as tf  # noqa: E402
from reflow import keras_package  # noqa: E402


def run(method, keras=tf.keras, validation=None, only_inputs=False, **kwargs):
    """(on_epoch_end's calls, those of the validation's Sequence, numbers of batches, result)."""
    class Numbers(keras.utils.Sequence):
        def __init__(self, size):
            self.size = size
            self.ends = 0
            self.taken = []

        def __len__(self):
            return self.size

        def __getitem__(self, index):
            self.taken.append(index)
            inputs = np.full((2, 3), index, np.float32)
            return inputs if only_inputs else (inputs, np.ones((2, 1), np.float32))

        def on_epoch_end(self):
            self.ends += 1

    tf.keras.backend.clear_session()
    random.seed(1)
    model = keras.models.Sequential([keras.layers.Dense(1, kernel_initializer='ones', input_shape=(3,))])
    model.compile(keras.optimizers.SGD(0.), 'mse')
    batches, validated = Numbers(3), validation and Numbers(validation)
    if validation:
        kwargs['validation_data'] = validated
    result = getattr(model, method)(batches, **kwargs)
    return batches.ends, validated and validated.ends, batches.taken, result


@pytest.mark.parametrize('method', ['fit', 'fit_generator'])
def test_training_tells_of_the_passes_that_others_follow(method):
    options = {'verbose': 0, 'shuffle': False}
    assert run(method, **options)[0] == 0
    assert run(method, epochs=3, **options)[0] == 2
    assert run(method, epochs=3, steps_per_epoch=2, **options)[0] == 1
    assert run(method, steps_per_epoch=7, **options)[:3] == (2, None, [0, 1, 2, 0, 1, 2, 0])
    assert run(method, epochs=3, validation=2, **options)[:2] == (3, 0)
    assert run(method, epochs=3, validation=2, validation_freq=2, **options)[:2] == (2, 0)


def test_without_workers_nothing_is_told_and_nothing_shuffled():
    assert run('fit_generator', verbose=0, epochs=2, workers=0)[:3] == (0, None, [0, 1, 2, 0, 1, 2])
    assert run('fit', verbose=0, epochs=3, validation=2, workers=0)[0] == 0


def test_the_order_is_pythons_random_order_of_the_last_one():
    assert run('fit_generator', verbose=0, epochs=3)[2] == [1, 2, 0, 0, 1, 2, 0, 2, 1]


def test_evaluation_and_prediction():
    assert run('evaluate', verbose=0)[0] == run('predict', only_inputs=True)[0] == 0
    assert run('evaluate', verbose=0, steps=5)[0] == run('predict', only_inputs=True, steps=5)[0] == 1
    assert run('evaluate', verbose=0, workers=0, steps=5)[0] == 0


def test_the_package_keras_tells_of_each_epoch():
    keras, options = keras_package, {'verbose': 0, 'shuffle': False}
    assert run('fit_generator', keras, **options)[0] == 1
    assert run('fit_generator', keras, epochs=3, **options)[0] == 3
    assert run('fit_generator', keras, epochs=3, workers=0, **options)[0] == 3
    assert run('fit_generator', keras, epochs=3, steps_per_epoch=2, **options)[0] == 1
    assert run('fit_generator', keras, epochs=3, steps_per_epoch=2, workers=0, **options)[0] == 3


def test_the_package_keras_gives_the_loss_of_the_last_batch_and_goes_on_validating():
    assert run('evaluate_generator', keras_package)[3] == 25
    ends, validated, _, history = run('fit_generator', keras_package, epochs=3, validation=2, validation_steps=1, verbose=0)
    assert (ends, validated, history.history['val_loss']) == (3, 1, [1, 4, 1])
