"""What a SavedModel of objects has of a Keras model beside its layers: its call, its variables, its configuration."""
import json

from reflow.eager import def_function
from reflow.framework import tensor_spec
from reflow.training.tracking import data_structures
from reflow.util import nest


def functions_of(model):
    """{name: function}; none where the inputs aren't known: of a model that neither has symbols nor was trained."""
    if model.inputs:
        specs = [tensor_spec.TensorSpec(each.shape, each.dtype, name) for each, name in zip(model.inputs, model.input_names)]
    else:
        specs = model.__dict__.get('_specs_of_inputs')
    if not specs or not getattr(model, 'output_names', None):
        return {}
    inputs_spec = specs[0] if len(specs) == 1 else specs

    def call(inputs, training=False, mask=None):
        del mask
        return model(inputs, training=training)

    def default_save_signature(inputs):
        return dict(zip(model.output_names, nest.flatten(model(inputs, training=False))))
    called = def_function.function(call, autograph=False)
    for training in (False, True):
        called.get_concrete_function(inputs_spec, training=training)
    return {'__call__': called, '_default_save_signature': def_function.function(
        default_save_signature, input_signature=[inputs_spec], autograph=False)}


def dependencies_of(model, cache):
    """{name: list} of a model's variables, once for each `cache`."""
    if model not in cache:
        cache[model] = {name: data_structures.ListWrapper(list(getattr(model, name)))
                        for name in ('variables', 'trainable_variables')} if model.built else {}
    return cache[model]


def metadata_of(model):
    """The configuration as JSON, which load_model makes the model of; '' where the model has none."""
    try:
        return json.dumps({'model_config': json.loads(model.to_json())})
    except (NotImplementedError, ValueError, TypeError):
        return ''
