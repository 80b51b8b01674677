"""`tf.contrib.eager`, which programs import as tfe."""
from reflow.contrib.eager.python import metrics  # noqa: F401
from reflow.contrib.eager.python.tfe import *  # noqa: F401,F403
from reflow.contrib.eager.python.tfe import Variable  # noqa: F401
from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
