"""The names of `tf.train` in one module, as `tensorflow.python.training.training` has them."""
import sys

from reflow.names import public

public.furnish(sys.modules[__spec__.name], 'train')
