"""`tf.contrib.layers`."""
from reflow.contrib.layers.python.layers.embedding_ops import *  # noqa: F401,F403
from reflow.contrib.layers.python.layers.encoders import *  # noqa: F401,F403
from reflow.contrib.layers.python.layers.feature_column import *  # noqa: F401,F403
from reflow.contrib.layers.python.layers.feature_column_ops import *  # noqa: F401,F403
from reflow.contrib.layers.python.layers.gdn import *  # noqa: F401,F403
from reflow.contrib.layers.python.layers.gradients import *  # noqa: F401,F403
from reflow.contrib.layers.python.layers.initializers import *  # noqa: F401,F403
from reflow.contrib.layers.python.layers.layers import *  # noqa: F401,F403
from reflow.contrib.layers.python.layers.normalization import *  # noqa: F401,F403
from reflow.contrib.layers.python.layers.optimizers import *  # noqa: F401,F403
from reflow.contrib.layers.python.layers.regularizers import *  # noqa: F401,F403
from reflow.contrib.layers.python.layers.spatial import *  # noqa: F401,F403
from reflow.contrib.layers.python.layers.summaries import *  # noqa: F401,F403
from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
