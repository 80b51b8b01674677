"""`tf.contrib.timeseries`: autoregressive and recurrent models of series, and Estimators of them."""
from reflow.contrib.timeseries.python.timeseries import saved_model_utils  # noqa: F401
from reflow.contrib.timeseries.python.timeseries.ar_model import ARModel  # noqa: F401
from reflow.contrib.timeseries.python.timeseries.estimators import ARRegressor, TimeSeriesRegressor  # noqa: F401
from reflow.contrib.timeseries.python.timeseries.feature_keys import FilteringResults, TrainEvalFeatures  # noqa: F401
from reflow.contrib.timeseries.python.timeseries.head import OneShotPredictionHead  # noqa: F401
from reflow.contrib.timeseries.python.timeseries.input_pipeline import (  # noqa: F401
    CSVReader, NumpyReader, RandomWindowInputFn, WholeDatasetInputFn, predict_continuation_input_fn)
from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
