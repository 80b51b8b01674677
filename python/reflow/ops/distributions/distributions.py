"""tf.distributions."""
from reflow.ops.distributions.bernoulli import Bernoulli  # noqa: F401
from reflow.ops.distributions.beta import Beta  # noqa: F401
from reflow.ops.distributions.categorical import Categorical  # noqa: F401
from reflow.ops.distributions.dirichlet import Dirichlet  # noqa: F401
from reflow.ops.distributions.dirichlet_multinomial import DirichletMultinomial  # noqa: F401
from reflow.ops.distributions.distribution import *  # noqa: F401,F403
from reflow.ops.distributions.exponential import Exponential  # noqa: F401
from reflow.ops.distributions.gamma import Gamma  # noqa: F401
from reflow.ops.distributions.kullback_leibler import *  # noqa: F401,F403
from reflow.ops.distributions.laplace import Laplace  # noqa: F401
from reflow.ops.distributions.multinomial import Multinomial  # noqa: F401
from reflow.ops.distributions.normal import Normal  # noqa: F401
from reflow.ops.distributions.student_t import StudentT  # noqa: F401
from reflow.ops.distributions.uniform import Uniform  # noqa: F401
