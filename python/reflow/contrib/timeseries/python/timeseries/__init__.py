"""All of `tf.contrib.timeseries`, as programs import it from its inner package."""
from reflow.contrib.timeseries.python.timeseries import saved_model_utils  # noqa: F401
from reflow.contrib.timeseries.python.timeseries.ar_model import (  # noqa: F401
    AnomalyMixtureARModel, ARModel, FlatPredictionModel, LSTMPredictionModel)
from reflow.contrib.timeseries.python.timeseries.estimators import (  # noqa: F401
    ARRegressor, LSTMAutoRegressor, TimeSeriesRegressor)
from reflow.contrib.timeseries.python.timeseries.feature_keys import (  # noqa: F401
    FilteringFeatures, FilteringResults, PredictionFeatures, PredictionResults, SavedModelLabels, State, Times,
    TrainEvalFeatures, Values)
from reflow.contrib.timeseries.python.timeseries.head import (  # noqa: F401
    OneShotPredictionHead, TimeSeriesRegressionHead, state_to_dictionary)
from reflow.contrib.timeseries.python.timeseries.input_pipeline import (  # noqa: F401
    CSVReader, NumpyReader, RandomWindowInputFn, ReaderBaseTimeSeriesParser, TFExampleReader, TimeSeriesInputFn,
    TimeSeriesReader, WholeDatasetInputFn, predict_continuation_input_fn)
from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
