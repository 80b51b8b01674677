"""Images and sounds as files. What is expected here is what TensorFlow 1.15.5 answered."""
import base64
import pathlib

import numpy as np
import pytest

import reflow.tensorflow as tf

IMAGES = {}
exec((pathlib.Path(__file__).resolve().parents[2] / 'tests/data/kernels/images.py').read_text())
FILES = {name: base64.b64decode(text) for name, text in IMAGES.items()}


@pytest.fixture
def session():
    with tf.Graph().as_default(), tf.Session() as session:
        yield session


@pytest.mark.parametrize('name, shape', [
    ('png_rgb', (9, 13, 3)), ('png_gray', (9, 13, 1)), ('png_palette_alpha', (9, 13, 4)), ('jpeg_rgb', (9, 13, 3)),
    ('jpeg_gray', (9, 13, 1)), ('gif_one', (1, 9, 13, 3)), ('bmp_rgb', (4, 5, 3))])
def test_decode_image_knows_the_format(session, name, shape):
    image = session.run(tf.image.decode_image(FILES[name]))
    assert image.shape == shape and image.dtype == np.uint8
    assert session.run(tf.image.decode_image(FILES[name], dtype=tf.float32)).max() <= 1


def test_what_is_no_image_is_an_error(session):
    with pytest.raises(tf.errors.InvalidArgumentError, match='Unable to decode bytes as JPEG, PNG, GIF, or BMP'):
        session.run(tf.image.decode_image(b'text'))
    with pytest.raises(ValueError, match=r'^channels must be in \(None, 0, 1, 3, 4\)$'):
        tf.image.decode_image(b'', channels=2)


def test_png_comes_back(session):
    image = np.random.RandomState(1).randint(0, 256, (20, 30, 3)).astype(np.uint8)
    assert np.array_equal(session.run(tf.image.decode_png(tf.image.encode_png(image))), image)


def test_jpeg_loses_little(session):
    image = np.tile(np.arange(64, dtype=np.uint8)[:, None, None] * 3, (1, 64, 3))
    again = session.run(tf.image.decode_jpeg(tf.image.encode_jpeg(image, quality=95)))
    assert np.abs(again.astype(int) - image).max() <= 4
    assert session.run(tf.image.extract_jpeg_shape(FILES['jpeg_rgb'])).tolist() == [9, 13, 3]
    assert session.run(tf.image.is_jpeg([FILES['jpeg_rgb'], FILES['png_rgb']])).tolist() == [True, False]


def test_quality(session):
    image = tf.constant(np.random.RandomState(1).uniform(size=(16, 16, 3)).astype(np.float32))
    worse = session.run(tf.image.adjust_jpeg_quality(image, 5))
    assert worse.shape == (16, 16, 3) and worse.dtype == np.float32
    with pytest.raises(ValueError, match='^`min_jpeg_quality` must be less than `max_jpeg_quality`.$'):
        tf.image.random_jpeg_quality(image, 20, 10)


def test_sound_comes_back(session):
    sound = np.array([[0.5], [-0.25], [0.0]], np.float32)
    audio, rate = session.run(tf.audio.decode_wav(tf.audio.encode_wav(sound, 8000)))
    assert audio.tolist() == sound.tolist() and rate == 8000
