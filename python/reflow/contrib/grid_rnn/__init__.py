"""`tf.contrib.grid_rnn`: recurrent cells along several dimensions. Kalchbrenner and others, arXiv 1507.01526."""
from reflow.contrib.grid_rnn.python.ops.grid_rnn_cell import *  # noqa: F401,F403
from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
