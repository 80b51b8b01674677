"""`tf.contrib.learn`."""
from reflow.contrib.learn.python.learn import datasets, learn_runner, monitors, preprocessing, utils  # noqa: F401
from reflow.contrib.learn.python.learn import learn_io as io  # noqa: F401
from reflow.contrib.learn.python.learn.estimators import (  # noqa: F401
    BaseEstimator, ClusterConfig, DNNClassifier, DNNEstimator, DNNLinearCombinedClassifier, DNNLinearCombinedEstimator,
    DNNLinearCombinedRegressor, DNNRegressor, Environment, Estimator, Head, KMeansClustering, LinearClassifier,
    LinearEstimator, LinearRegressor, LogisticRegressor, MetricKey, ModeKeys, ModelFnOps, NotFittedError, PredictionKey,
    RunConfig, SKCompat, TaskType,
    infer_real_valued_columns_from_input, infer_real_valued_columns_from_input_fn, multi_class_head, regression_head)
from reflow.contrib.learn.python.learn.estimators.constants import ProblemType  # noqa: F401
from reflow.contrib.learn.python.learn.experiment import Experiment  # noqa: F401
from reflow.contrib.learn.python.learn.export_strategy import ExportStrategy  # noqa: F401
from reflow.contrib.learn.python.learn.learn_io import (  # noqa: F401
    extract_dask_data, extract_dask_labels, extract_pandas_data, extract_pandas_labels, extract_pandas_matrix,
    read_batch_examples, read_batch_features, read_batch_record_features, read_keyed_batch_examples,
    read_keyed_batch_features)
from reflow.contrib.learn.python.learn.metric_spec import MetricSpec  # noqa: F401
from reflow.contrib.learn.python.learn.utils import (  # noqa: F401
    InputFnOps, build_parsing_serving_input_fn, make_export_strategy)
from reflow.names.packages import lazy_modules
from reflow.training.basic_session_run_hooks import NanLossDuringTrainingError  # noqa: F401

__getattr__ = lazy_modules(__spec__.name)
