"""What a fit of the package keras prints with callbacks, line by line: Keras 2.3.1's bar comes before what callbacks print."""
import re

import numpy as np
import pytest

pytest.importorskip('reflow._core', reason='only a build has the engine')
import reflow  # noqa: E402

reflow.install()
import keras  # noqa: E402


def test_callbacks_print_after_the_bar(capsys, tmp_path):
    model = keras.models.Sequential([keras.layers.Dense(1, kernel_initializer='ones', input_shape=(3,))])
    model.compile(keras.optimizers.SGD(0.), 'mse')
    model.fit(np.ones((4, 3)), np.ones((4, 1)), epochs=2, verbose=2, callbacks=[
        keras.callbacks.LearningRateScheduler(lambda epoch: 0.5 * epoch, verbose=1),
        keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: print('begin', epoch),
                                       on_epoch_end=lambda epoch, logs: print('end', epoch))])
    assert re.sub(r'\d+s - ', '0s - ', capsys.readouterr().out) == """Epoch 1/2

Epoch 00001: LearningRateScheduler setting learning rate to 0.0.
begin 0
 - 0s - loss: 4.0000
end 0
Epoch 2/2

Epoch 00002: LearningRateScheduler setting learning rate to 0.5.
begin 1
 - 0s - loss: 4.0000
end 1
"""
