"""Functions that programs put in place of tf.gradients, which optimizers call then, as those of TensorFlow 1.15.5 do."""
import numpy as np
import pytest

pytest.importorskip('reflow._core', reason='only a build has the engine')
import reflow.tensorflow as tf  # noqa: E402
from reflow.keras import backend  # noqa: E402
from reflow.ops import gradients as gradients_module  # noqa: E402


def twice(seen):
    original = gradients_module.gradients

    def gradients(ys, xs, grad_ys=None, **kwargs):
        seen.append((list(xs), sorted(kwargs)))
        return [2 * gradient for gradient in original(ys, xs, grad_ys, **kwargs)]
    return gradients


@pytest.mark.parametrize('use_resource', [False, True])
def test_optimizer(monkeypatch, use_resource):
    seen = []
    monkeypatch.setattr(gradients_module, 'gradients', twice(seen))
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.get_variable('v', initializer=[1., 2.], use_resource=use_resource)
        step = tf.train.GradientDescentOptimizer(1.).minimize(tf.reduce_sum(v * [1., 3.]))
        [([x], names)] = seen
        assert x is (v if use_resource else v._ref())
        assert names == ['aggregation_method', 'colocate_gradients_with_ops', 'gate_gradients']
        session.run(tf.global_variables_initializer())
        session.run(step)
        assert session.run(v).tolist() == [-1., -4.]


def test_keras_optimizer(monkeypatch):
    monkeypatch.setattr(gradients_module, 'gradients', twice([]))
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.get_variable('v', initializer=[1., 2.], use_resource=True)
        [gradient] = tf.keras.optimizers.SGD(1.).get_gradients(tf.reduce_sum(v * [1., 3.]), [v])
        assert session.run(gradient).tolist() == [2., 6.]


def test_gradients_of_the_backend_of_keras(monkeypatch):
    from reflow.keras import optimizers
    monkeypatch.setattr(backend, 'gradients', lambda loss, variables: [tf.constant(7.) for _ in variables])
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.get_variable('v', initializer=1., use_resource=True)
        [gradient] = optimizers.Optimizer().get_gradients(v * v, [v])
        assert session.run(gradient) == np.float32(7)
