"""The configurations of models in files as the package keras has them, where those of tf.keras are others."""

# What tf.keras has classes for.
_SCALINGS = {'GlorotUniform': 'uniform', 'GlorotNormal': 'normal'}
_INITIALIZERS = {'Constant', 'Identity', 'Ones', 'Orthogonal', 'RandomNormal', 'RandomUniform', 'TruncatedNormal',
                 'VarianceScaling', 'Zeros', *_SCALINGS}
# The argument that a layer of the package doesn't have.
_UNKNOWN = {'InputLayer': 'ragged', 'LocallyConnected1D': 'implementation', 'LocallyConnected2D': 'implementation',
            **dict.fromkeys(('RNN', 'SimpleRNN', 'GRU', 'LSTM', 'ConvLSTM2D', 'CuDNNGRU', 'CuDNNLSTM'), 'time_major')}


def of_package(config):
    """The same configuration, of a model or a part of one, for the package."""
    if isinstance(config, (list, tuple)):
        return [of_package(each) for each in config]
    if not isinstance(config, dict):
        return config
    config = {key: of_package(value) for key, value in config.items()}
    arguments = config.get('config')
    if 'class_name' not in config or not isinstance(arguments, dict):
        return config
    kind = config['class_name']
    if kind in _INITIALIZERS:
        return _initializer(kind, arguments)
    arguments.pop(_UNKNOWN.get(kind), None)
    if kind == 'BatchNormalization' and isinstance(arguments.get('axis'), list):
        arguments['axis'], = arguments['axis']
    return config


def _initializer(kind, arguments):
    arguments.pop('dtype', None)
    if kind in _SCALINGS:
        arguments = {'scale': 1.0, 'mode': 'fan_avg', 'distribution': _SCALINGS[kind], 'seed': arguments.get('seed')}
        kind = 'VarianceScaling'
    elif arguments.get('distribution') == 'truncated_normal':
        arguments['distribution'] = 'normal'
    return {'class_name': kind, 'config': arguments}
