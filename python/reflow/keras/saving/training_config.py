"""How a model is trained, as files have it: loss, metrics and optimizer by their names."""


def of_model(model):
    """The arguments of compile, for JSON."""
    arguments, optimizer = model._compile_arguments, model.optimizer
    return {'loss': model.loss, 'metrics': arguments['metrics'], 'weighted_metrics': arguments['weighted_metrics'],
            'sample_weight_mode': arguments['sample_weight_mode'], 'loss_weights': arguments['loss_weights'],
            'optimizer_config': {'class_name': type(optimizer).__name__, 'config': optimizer.get_config()}}


def compile_model(model, config, custom_objects=None):
    """Compiles the model so."""
    from reflow.keras.utils import generic_utils
    with generic_utils.custom_object_scope(custom_objects or {}):
        model.compile(optimizer=model._optimizer_of(config['optimizer_config']),
                      loss=_named(config['loss'], custom_objects), metrics=_named(config.get('metrics'), custom_objects),
                      weighted_metrics=_named(config.get('weighted_metrics'), custom_objects),
                      sample_weight_mode=config['sample_weight_mode'], loss_weights=config['loss_weights'])


def _named(value, custom_objects):
    """Names of the program's functions as the functions."""
    known = custom_objects or {}
    if isinstance(value, list):
        return [_named(each, custom_objects) for each in value]
    if isinstance(value, dict) and 'class_name' not in value:
        return {key: _named(each, custom_objects) for key, each in value.items()}
    return known.get(value, value) if isinstance(value, str) else value
