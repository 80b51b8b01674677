"""`tf.contrib.learn`."""
from reflow.contrib.learn.python.learn import datasets, monitors, preprocessing  # noqa: F401
from reflow.contrib.learn.python.learn.estimators import (  # noqa: F401
    BaseEstimator, ClusterConfig, Environment, Estimator, ModeKeys, ModelFnOps, NotFittedError, RunConfig, SKCompat, TaskType)
from reflow.contrib.learn.python.learn.metric_spec import MetricSpec  # noqa: F401
from reflow.training.basic_session_run_hooks import NanLossDuringTrainingError  # noqa: F401
