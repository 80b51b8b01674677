"""Keras models as estimators of scikit-learn: what TensorFlow 1.15.5 printed for the same programs."""
import numpy as np
import pytest
import reflow.tensorflow as tf
from reflow.tensorflow.keras.wrappers.scikit_learn import KerasClassifier, KerasRegressor

X = np.random.RandomState(0).rand(40, 3).astype('f')


def build(units=4, loss='binary_crossentropy'):
    tf.keras.backend.clear_session()
    tf.set_random_seed(1)
    model = tf.keras.Sequential([tf.keras.layers.Dense(units, 'relu', input_shape=(3,)),
                                 tf.keras.layers.Dense(1 if 'binary' in loss else 3, 'sigmoid')])
    model.compile('sgd', loss, metrics=['accuracy'])
    return model


def test_classifier():
    labels = np.array(['a', 'b'])[(X.sum(1) > 1.5).astype(int)]
    classifier = KerasClassifier(build, units=5, epochs=3, batch_size=10, verbose=0)
    assert classifier.get_params() == {'build_fn': build, 'units': 5, 'epochs': 3, 'batch_size': 10, 'verbose': 0}
    history = classifier.fit(X, labels, shuffle=False)
    assert np.round(history.history['loss'], 4).tolist() == [0.6438, 0.6427, 0.6417]
    assert classifier.classes_.tolist() == ['a', 'b'] and classifier.predict(X[:3]).ravel().tolist() == ['b', 'b', 'b']
    assert classifier.predict_proba(X[:2]).shape == (2, 2) and abs(classifier.score(X, labels) - 0.575) < 1e-6
    classifier.set_params(loss='categorical_crossentropy')
    classifier.fit(X, np.arange(40) % 3, shuffle=False)
    assert classifier.n_classes_ == 3 and classifier.predict(X[:3]).tolist() == [2, 2, 2]
    assert abs(classifier.score(X, np.arange(40) % 3) - 0.35) < 1e-6
    with pytest.raises(ValueError, match='nothing is not a legal parameter'):
        KerasClassifier(build, nothing=3)


def test_regressor():
    def linear():
        tf.keras.backend.clear_session()
        tf.set_random_seed(1)
        model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(3,))])
        model.compile('sgd', 'mse')
        return model
    regressor = KerasRegressor(linear, epochs=2, verbose=0)
    regressor.fit(X, X.sum(1), shuffle=False)
    assert regressor.predict(X[:3]).shape == (3,) and abs(regressor.score(X, X.sum(1), verbose=0) + 1.161) < 1e-3
