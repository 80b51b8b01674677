"""Estimators whose model_fn clones a model of Keras."""

import os

from reflow.client import session
from reflow.estimator import estimator as estimator_lib
from reflow.estimator import model_fn as model_fn_lib
from reflow.estimator.mode_keys import ModeKeys
from reflow.framework import ops
from reflow.framework import random_seed
from reflow.framework import sparse_tensor
from reflow.framework import tensor_util
from reflow.keras import backend as K
from reflow.keras import models
from reflow.keras.saving import save
from reflow.platform import gfile
from reflow.platform import tf_logging as logging
from reflow.saved_model import signature_constants
from reflow.saved_model.model_utils import export_output
from reflow.training import checkpoint_management
from reflow.training import saver as saver_lib
from reflow.training import scaffold as scaffold_lib
from reflow.training import training_util
from reflow.training.tracking import graph_view
from reflow.training.tracking import util as trackable_util


def model_to_estimator(keras_model=None, keras_model_path=None, custom_objects=None, model_dir=None, config=None,
                       checkpoint_format=None, use_v2_estimator=False):
    """See tf.keras.estimator.model_to_estimator; checkpoint_format None is 'checkpoint'."""
    if not (keras_model or keras_model_path):
        raise ValueError('Either `keras_model` or `keras_model_path` needs to be provided.')
    if keras_model and keras_model_path:
        raise ValueError('Please specity either `keras_model` or `keras_model_path`, but not both.')
    config = estimator_lib.maybe_overwrite_model_dir_and_session_config(config, model_dir)
    if keras_model:
        logging.info('Using the Keras model provided.')
    else:
        logging.info('Loading models from %s', keras_model_path)
        keras_model = save.load_model(keras_model_path)
    by_objects = _saves_objects(keras_model, checkpoint_format)
    if not getattr(keras_model, 'optimizer', None):
        raise ValueError('The given keras model has not been compiled yet. Please compile the model with `model.compile()` '
                         'before calling `model_to_estimator()`.')
    model_fn = _model_fn_of(keras_model, custom_objects, by_objects)
    if _any_weight_initialized(keras_model):
        if config.session_config.HasField('gpu_options'):
            logging.warning('The Keras backend session has already been set. The _session_config passed to model_to_estimator '
                            'will not be used.')
    else:
        K.set_session(session.Session(config=config.session_config))
    warm_start_path = None
    if keras_model._is_graph_network:
        warm_start_path = _first_checkpoint(keras_model, custom_objects, config, by_objects)
    elif keras_model.built:
        logging.warning('The weights that the subclassed model has are not taken over: the Estimator begins with new ones.')
    return estimator_lib.Estimator(model_fn, config=config, warm_start_from=warm_start_path)


def _saves_objects(keras_model, checkpoint_format):
    """Whether checkpoints are those of objects."""
    if checkpoint_format is None or checkpoint_format == 'checkpoint':
        if not (keras_model._is_graph_network or isinstance(keras_model, models.Sequential)):
            raise ValueError('Object-based checkpoints are currently not supported with subclassed models.')
        return True
    if checkpoint_format != 'saver':
        raise ValueError('Checkpoint format must be one of "checkpoint" or "saver". Got {}'.format(checkpoint_format))
    return False


def _any_weight_initialized(keras_model):
    from reflow.eager import context
    return context.executing_eagerly() or any(
        hasattr(weight, '_keras_initialized') for layer in keras_model.layers for weight in layer.weights)


def _model_fn_of(keras_model, custom_objects, by_objects):
    """The model_fn that clones the model for a mode's features and labels."""
    try:
        optimizer_config = keras_model.optimizer.get_config()
    except (NotImplementedError, AttributeError):
        optimizer_config = None

    def model_fn(features, labels, mode):
        model = _clone(mode, keras_model, custom_objects, features, labels, optimizer_config)
        predictions = dict(zip(model.output_names, model.outputs))
        loss = train_op = eval_metric_ops = None
        if mode != ModeKeys.PREDICT:
            function = model._function('train' if mode == ModeKeys.TRAIN else 'test')
            loss = model.total_loss
            eval_metric_ops = model._metrics_by_name()
            if mode == ModeKeys.TRAIN:
                train_op = function.function.updates_op
        if not model._is_graph_network:
            models.in_place_subclassed_model_state_restoration(keras_model)
        return model_fn_lib.EstimatorSpec(
            mode=mode, predictions=predictions, loss=loss, train_op=train_op, eval_metric_ops=eval_metric_ops,
            export_outputs={signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY: export_output.PredictOutput(predictions)},
            scaffold=_scaffold_of_objects(model) if by_objects else None)

    return model_fn


