"""`tf.contrib.distributions`: tf.distributions and many others."""
from reflow.contrib.distributions.python.ops import bijectors  # noqa: F401
from reflow.contrib.distributions.python.ops.autoregressive import *  # noqa: F401,F403
from reflow.contrib.distributions.python.ops.batch_reshape import *  # noqa: F401,F403
from reflow.contrib.distributions.python.ops.continuous import *  # noqa: F401,F403
from reflow.contrib.distributions.python.ops.counts import *  # noqa: F401,F403
from reflow.contrib.distributions.python.ops.deterministic import *  # noqa: F401,F403
from reflow.contrib.distributions.python.ops.estimator import *  # noqa: F401,F403
from reflow.contrib.distributions.python.ops.independent import *  # noqa: F401,F403
from reflow.contrib.distributions.python.ops.mixture import *  # noqa: F401,F403
from reflow.contrib.distributions.python.ops.mixture_same_family import *  # noqa: F401,F403
from reflow.contrib.distributions.python.ops.mvn_diag import *  # noqa: F401,F403
from reflow.contrib.distributions.python.ops.mvn_linear_operator import (  # noqa: F401
    MultivariateNormalDiagPlusLowRank, MultivariateNormalFullCovariance, MultivariateNormalTriL)
from reflow.contrib.distributions.python.ops.normal_conjugate_posteriors import *  # noqa: F401,F403
from reflow.contrib.distributions.python.ops.onehot_categorical import *  # noqa: F401,F403
from reflow.contrib.distributions.python.ops.poisson import *  # noqa: F401,F403
from reflow.contrib.distributions.python.ops.poisson_lognormal import *  # noqa: F401,F403
from reflow.contrib.distributions.python.ops.quantized_distribution import *  # noqa: F401,F403
from reflow.contrib.distributions.python.ops.relaxed_onehot_categorical import *  # noqa: F401,F403
from reflow.contrib.distributions.python.ops.sample_stats import *  # noqa: F401,F403
from reflow.contrib.distributions.python.ops.seed_stream import *  # noqa: F401,F403
from reflow.contrib.distributions.python.ops.transformed import *  # noqa: F401,F403
from reflow.contrib.distributions.python.ops.vector_diffeomixture import *  # noqa: F401,F403
from reflow.contrib.distributions.python.ops.vector_distributions import *  # noqa: F401,F403
from reflow.contrib.distributions.python.ops.wishart import *  # noqa: F401,F403
from reflow.names.packages import lazy_modules
from reflow.ops.distributions.beta import BetaWithSoftplusConcentration  # noqa: F401
from reflow.ops.distributions.distributions import *  # noqa: F401,F403
from reflow.ops.distributions.exponential import ExponentialWithSoftplusRate  # noqa: F401
from reflow.ops.distributions.gamma import GammaWithSoftplusConcentrationRate  # noqa: F401
from reflow.ops.distributions.laplace import LaplaceWithSoftplusScale  # noqa: F401
from reflow.ops.distributions.normal import NormalWithSoftplusScale  # noqa: F401
from reflow.ops.distributions.student_t import StudentTWithAbsDfSoftplusScale  # noqa: F401
from reflow.ops.distributions.util import (  # noqa: F401
    fill_triangular, fill_triangular_inverse, matrix_diag_transform, reduce_weighted_logsumexp, softplus_inverse, tridiag)
from reflow.ops.distributions.transformed_distribution import TransformedDistribution  # noqa: F401

__getattr__ = lazy_modules(__spec__.name)
