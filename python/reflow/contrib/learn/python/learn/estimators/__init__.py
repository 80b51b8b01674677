"""The Estimators of tf.contrib.learn."""
from reflow.contrib.learn.python.learn.estimators.column_estimators import (  # noqa: F401
    DNNClassifier, DNNEstimator, DNNRegressor, LinearClassifier, LinearEstimator, LinearRegressor)
from reflow.contrib.learn.python.learn.estimators.combined_model import (  # noqa: F401
    DNNLinearCombinedClassifier, DNNLinearCombinedEstimator, DNNLinearCombinedRegressor)
from reflow.contrib.learn.python.learn.estimators.constants import ProblemType  # noqa: F401
from reflow.contrib.learn.python.learn.estimators.estimator import (  # noqa: F401
    BaseEstimator, Estimator, GraphRewriteSpec, NotFittedError, SKCompat, infer_real_valued_columns_from_input,
    infer_real_valued_columns_from_input_fn)
from reflow.contrib.learn.python.learn.estimators.head import Head, multi_class_head, regression_head  # noqa: F401
from reflow.contrib.learn.python.learn.estimators.kmeans import KMeansClustering  # noqa: F401
from reflow.contrib.learn.python.learn.estimators.logistic_regressor import LogisticRegressor  # noqa: F401
from reflow.contrib.learn.python.learn.estimators.metric_key import MetricKey  # noqa: F401
from reflow.contrib.learn.python.learn.estimators.model_fn import ModeKeys, ModelFnOps  # noqa: F401
from reflow.contrib.learn.python.learn.estimators.prediction_key import PredictionKey  # noqa: F401
from reflow.contrib.learn.python.learn.estimators.run_config import (  # noqa: F401
    ClusterConfig, Environment, RunConfig, TaskType)
from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
