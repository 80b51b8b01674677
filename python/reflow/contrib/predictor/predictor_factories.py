"""Makes predictors."""
from reflow.contrib.predictor import contrib_estimator_predictor, core_estimator_predictor, saved_model_predictor


def from_contrib_estimator(estimator, prediction_input_fn, input_alternative_key=None, output_alternative_key=None, graph=None,
                           config=None):
    """The predictor of a tf.contrib.learn.Estimator, whose input_fn gives InputFnOps. TypeError: a tf.estimator.Estimator."""
    from reflow.estimator import estimator as core_estimator
    if isinstance(estimator, core_estimator.Estimator):
        raise TypeError('Expected estimator to be of type tf.contrib.learn.Estimator, but got type '
                        'tf.python.estimator.Estimator. You likely want to call from_estimator.')
    return contrib_estimator_predictor.ContribEstimatorPredictor(
        estimator, prediction_input_fn, input_alternative_key=input_alternative_key,
        output_alternative_key=output_alternative_key, graph=graph, config=config)


def from_estimator(estimator, serving_input_receiver_fn, output_key=None, graph=None, config=None):
    """The predictor of a tf.estimator.Estimator. TypeError: a tf.contrib.learn.Estimator."""
    from reflow.contrib.learn.python.learn.estimators import estimator as contrib_estimator
    if isinstance(estimator, contrib_estimator.Estimator):
        raise TypeError('Expected estimator to be of type tf.python.estimator.Estimator, but got type '
                        'tf.contrib.learn.Estimator. You likely want to call from_contrib_estimator.')
    return core_estimator_predictor.CoreEstimatorPredictor(
        estimator, serving_input_receiver_fn, output_key=output_key, graph=graph, config=config)


def from_saved_model(export_dir, signature_def_key=None, signature_def=None, input_names=None, output_names=None,
                     tags=None, graph=None, config=None):
    """The predictor of a SavedModel: of a signature, by its name or itself, or of tensors by their names."""
    return saved_model_predictor.SavedModelPredictor(
        export_dir, signature_def_key=signature_def_key, signature_def=signature_def, input_names=input_names,
        output_names=output_names, tags=tags, graph=graph, config=config)
