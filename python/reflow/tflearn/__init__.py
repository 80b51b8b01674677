"""The package `tflearn` 0.5.0: layers and training over TensorFlow, as programs import it."""

import importlib

__version__ = '0.5.0'

# {module: names that the package itself has of it}
_NAMES = {
    'config': 'is_training get_training_mode init_graph',
    'models.dnn': 'DNN',
    'models.generator': 'SequenceGenerator',
    'helpers.evaluator': 'Evaluator',
    'helpers.trainer': 'Trainer TrainOp',
    'helpers.regularizer': 'add_weights_regularizer',
    'helpers.summarizer': 'summarize summarize_activations summarize_all summarize_gradients summarize_variables',
    'optimizers': 'SGD AdaGrad Adam RMSProp Momentum Ftrl AdaDelta ProximalAdaGrad Nesterov',
    'activations': 'linear tanh sigmoid softmax softplus softsign relu relu6 leaky_relu prelu elu crelu selu',
    'variables': 'variable get_all_trainable_variable get_all_variables get_layer_variables_by_name '
                 'get_layer_variables_by_scope',
    'objectives': 'categorical_crossentropy binary_crossentropy softmax_categorical_crossentropy hinge_loss mean_square '
                  'weighted_crossentropy',
    'metrics': 'Top_k Accuracy R2 top_k_op accuracy_op r2_op Prediction_Counts',
    'layers.conv': 'conv_2d max_pool_2d avg_pool_2d conv_1d max_pool_1d avg_pool_1d global_avg_pool residual_block '
                   'residual_bottleneck conv_2d_transpose upsample_2d conv_3d max_pool_3d avg_pool_3d highway_conv_1d '
                   'highway_conv_2d deconv_2d resnext_block densenet_block',
    'layers.core': 'input_data dropout custom_layer reshape flatten activation fully_connected single_unit highway '
                   'one_hot_encoding time_distributed multi_target_data',
    'layers.normalization': 'batch_normalization local_response_normalization',
    'layers.estimator': 'regression',
    'layers.recurrent': 'lstm gru simple_rnn bidirectional_rnn BasicRNNCell BasicLSTMCell GRUCell',
    'layers.embedding_ops': 'embedding',
    'layers.merge_ops': 'merge merge_outputs',
    'utils': 'get_layer_by_name',
    'data_augmentation': 'DataAugmentation ImageAugmentation',
    'data_preprocessing': 'DataPreprocessing ImagePreprocessing',
}
_MODULE_OF = {name: module for module, names in _NAMES.items() for name in names.split()}


def __getattr__(name):
    if name in _MODULE_OF:
        return getattr(importlib.import_module('reflow.tflearn.' + _MODULE_OF[name]), name)
    if name.startswith('__'):
        raise AttributeError("module 'tflearn' has no attribute '%s'" % name)
    try:
        return importlib.import_module('reflow.tflearn.' + name)
    except ModuleNotFoundError as error:
        if error.name != 'reflow.tflearn.' + name:
            raise
    raise AttributeError("module 'tflearn' has no attribute '%s'" % name)


from reflow.tflearn import config  # noqa: E402

config.init_training_mode()
