"""Models as SavedModels of graphs, with their configuration beside them: for programs of TensorFlow 1.13 to 1.15."""

import os

from reflow.client import session
from reflow.framework import ops
from reflow.keras import backend as K
from reflow.keras import optimizers
from reflow.keras.optimizer_v2 import optimizer_v2
from reflow.lib.io import file_io
from reflow.ops import variables
from reflow.platform import tf_logging as logging
from reflow.saved_model import builder_impl, constants, model_utils
from reflow.saved_model import utils_impl as saved_model_utils
from reflow.saved_model.model_utils import mode_keys
from reflow.training import saver as saver_lib
from reflow.training.tracking import graph_view
from reflow.util import compat, deprecation, nest


@deprecation.deprecated(None, 'Please use `model.save(..., save_format="tf")` or '
                        '`tf.keras.models.save_model(..., save_format="tf")`.')
def export_saved_model(model, saved_model_path, custom_objects=None, as_text=False, input_signature=None,
                       serving_only=False):
    """Writes a model: graphs for serving and, of a compiled model, for training and evaluation; weights; configuration."""
    write(model, saved_model_path, custom_objects, as_text, input_signature, serving_only)


def write(model, path, custom_objects=None, as_text=False, input_signature=None, serving_only=False):
    """export_saved_model without its warning."""
    from reflow.keras.engine import sequential
    if not model._is_graph_network:
        if not isinstance(model, sequential.Sequential):
            raise NotImplementedError('Subclassed models can only be exported for serving. Please set argument '
                                      'serving_only=True.')
        if not model.built:
            raise ValueError('Weights for sequential model have not yet been created. Weights are created when the Model is '
                             'first called on inputs or `build()` is called with an `input_shape`, or the first layer in the '
                             'model has `input_shape` during construction.')
    _Export(model, path, custom_objects, input_signature).write(as_text, serving_only)
    configuration = os.path.join(saved_model_utils.get_or_create_assets_dir(path),
                                 compat.as_text(constants.SAVED_MODEL_FILENAME_JSON))
    file_io.write_string_to_file(configuration, model.to_json())


class _Export:

    def __init__(self, model, path, custom_objects, input_signature):
        self._model = model
        self._custom_objects = custom_objects
        self._input_signature = input_signature
        self._builder = builder_impl._SavedModelBuilder(path)
        saved_model_utils.get_or_create_variables_dir(path)
        self._checkpoint = saved_model_utils.get_variables_path(path)

    def write(self, as_text, serving_only):
        """Writes all but the configuration."""
        self._model.save_weights(self._checkpoint, save_format='tf', overwrite=True)
        optimizer = None if serving_only else self._model.optimizer
        if isinstance(optimizer, (optimizers.TFOptimizer, optimizer_v2.OptimizerV2)):
            self._add_graph(mode_keys.KerasModeKeys.TRAIN)
            self._add_graph(mode_keys.KerasModeKeys.TEST)
        elif optimizer:
            logging.warning('Model was compiled with an optimizer, but the optimizer is not from `tf.train` (e.g. '
                            '`tf.train.AdagradOptimizer`). Only the serving graph was exported. The train and evaluate '
                            'graphs were not added to the SavedModel.')
        self._add_graph(mode_keys.KerasModeKeys.PREDICT)
        self._builder.save(as_text)

    def _add_graph(self, mode):
        """Adds the graph of one mode, of a clone of the model."""
        from reflow.keras import models
        with ops.Graph().as_default() as graph, K.learning_phase_scope(mode == mode_keys.KerasModeKeys.TRAIN):
            inputs = None if self._input_signature is None else nest.map_structure(
                lambda spec: K.placeholder(shape=spec.shape, dtype=spec.dtype, name=spec.name), self._input_signature)
            compiled = mode != mode_keys.KerasModeKeys.PREDICT
            clone = models.clone_and_build_model(self._model, input_tensors=inputs, custom_objects=self._custom_objects,
                                                 compile_clone=compiled)
            if compiled:
                graph.add_to_collection(ops.GraphKeys.GLOBAL_STEP, clone.optimizer.iterations)
            function = clone._function(mode).function
            graph.get_collection_ref(ops.GraphKeys.UPDATE_OPS).extend(clone.state_updates)
            with session.Session().as_default():
                variables_of_clone, _, _ = graph_view.ObjectGraphView(clone).serialize_object_graph()
                self._transfer_weights(clone)
                self._builder.add_meta_graph(
                    model_utils.EXPORT_TAG_MAP[mode], signature_def_map=_signatures(clone, mode),
                    saver=saver_lib.Saver(variables_of_clone, allow_empty=True),
                    init_op=variables.local_variables_initializer(),
                    train_op=function.updates_op if mode == mode_keys.KerasModeKeys.TRAIN else None)

    def _transfer_weights(self, clone):
        """Of the first graph, the weights are saved again: with the variables that its optimizer makes."""
        status = clone.load_weights(self._checkpoint)
        if self._builder._has_saved_variables:
            status.assert_existing_objects_matched()
        else:
            clone.save_weights(self._checkpoint, save_format='tf', overwrite=True)
            self._builder._has_saved_variables = True


def _signatures(model, mode):
    inputs = dict(zip(model.input_names, model.inputs))
    if model.optimizer:
        inputs.update((target.name.partition(':')[0], target) for target in model.targets)
    metrics = {metric.name: metric for metric in model._compile_metric_objects} or None
    for name, metric in (metrics or {}).items():
        local = ops.get_collection_ref(ops.GraphKeys.LOCAL_VARIABLES)
        local += [each for each in metric.variables if all(each is not known for known in local)]
        metrics[name] = metric.result(), metric.updates[0]
    outputs = model_utils.export_outputs_for_mode(mode, predictions=dict(zip(model.output_names, model.outputs)),
                                                  loss=model.total_loss if model.optimizer else None, metrics=metrics)
    return model_utils.build_all_signature_defs(inputs, export_outputs=outputs,
                                                serving_only=mode == mode_keys.KerasModeKeys.PREDICT)


@deprecation.deprecated(None, 'The experimental save and load functions have been  deprecated. Please switch to '
                        '`tf.keras.models.load_model`.')
def load_from_saved_model(saved_model_path, custom_objects=None):
    """The model, not compiled, that export_saved_model has written."""
    from reflow.keras.saving import model_config
    folder = compat.as_text(saved_model_path)
    configuration = file_io.read_file_to_string(
        os.path.join(folder, constants.ASSETS_DIRECTORY, constants.SAVED_MODEL_FILENAME_JSON))
    model = model_config.model_from_json(configuration, custom_objects=custom_objects)
    model.load_weights(saved_model_utils.get_variables_path(folder))
    return model
