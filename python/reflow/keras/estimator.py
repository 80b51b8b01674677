"""Estimators of Keras models."""


def model_to_estimator(keras_model=None, keras_model_path=None, custom_objects=None, model_dir=None, config=None,
                       checkpoint_format='saver'):
    """An Estimator that trains, evaluates and asks clones of a compiled model, and begins with its weights.

    The first of what an input_fn gives is a tensor, a list or, by the names of inputs, a dictionary; with weights of samples
    it is {'features': these, 'sample_weights': weights}. Checkpoints are of the format 'saver' or 'checkpoint'.
    """
    from reflow.estimator import keras
    return keras.model_to_estimator(keras_model=keras_model, keras_model_path=keras_model_path, custom_objects=custom_objects,
                                    model_dir=model_dir, config=config, checkpoint_format=checkpoint_format)
