"""The Estimators of tf.contrib.learn."""
from reflow.contrib.learn.python.learn.estimators.estimator import (  # noqa: F401
    BaseEstimator, Estimator, NotFittedError, SKCompat)
from reflow.contrib.learn.python.learn.estimators.model_fn import ModeKeys, ModelFnOps  # noqa: F401
from reflow.contrib.learn.python.learn.estimators.run_config import (  # noqa: F401
    ClusterConfig, Environment, RunConfig, TaskType)
from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
