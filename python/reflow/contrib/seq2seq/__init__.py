"""`tf.contrib.seq2seq`."""
from reflow.contrib.seq2seq.python.ops.attention_wrapper import *  # noqa: F401,F403
from reflow.contrib.seq2seq.python.ops.basic_decoder import *  # noqa: F401,F403
from reflow.contrib.seq2seq.python.ops.beam_search_decoder import *  # noqa: F401,F403
from reflow.contrib.seq2seq.python.ops.beam_search_ops import *  # noqa: F401,F403
from reflow.contrib.seq2seq.python.ops.decoder import *  # noqa: F401,F403
from reflow.contrib.seq2seq.python.ops.helper import *  # noqa: F401,F403
from reflow.contrib.seq2seq.python.ops.loss import *  # noqa: F401,F403
from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
