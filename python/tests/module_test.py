"""tf.Module."""
import pytest

import reflow.tensorflow as tf


class Dense(tf.Module):
    def __init__(self, size, name=None):
        super().__init__(name=name)
        self.size = size

    @tf.Module.with_name_scope
    def __call__(self, x):
        if not hasattr(self, 'w'):
            self.w = tf.Variable(tf.ones([x.shape[1], self.size]), name='w')
            self.b = tf.Variable(tf.zeros([self.size]), name='b', trainable=False)
        return tf.matmul(x, self.w) + self.b


class TwoLayers(tf.Module):
    def __init__(self):
        super().__init__()
        self.layers = [Dense(3), Dense(2, name='last')]
        self.scale = {'s': tf.Variable(2., name='scale')}

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x * self.scale['s']


@pytest.fixture
def graph():
    with tf.Graph().as_default() as g:
        yield g


def test_variables_and_modules_within(graph):
    net = TwoLayers()
    net(tf.ones([1, 4]))
    assert net.name == 'two_layers'
    assert [v.name for v in net.variables] == ['scale:0', 'dense/b:0', 'dense/w:0', 'last/b:0', 'last/w:0']
    assert [v.name for v in net.trainable_variables] == ['scale:0', 'dense/w:0', 'last/w:0']
    assert list(net.submodules) == list(net.layers)


def test_paths(graph):
    net = TwoLayers()
    paths = [path for path, _ in net._flatten(predicate=lambda v: isinstance(v, (tf.Module, tf.Variable)), with_path=True)]
    assert paths == [('layers', 0), ('layers', 1), ('scale', 's')]


def test_names_are_identifiers(graph):
    with pytest.raises(ValueError, match="'a b' is not a valid module name"):
        tf.Module(name='a b')
