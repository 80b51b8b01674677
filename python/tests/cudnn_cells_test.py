"""Cells with the weights of cuDNN's layers. Values and names are TensorFlow 1.15.5's for the same seeds."""
import numpy as np
import pytest
import reflow.tensorflow as tf
from reflow.contrib import cudnn_rnn

X = np.random.RandomState(0).rand(2, 3, 4).astype('f')


@pytest.mark.parametrize('cell,wanted,names', [
    (cudnn_rnn.CudnnCompatibleGRUCell,
     [[0.32212, 0.06108, 0.1683], [0.53496, 0.11693, 0.31462], [0.59994, 0.09897, 0.3737]],
     ['rnn/cudnn_compatible_gru_cell/' + name for name in (
         'gates/kernel:0', 'gates/bias:0', 'candidate/input_projection/kernel:0', 'candidate/hidden_projection/kernel:0',
         'candidate/input_projection/bias:0', 'candidate/hidden_projection/bias:0')]),
    (cudnn_rnn.CudnnCompatibleLSTMCell, None,
     ['rnn/cudnn_compatible_lstm_cell/kernel:0', 'rnn/cudnn_compatible_lstm_cell/bias:0'])])
def test_cells(cell, wanted, names):
    with tf.Graph().as_default(), tf.Session() as session:
        tf.set_random_seed(2)
        x = tf.constant(X)
        with tf.variable_scope('model'):
            outputs, _ = tf.nn.dynamic_rnn(cell(3), x, dtype=tf.float32)
        assert [v.name for v in tf.global_variables()] == ['model/' + name for name in names]
        session.run(tf.global_variables_initializer())
        found = session.run(outputs)[0]
        if wanted:
            np.testing.assert_allclose(found, wanted, atol=1e-5)
        else:
            plain, _ = tf.nn.dynamic_rnn(tf.contrib.rnn.LSTMBlockCell(3, forget_bias=0), x, dtype=tf.float32)
            session.run([v.assign(w) for v, w in zip(tf.global_variables()[2:], tf.global_variables())])
            np.testing.assert_array_equal(found, session.run(plain)[0])


def test_layers_need_a_gpu():
    layer = cudnn_rnn.CudnnLSTM(2, 3, direction='bidirectional')
    assert layer.rnn_mode == 'lstm' and layer.state_shape(5) == ([4, 5, 3], [4, 5, 3])
    assert cudnn_rnn.CudnnGRU(2, 3).state_shape(5) == ([2, 5, 3],)
    with tf.Graph().as_default(), pytest.raises(tf.errors.InvalidArgumentError, match='cuDNN needs a GPU'):
        layer(tf.constant(X))
    with pytest.raises(ValueError, match='Invalid direction: up, expecting unidirectional or bidirectional'):
        cudnn_rnn.CudnnRNNRelu(2, 3, direction='up')
