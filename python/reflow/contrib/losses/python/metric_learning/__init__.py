"""`tf.contrib.losses.metric_learning`: losses of embeddings that are to lie near where labels are the same."""
from reflow.contrib.losses.python.metric_learning.clustering import *  # noqa: F401,F403
from reflow.contrib.losses.python.metric_learning.metric_loss_ops import *  # noqa: F401,F403
