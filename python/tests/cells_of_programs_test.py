"""Recurrent cells that programs derive from RNNCell, within others, as TensorFlow 1.15.5 takes them."""
import pytest

pytest.importorskip('reflow._core', reason='only a build has the engine')
import reflow.tensorflow as tf  # noqa: E402


class Doubling(tf.nn.rnn_cell.RNNCell):
    """A wrapper that doesn't call the base's __init__, as many of programs."""

    def __init__(self, cell):
        self._cell = cell

    @property
    def state_size(self):
        return self._cell.state_size

    @property
    def output_size(self):
        return self._cell.output_size

    def __call__(self, inputs, state, scope=None):
        return self._cell(2. * inputs, state, scope)


class Watched(tf.nn.rnn_cell.BasicRNNCell):
    """A cell with a loss and an update."""

    def call(self, inputs, state):
        self.add_loss(tf.reduce_sum(inputs))
        self.add_update(tf.no_op())
        return super().call(inputs, state)


def test_cell_without_the_init_of_its_base():
    with tf.Graph().as_default():
        cell = tf.nn.rnn_cell.MultiRNNCell([Doubling(tf.nn.rnn_cell.BasicRNNCell(3)) for _ in range(2)])
        output, state = cell(tf.ones([2, 3]), cell.zero_state(2, tf.float32))
        assert output.shape.as_list() == [2, 3] and len(state) == 2
        assert [v.name for v in tf.trainable_variables()] == [
            'multi_rnn_cell/cell_%d/basic_rnn_cell/%s:0' % (i, name) for i in range(2) for name in ('kernel', 'bias')]


def test_losses_and_updates_stay_with_the_cells():
    with tf.Graph().as_default():
        cell = tf.nn.rnn_cell.MultiRNNCell([Watched(3)])
        cell(tf.ones([2, 3]), cell.zero_state(2, tf.float32))
        assert cell.losses == [] and cell.updates == []
        assert len(tf.losses.get_regularization_losses()) == len(tf.get_collection(tf.GraphKeys.UPDATE_OPS)) == 1
        cell.trainable = False
        assert cell.trainable_weights == []
        assert [v.op.name for v in cell.non_trainable_weights] == [
            'multi_rnn_cell/cell_0/watched/kernel', 'multi_rnn_cell/cell_0/watched/bias']
