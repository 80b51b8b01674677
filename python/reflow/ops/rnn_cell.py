"""Recurrent cells under the name that older programs import (tensorflow.python.ops.rnn_cell)."""
from reflow.ops.rnn_cell_impl import *  # noqa: F401,F403
from reflow.ops.rnn_cell_impl import (  # noqa: F401
    BasicLSTMCell, BasicRNNCell, DeviceWrapper, DropoutWrapper, GRUCell, LayerRNNCell, LSTMCell, LSTMStateTuple, MultiRNNCell,
    ResidualWrapper, RNNCell)
