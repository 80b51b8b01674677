"""`tf.contrib.cudnn_rnn`: the cells that take the weights of cuDNN's layers. The layers themselves need a GPU."""
from reflow.contrib.cudnn_rnn.python.layers import *  # noqa: F401,F403
from reflow.contrib.cudnn_rnn.python.ops.cudnn_rnn_ops import CudnnCompatibleGRUCell, CudnnCompatibleLSTMCell  # noqa: F401
from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
