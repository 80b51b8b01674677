"""Decompositions of real and complex matrices; the numbers are TensorFlow 1.15.5's."""
import numpy as np
import pytest
import reflow.tensorflow as tf

FIRST_ROW_OF_R = {
    'complex64': [-1.1856645, -0.4337846 - 0.1873246j, -0.1742884 - 1.5438864j], 'float32': [1.8546818, 0.7524322, 0.0395801]}
SINGULAR_VALUES = {'complex64': [2.1811345, 1.8134636, 0.4596439], 'float32': [2.0392506, 1.0603606, 0.7225558]}


def matrices(seed=3):
    """(shape, type, matrix) in the order in which TensorFlow was given them."""
    random = np.random.RandomState(seed)
    for dtype in ('complex64', 'complex128', 'float32', 'float64'):
        for shape in ((5, 3), (3, 5), (40, 60)):
            values = random.uniform(-1, 1, shape)
            if dtype.startswith('complex'):
                values = values + 1j * random.uniform(-1, 1, shape)
            yield shape, dtype, values.astype(dtype)


@pytest.mark.parametrize('shape,dtype,a', list(matrices()), ids=str)
def test_factors_multiply_to_the_matrix(shape, dtype, a):
    gram = a @ a.conj().T
    with tf.Graph().as_default(), tf.Session() as session:
        q, r = session.run(tf.linalg.qr(a))
        s, u, v = session.run(tf.linalg.svd(a))
        e, w = session.run(tf.linalg.eigh(gram))
    tolerance = 1e-12 if dtype in ('float64', 'complex128') else 2e-5
    near = lambda x, y: np.testing.assert_allclose(x, y, rtol=0, atol=tolerance * max(1, np.abs(y).max()))
    near(q @ r, a)
    near(q.conj().T @ q, np.eye(q.shape[1]))
    near((u * s) @ v.conj().T, a)
    near((w * e) @ w.conj().T, gram)
    if shape == (5, 3) and dtype in FIRST_ROW_OF_R:
        near(r[0], np.array(FIRST_ROW_OF_R[dtype]))
        near(s, np.array(SINGULAR_VALUES[dtype]))
