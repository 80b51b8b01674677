"""Weights and arguments of the package's optimizers, which are Keras 2.3.1's: SGD has moments, and Adam a `vhat` for each
variable, whether or not they are used."""
import numpy as np
import pytest

pytest.importorskip('reflow._core', reason='only a build has the engine')
import reflow  # noqa: E402

reflow.install()
import keras  # noqa: E402


def trained(optimizer):
    keras.backend.clear_session()
    model = keras.models.Sequential([keras.layers.Dense(2, kernel_initializer='ones', input_shape=(3,))])
    model.compile(optimizer, 'mse')
    model.fit(np.ones((4, 3)), np.ones((4, 2)), epochs=2, verbose=0)
    return optimizer


@pytest.mark.parametrize('optimizer,shapes', [
    (keras.optimizers.SGD, [(), (3, 2), (2,)]), (keras.optimizers.RMSprop, [(), (3, 2), (2,)]),
    (keras.optimizers.Adam, [(), (3, 2), (2,), (3, 2), (2,), (1,), (1,)]),
    (keras.optimizers.Nadam, [(), (), (3, 2), (2,), (3, 2), (2,)])])
def test_weights(optimizer, shapes):
    optimizer = trained(optimizer())
    weights = optimizer.get_weights()
    assert [np.shape(weight) for weight in weights] == shapes == [tuple(w.shape.as_list()) for w in optimizer.weights]
    assert weights[0] == 2
    optimizer.set_weights([np.zeros_like(weight) for weight in weights])
    assert not any(np.any(weight) for weight in optimizer.get_weights())


def test_moments_of_sgd():
    np.testing.assert_array_equal(trained(keras.optimizers.SGD()).get_weights()[2], np.float32([-0.019200001] * 2))


def test_weights_of_another_number():
    optimizer = trained(keras.optimizers.SGD())
    with pytest.raises(ValueError, match=r'^Length of the specified weight list \(2\) does not match the number of weights of '
                                         r'the optimizer \(3\)$'):
        optimizer.set_weights(optimizer.get_weights()[:-1])


def test_arguments_have_the_precision_of_variables():
    assert keras.optimizers.SGD(.01, decay=.1).get_config() == {
        'learning_rate': 0.009999999776482582, 'momentum': 0.0, 'decay': 0.10000000149011612, 'nesterov': False}
    assert keras.optimizers.Adadelta().get_config()['rho'] == .95
    assert keras.optimizers.Nadam().get_config()['schedule_decay'] == .004
