"""Methods of Keras models for one batch, given datasets and iterators: in graphs TensorFlow 1.15.5 takes both."""
import numpy as np
import pytest

import reflow.tensorflow as tf
from reflow.eager import context

X = np.arange(8, dtype=np.float32).reshape(4, 2)


def batches():
    return tf.data.Dataset.from_tensor_slices((X, X[:, :1])).batch(2)


def model():
    result = tf.keras.Sequential([tf.keras.layers.Dense(1, kernel_initializer='ones', input_shape=(2,))])
    result.compile(tf.keras.optimizers.SGD(0.), 'mse')
    return result


def test_one_batch_of_a_dataset_is_its_first_and_of_an_iterator_the_next():
    with tf.Graph().as_default():
        net, iterator = model(), batches().make_one_shot_iterator()
        assert net.train_on_batch(batches()) == net.train_on_batch(batches()) == 5
        assert net.train_on_batch(iterator) == 5
        assert net.test_on_batch(iterator) == 37
        assert net.predict_on_batch(batches()).tolist() == [[1], [5]]
        with pytest.raises(ValueError, match='you should not specify a target'):
            net.train_on_batch(batches(), X)


def test_eager_models_take_datasets():
    with context.eager_mode():
        net = model()
        assert net.train_on_batch(batches()) == 5 == net.test_on_batch(batches())
