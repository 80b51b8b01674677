"""`tf.contrib.distributions`: tf.distributions and the most used of the others."""
from reflow.contrib.distributions.python.ops.mvn_diag import *  # noqa: F401,F403
from reflow.contrib.distributions.python.ops.onehot_categorical import *  # noqa: F401,F403
from reflow.contrib.distributions.python.ops.poisson import *  # noqa: F401,F403
from reflow.contrib.distributions.python.ops.relaxed_onehot_categorical import *  # noqa: F401,F403
from reflow.names.packages import lazy_modules
from reflow.ops.distributions.beta import BetaWithSoftplusConcentration  # noqa: F401
from reflow.ops.distributions.distributions import *  # noqa: F401,F403
from reflow.ops.distributions.exponential import ExponentialWithSoftplusRate  # noqa: F401
from reflow.ops.distributions.gamma import GammaWithSoftplusConcentrationRate  # noqa: F401
from reflow.ops.distributions.laplace import LaplaceWithSoftplusScale  # noqa: F401
from reflow.ops.distributions.normal import NormalWithSoftplusScale  # noqa: F401
from reflow.ops.distributions.student_t import StudentTWithAbsDfSoftplusScale  # noqa: F401
from reflow.ops.distributions.util import fill_triangular, fill_triangular_inverse, softplus_inverse  # noqa: F401

__getattr__ = lazy_modules(__spec__.name)
