"""`tf.contrib.opt`."""
from reflow.contrib.opt.python.training.adamax import *  # noqa: F401,F403
from reflow.contrib.opt.python.training.averaging_optimizers import *  # noqa: F401,F403
from reflow.contrib.opt.python.training.external_optimizer import *  # noqa: F401,F403
from reflow.contrib.opt.python.training.lars_optimizer import *  # noqa: F401,F403
from reflow.contrib.opt.python.training.lazy_adam_optimizer import *  # noqa: F401,F403
from reflow.contrib.opt.python.training.moving_average_optimizer import *  # noqa: F401,F403
from reflow.contrib.opt.python.training.nadam_optimizer import *  # noqa: F401,F403
from reflow.contrib.opt.python.training.reg_adagrad_optimizer import *  # noqa: F401,F403
from reflow.contrib.opt.python.training.sign_optimizers import *  # noqa: F401,F403
from reflow.contrib.opt.python.training.weight_decay_optimizers import *  # noqa: F401,F403
from reflow.contrib.opt.python.training.wrapping_optimizers import *  # noqa: F401,F403
from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
