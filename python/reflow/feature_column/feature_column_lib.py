"""All of feature columns in one module."""

from reflow.feature_column.dense_features import DenseFeatures  # noqa: F401
from reflow.feature_column.feature_column import (  # noqa: F401
    InputLayer, input_layer, linear_model, make_parse_example_spec)
from reflow.feature_column.feature_column_v2 import *  # noqa: F401,F403
from reflow.feature_column.sequence_feature_column import *  # noqa: F401,F403
