"""Predictors: functions of arrays, made of saved models."""
from reflow.contrib.predictor.predictor_factories import from_saved_model  # noqa: F401
