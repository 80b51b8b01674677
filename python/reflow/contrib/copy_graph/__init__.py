"""`tf.contrib.copy_graph`: operations and variables of one graph in another."""
from reflow.contrib.copy_graph.python.util.copy_elements import *  # noqa: F401,F403
from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
