"""`tf.contrib.rnn`."""
from reflow.contrib.rnn.python.ops.core_rnn_cell import (  # noqa: F401
    EmbeddingWrapper, InputProjectionWrapper, OutputProjectionWrapper)
from reflow.contrib.rnn.python.ops.fused_rnn_cell import *  # noqa: F401,F403
from reflow.contrib.rnn.python.ops.gru_ops import *  # noqa: F401,F403
from reflow.contrib.rnn.python.ops.lstm_ops import *  # noqa: F401,F403
from reflow.contrib.rnn.python.ops.rnn import *  # noqa: F401,F403
from reflow.contrib.rnn.python.ops.rnn_cell import *  # noqa: F401,F403
from reflow.names.packages import lazy_modules
from reflow.ops.rnn import _best_effort_input_batch_size as best_effort_input_batch_size  # noqa: F401
from reflow.ops.rnn import _transpose_batch_time as transpose_batch_time  # noqa: F401
from reflow.ops.rnn import static_bidirectional_rnn, static_rnn, static_state_saving_rnn  # noqa: F401
from reflow.ops.rnn_cell_impl import (  # noqa: F401
    BasicLSTMCell, BasicRNNCell, DeviceWrapper, DropoutWrapper, GRUCell, LayerRNNCell, LSTMCell, LSTMStateTuple,
    MultiRNNCell, ResidualWrapper, RNNCell)

__getattr__ = lazy_modules(__spec__.name)
