"""Statistics of ImageDataGenerator.fit, which are of rescaled images, as with TensorFlow 1.15.5 and keras_preprocessing."""
import numpy as np
import pytest

pytest.importorskip('reflow._core', reason='only a build has the engine')
import reflow.tensorflow as tf  # noqa: E402


@pytest.mark.parametrize('options,mean,total', [
    (dict(rescale=1 / 255., featurewise_center=True), [0.5017, 0.4791, 0.5272], 71.971),
    (dict(featurewise_center=True), [127.9254, 122.1826, 134.4293], 18352.625),
    (dict(rescale=.5, zca_whitening=True), [63.9627, 61.0913, 67.2146], 88.205)])
def test_statistics(options, mean, total):
    x = np.random.RandomState(0).rand(6, 4, 4, 3).astype('f') * 255
    generator = tf.keras.preprocessing.image.ImageDataGenerator(**options)
    generator.fit(x)
    np.testing.assert_allclose(generator.mean.ravel(), mean, atol=1e-4)
    batch = next(generator.flow(x, batch_size=6, shuffle=False, seed=1))
    np.testing.assert_allclose(np.abs(batch).sum(), total, rtol=1e-3)