def _scaffold_of_objects(model):
    model._track_trackable(training_util.get_global_step(), 'estimator_global_step')
    saver = saver_lib.Saver(var_list=graph_view.ObjectGraphView(model).frozen_saveable_objects(), sharded=True)
    saver._object_restore_saver = trackable_util.frozen_saver(model)
    return scaffold_lib.Scaffold(saver=saver)


def _clone(mode, keras_model, custom_objects, features=None, labels=None, optimizer_config=None):
    """The clone for a mode; without features it has placeholders."""
    K.set_learning_phase(mode == ModeKeys.TRAIN)
    weights = None
    if isinstance(features, dict) and set(features) == {'features', 'sample_weights'}:
        features, weights = features['features'], features['sample_weights']
    inputs, targets = _tensors(keras_model, features, labels)
    is_compiled = mode != ModeKeys.PREDICT
    global_step = None
    if is_compiled:
        global_step = training_util.get_or_create_global_step()
        K.track_variable(global_step)
    clone = models.clone_and_build_model(
        keras_model, inputs, targets, custom_objects, compile_clone=is_compiled,
        in_place_reset=not keras_model._is_graph_network, optimizer_iterations=global_step, optimizer_config=optimizer_config)
    if weights is not None and is_compiled:
        clone._set_sample_weight_tensors(weights)
    return clone


def _tensors(keras_model, features, labels):
    """(inputs, targets): lists in the order of the model's inputs and outputs, or None."""
    is_network = keras_model._is_graph_network
    input_names = output_names = None
    if isinstance(features, dict):
        input_names = keras_model.input_names if is_network else _numbered('input', features)
    if isinstance(labels, dict):
        output_names = keras_model.output_names if is_network else _numbered('output', labels)
    return _ordered(features, input_names, 'features', 'inputs'), _ordered(labels, output_names, 'labels', 'outputs')


def _numbered(name, values):
    return ['%s_%d' % (name, i + 1) for i in range(len(values))]


def _ordered(values, keys, name, kind):
    if values is None:
        return None
    if isinstance(values, (list, tuple)):
        return [_tensor(each) for each in values]
    if not isinstance(values, dict):
        return [_tensor(values)]
    different = set(values) ^ set(keys)
    if different:
        raise KeyError('The dictionary passed into {0} does not have the expected {1} keys defined in the keras model.\n\t'
                       'Expected keys: {2}\n\t{0} keys: {3}\n\tDifference: {4}'.format(
                           name, kind, set(keys), set(values), different))
    return [_tensor(values[key]) for key in keys]


def _tensor(value):
    return value if tensor_util.is_tensor(value) else sparse_tensor.convert_to_tensor_or_sparse_tensor(value)


def _first_checkpoint(keras_model, custom_objects, config, by_objects):
    """The checkpoint of the model's weights, below model_dir/keras: written unless it is there."""
    folder = os.path.join(config.model_dir, 'keras')
    latest = checkpoint_management.latest_checkpoint(folder)
    if latest:
        return latest
    weights = keras_model.get_weights() if _any_weight_initialized(keras_model) else None
    if not gfile.IsDirectory(folder):
        gfile.MakeDirs(folder)
    path = os.path.join(folder, 'keras_model.ckpt')
    with ops.Graph().as_default():
        random_seed.set_random_seed(config.tf_random_seed)
        training_util.create_global_step()
        model = _clone(ModeKeys.TRAIN, keras_model, custom_objects)
        model._function('train')
        with session.Session(config=config.session_config) as sess:
            if weights:
                model.set_weights(weights)
            K.get_session()  # it initializes variables
            if by_objects:
                model._track_trackable(training_util.get_global_step(), 'estimator_global_step')
                model.save_weights(path)
            else:
                saver_lib.Saver().save(sess, path)
    return path
