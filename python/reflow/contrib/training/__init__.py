"""`tf.contrib.training`."""
from reflow.contrib.training.python.training.bucket_ops import *  # noqa: F401,F403
from reflow.contrib.training.python.training.device_setter import *  # noqa: F401,F403
from reflow.contrib.training.python.training.evaluation import *  # noqa: F401,F403
from reflow.contrib.training.python.training.hparam import *  # noqa: F401,F403
from reflow.contrib.training.python.training.resample import *  # noqa: F401,F403
from reflow.contrib.training.python.training.sampling_ops import *  # noqa: F401,F403
from reflow.contrib.training.python.training.training import *  # noqa: F401,F403
from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
