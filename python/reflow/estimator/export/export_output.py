"""What a model exports."""

from reflow.saved_model.model_utils.export_output import (  # noqa: F401
    ClassificationOutput, EvalOutput, ExportOutput, PredictOutput, RegressionOutput, TrainOutput, _SupervisedOutput)
