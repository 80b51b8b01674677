"""Predictors: functions of arrays, made of saved models and Estimators."""
from reflow.contrib.predictor.predictor_factories import (  # noqa: F401
    from_contrib_estimator, from_estimator, from_saved_model)
