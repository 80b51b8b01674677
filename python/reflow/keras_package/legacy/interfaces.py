"""Arguments as Keras 1 had them: decorators that hand them on under the names of Keras 2, and warn of it."""

import functools
import warnings

import numpy as np

_ORDERS = {'tf': 'channels_last', 'th': 'channels_first', 'default': None}
_OF_WEIGHTS = {'init': 'kernel_initializer', 'W_regularizer': 'kernel_regularizer', 'b_regularizer': 'bias_regularizer',
               'W_constraint': 'kernel_constraint', 'b_constraint': 'bias_constraint', 'bias': 'use_bias'}
_OF_WINDOWS = {'border_mode': 'padding', 'dim_ordering': 'data_format'}
_OF_CONVOLUTIONS = {'nb_filter': 'filters', 'subsample': 'strides', **_OF_WINDOWS, **_OF_WEIGHTS}


def _shown(value):
    if isinstance(value, str):
        return '"%s"' % value
    text = 'array' if isinstance(value, np.ndarray) else str(value)
    return text[:10] + '...' if len(text) > 10 else text


def generate_legacy_interface(allowed_positional_args=None, conversions=None, preprocessor=None, value_conversions=None,
                              object_type='class'):
    """A decorator of constructors, or of functions that are no 'class'.

    `conversions` has pairs of old and new names, `value_conversions` {old name: {old value: new value}}. The preprocessor takes
    args and kwargs and gives both, and what it has changed. TypeError: more arguments by position than are named, or an
    argument by both names.
    """
    def decorator(func):
        @functools.wraps(func)
        def wrapper(*args, **kwargs):
            name = type(args[0]).__name__ if object_type == 'class' else func.__name__
            args, kwargs, changed = preprocessor(args, kwargs) if preprocessor else (args, kwargs, [])
            if allowed_positional_args is not None and len(args) > len(allowed_positional_args) + 1:
                raise TypeError('`%s` can accept only %d positional arguments %s, but you passed the following positional '
                                'arguments: %s' % (name, len(allowed_positional_args), tuple(allowed_positional_args),
                                                   list(args[1:])))
            for key, values in (value_conversions or {}).items():
                if key in kwargs and kwargs[key] in values:
                    kwargs[key] = values[kwargs[key]]
            for old, new in conversions or ():
                if old in kwargs:
                    value = kwargs.pop(old)
                    if new in kwargs:
                        raise_duplicate_arg_error(old, new)
                    kwargs[new] = value
                    changed.append((new, old))
            if changed:
                shown = [_shown(value) for value in args[1:]] + ['%s=%s' % (key, _shown(value)) for key, value in kwargs.items()]
                warnings.warn('Update your `%s` call to the Keras 2 API: `%s(%s)`' % (name, name, ', '.join(shown)), stacklevel=2)
            return func(*args, **kwargs)

        wrapper._original_function = func
        return wrapper

    return decorator


generate_legacy_method_interface = functools.partial(generate_legacy_interface, object_type='method')


def raise_duplicate_arg_error(old_arg, new_arg):
    """Raises the TypeError of an argument that is passed by both names."""
    raise TypeError('For the `%s` argument, the layer received both the legacy keyword argument `%s` and the Keras 2 keyword '
                    'argument `%s`. Stick to the latter!' % (new_arg, old_arg, new_arg))


def _interface(positional, names, preprocessor=None, has_order=True):
    values = {'dim_ordering': _ORDERS} if has_order and 'dim_ordering' in names else {}
    if 'consume_less' in names:
        values['consume_less'] = {'cpu': 0, 'mem': 1, 'gpu': 2}
    return generate_legacy_interface(positional, list(names.items()), preprocessor, values)


def embedding_kwargs_preprocessor(args, kwargs):
    """Leaves dropout out."""
    if kwargs.pop('dropout', None) is not None:
        warnings.warn('The `dropout` argument is no longer support in `Embedding`. You can apply a `keras.layers.SpatialDropout1D` '
                      'layer right after the `Embedding` layer to get the same behavior.', stacklevel=3)
    return args, kwargs, []


def _forget_bias(kwargs):
    value = kwargs.pop('forget_bias_init', None)
    if value == 'one':
        kwargs['unit_forget_bias'] = True
        return [('forget_bias_init', 'unit_forget_bias')]
    if value is not None:
        warnings.warn('The `forget_bias_init` argument has been ignored. Use `unit_forget_bias=True` instead to initialize with '
                      'ones.', stacklevel=4)
    return []


def recurrent_args_preprocessor(args, kwargs):
    """input_dim and input_length become input_shape."""
    changed = _forget_bias(kwargs)
    if 'input_dim' in kwargs:
        length = kwargs.pop('input_length', None)
        kwargs['input_shape'] = (length, kwargs.pop('input_dim'))
        changed.append(('input_dim', 'input_shape'))
        warnings.warn('The `input_dim` and `input_length` arguments in recurrent layers are deprecated. Use `input_shape` instead.',
                      stacklevel=3)
    return args, kwargs, changed


def conv1d_args_preprocessor(args, kwargs):
    """input_dim and input_length become input_shape."""
    if 'input_dim' not in kwargs:
        return args, kwargs, []
    length = kwargs.pop('input_length', None)
    kwargs['input_shape'] = (length, kwargs.pop('input_dim'))
    return args, kwargs, [('input_shape', 'input_dim')]


def _with_kernel_size(args, kwargs, names, label):
    """The sizes of a window, which Keras 1 took one by one, as one argument."""
    number = len(names)
    if len(args) > 2 + number:
        raise TypeError('Layer can receive at most %d positional arguments.' % (1 + number))
    given = args[2:]
    if len(given) > 1 and all(isinstance(size, int) for size in given) and any(
            name in kwargs for name in ('padding', 'strides', 'data_format')):
        raise ValueError('It seems that you are using the Keras 2 and you are passing both `kernel_size` and `strides` as integer '
                         'positional arguments. For safety reasons, this is disallowed. Pass `strides` as a keyword argument '
                         'instead.')
    rest = names[len(given):]
    if not all(isinstance(size, int) for size in given) or not all(name in kwargs for name in rest):
        return args, kwargs, []
    size = tuple(given) + tuple(kwargs.pop(name) for name in rest)
    if len(args) == 1:
        kwargs['kernel_size'] = size
        return args, kwargs, [('kernel_size', 'nb_row/nb_col')]
    return [args[0], args[1], size], kwargs, [('kernel_size', label)]


def conv2d_args_preprocessor(args, kwargs):
    """nb_row and nb_col become kernel_size."""
    return _with_kernel_size(args, kwargs, ('nb_row', 'nb_col'), 'nb_row/nb_col')


def conv3d_args_preprocessor(args, kwargs):
    """kernel_dim1, kernel_dim2 and kernel_dim3 become kernel_size."""
    return _with_kernel_size(args, kwargs, ('kernel_dim1', 'kernel_dim2', 'kernel_dim3'), 'kernel_dim*')


def separable_conv2d_args_preprocessor(args, kwargs):
    """One initializer becomes two."""
    changed = []
    if 'init' in kwargs:
        kwargs['depthwise_initializer'] = kwargs['pointwise_initializer'] = kwargs.pop('init')
        changed.append(('init', 'depthwise_initializer/pointwise_initializer'))
    args, kwargs, others = conv2d_args_preprocessor(args, kwargs)
    return args, kwargs, changed + others


def deconv2d_args_preprocessor(args, kwargs):
    """Leaves the shape of the output out, which Keras 2 computes."""
    changed = []
    if len(args) == 5 and isinstance(args[4], tuple):
        args = args[:-1]
        changed.append(('output_shape', None))
    if 'output_shape' in kwargs:
        kwargs.pop('output_shape')
        changed.append(('output_shape', None))
    args, kwargs, others = conv2d_args_preprocessor(args, kwargs)
    return args, kwargs, changed + others


def convlstm2d_args_preprocessor(args, kwargs):
    """Those of convolutions and of recurrent layers."""
    changed = _forget_bias(kwargs)
    args, kwargs, others = conv2d_args_preprocessor(args, kwargs)
    return args, kwargs, changed + others


def batchnorm_args_preprocessor(args, kwargs):
    """Leaves the mode out. TypeError: one that is gone, or arguments by position."""
    if len(args) > 1:
        raise TypeError('The `BatchNormalization` layer does not accept positional arguments. Use keyword arguments instead.')
    if 'mode' not in kwargs:
        return args, kwargs, []
    if kwargs.pop('mode') != 0:
        raise TypeError('The `mode` argument of `BatchNormalization` no longer exists. `mode=1` and `mode=2` are no longer '
                        'supported.')
    return args, kwargs, [('mode', None)]


_PADS = ('top_pad', 'bottom_pad', 'left_pad', 'right_pad')


def zeropadding2d_args_preprocessor(args, kwargs):
    """The four sides by their names become pairs."""
    padding = kwargs.get('padding', args[1] if len(args) == 2 else None)
    if isinstance(padding, dict) and set(padding) <= set(_PADS):
        top, bottom, left, right = (padding.get(side, 0) for side in _PADS)
        if 'padding' in kwargs:
            kwargs['padding'] = ((top, bottom), (left, right))
        else:
            args = (args[0], ((top, bottom), (left, right)))
        warnings.warn('The `padding` argument in the Keras 2 API no longeraccepts dict types. You can now input argument as: '
                      + ('`padding=(top_pad, bottom_pad, left_pad, right_pad)`.' if 'padding' in kwargs else
                         '`padding=((top_pad, bottom_pad), (left_pad, right_pad))`'), stacklevel=3)
    return args, kwargs, []


def generator_methods_args_preprocessor(args, kwargs):
    """A number of examples becomes a number of batches, where the generator says how large these are."""
    changed = []
    if len(args) < 3 and 'samples_per_epoch' in kwargs:
        samples = kwargs.pop('samples_per_epoch')
        generator = args[1] if len(args) > 1 else kwargs['generator']
        kwargs['steps_per_epoch'] = samples // generator.batch_size if hasattr(generator, 'batch_size') else samples
        changed.append(('samples_per_epoch', 'steps_per_epoch'))
    if {'samples_per_epoch', 'val_samples', 'nb_epoch', 'nb_val_samples', 'nb_worker'}.intersection(kwargs):
        warnings.warn(
            'The semantics of the Keras 2 argument `steps_per_epoch` is not the same as the Keras 1 argument `samples_per_epoch`. '
            '`steps_per_epoch` is the number of batches to draw from the generator at each epoch. Basically steps_per_epoch = '
            'samples_per_epoch/batch_size. Similarly `nb_val_samples`->`validation_steps` and `val_samples`->`steps` arguments '
            'have changed. Update your method calls accordingly.', stacklevel=3)
    return args, kwargs, changed


def add_weight_args_preprocessing(args, kwargs):
    """A shape before the name."""
    if len(args) > 1 and isinstance(args[1], (tuple, list)):
        kwargs['shape'] = args[1]
        args = (args[0],) + args[2:]
        if len(args) > 1 and isinstance(args[1], str):
            kwargs['name'] = args[1]
            args = (args[0],) + args[2:]
    return args, kwargs, []


def get_updates_arg_preprocessing(args, kwargs):
    """get_updates(params, constraints, loss), Keras 1's order."""
    if len(args) > 4:
        raise TypeError('`get_update` call received more arguments than expected.')
    if len(args) == 4:
        optimizer, kwargs['params'], _, kwargs['loss'] = args
        return [optimizer], kwargs, []
    if len(args) == 3 and isinstance(args[1], (list, tuple)):
        assert isinstance(args[2], dict)
        assert 'loss' in kwargs
        optimizer, kwargs['params'], _ = args
        return [optimizer], kwargs, []
    return args, kwargs, []


_KERNEL = ['filters', 'kernel_size']
_POOL = ['pool_size', 'strides', 'padding']
_GATES = {'inner_init': 'recurrent_initializer', 'inner_activation': 'recurrent_activation',
          'U_regularizer': 'recurrent_regularizer', 'dropout_W': 'dropout', 'dropout_U': 'recurrent_dropout'}
_RATE = {'p': 'rate'}
_ORDER = {'dim_ordering': 'data_format'}

legacy_dense_support = _interface(['units'], {'output_dim': 'units', **_OF_WEIGHTS})
legacy_dropout_support = _interface(['rate', 'noise_shape', 'seed'], _RATE)
legacy_embedding_support = _interface(['input_dim', 'output_dim'], {
    'init': 'embeddings_initializer', 'W_regularizer': 'embeddings_regularizer', 'W_constraint': 'embeddings_constraint'},
    embedding_kwargs_preprocessor)
legacy_pooling1d_support = _interface(
    _POOL, {'pool_length': 'pool_size', 'stride': 'strides', 'border_mode': 'padding'})
legacy_prelu_support = _interface(['alpha_initializer'], {'init': 'alpha_initializer'})
legacy_gaussiannoise_support = _interface(['stddev'], {'sigma': 'stddev'})
legacy_recurrent_support = _interface(['units'], {
    'output_dim': 'units', 'init': 'kernel_initializer', 'inner_init': 'recurrent_initializer',
    'inner_activation': 'recurrent_activation', 'W_regularizer': 'kernel_regularizer', 'b_regularizer': 'bias_regularizer',
    'U_regularizer': 'recurrent_regularizer', 'dropout_W': 'dropout', 'dropout_U': 'recurrent_dropout',
    'consume_less': 'implementation'}, recurrent_args_preprocessor)
legacy_gaussiandropout_support = _interface(['rate'], _RATE)
legacy_pooling2d_support = legacy_pooling3d_support = _interface(_POOL, _OF_WINDOWS)
legacy_global_pooling_support = _interface(None, _ORDER)
legacy_upsampling1d_support = _interface(['size'], {'length': 'size'})
legacy_upsampling2d_support = legacy_upsampling3d_support = _interface(['size'], _ORDER)
legacy_conv1d_support = _interface(_KERNEL, {
    'nb_filter': 'filters', 'filter_length': 'kernel_size', 'subsample_length': 'strides', 'border_mode': 'padding',
    **_OF_WEIGHTS}, conv1d_args_preprocessor)
legacy_conv2d_support = _interface(_KERNEL, _OF_CONVOLUTIONS, conv2d_args_preprocessor)
legacy_separable_conv2d_support = _interface(_KERNEL, {
    'nb_filter': 'filters', 'subsample': 'strides', **_OF_WINDOWS, 'b_regularizer': 'bias_regularizer',
    'b_constraint': 'bias_constraint', 'bias': 'use_bias'}, separable_conv2d_args_preprocessor)
legacy_deconv2d_support = _interface(_KERNEL, _OF_CONVOLUTIONS, deconv2d_args_preprocessor)
legacy_conv3d_support = _interface(_KERNEL, _OF_CONVOLUTIONS, conv3d_args_preprocessor)
legacy_convlstm2d_support = _interface(_KERNEL, {
    'nb_filter': 'filters', 'subsample': 'strides', **_OF_WINDOWS, 'init': 'kernel_initializer',
    'W_regularizer': 'kernel_regularizer', 'b_regularizer': 'bias_regularizer', **_GATES, 'bias': 'use_bias'},
    convlstm2d_args_preprocessor)
legacy_batchnorm_support = _interface(
    [], {'beta_init': 'beta_initializer', 'gamma_init': 'gamma_initializer'}, batchnorm_args_preprocessor)
legacy_zeropadding2d_support = _interface(['padding'], _ORDER, zeropadding2d_args_preprocessor)
legacy_zeropadding3d_support = _interface(['padding'], _ORDER)
legacy_cropping2d_support = legacy_cropping3d_support = _interface(['cropping'], _ORDER)
legacy_spatialdropout1d_support = _interface(['rate'], _RATE)
legacy_spatialdropoutNd_support = _interface(['rate'], {**_RATE, **_ORDER})
legacy_lambda_support = _interface(['function', 'output_shape'], {})
legacy_generator_methods_support = generate_legacy_method_interface(
    ['generator', 'steps_per_epoch', 'epochs'],
    [('samples_per_epoch', 'steps_per_epoch'), ('val_samples', 'steps'), ('nb_epoch', 'epochs'),
     ('nb_val_samples', 'validation_steps'), ('nb_worker', 'workers'), ('pickle_safe', 'use_multiprocessing'),
     ('max_q_size', 'max_queue_size')], generator_methods_args_preprocessor)
legacy_model_constructor_support = _interface(None, {'input': 'inputs', 'output': 'outputs'})
legacy_input_support = _interface(None, {'input_dtype': 'dtype'})
legacy_add_weight_support = _interface(['name', 'shape'], {}, add_weight_args_preprocessing)
legacy_get_updates_support = _interface(None, {}, get_updates_arg_preprocessing)

# The constructors of layers that take such arguments.
OF_LAYERS = {
    'Dense': legacy_dense_support, 'Dropout': legacy_dropout_support, 'Embedding': legacy_embedding_support,
    'MaxPooling1D': legacy_pooling1d_support, 'AveragePooling1D': legacy_pooling1d_support,
    'MaxPooling2D': legacy_pooling2d_support, 'AveragePooling2D': legacy_pooling2d_support,
    'MaxPooling3D': legacy_pooling3d_support, 'AveragePooling3D': legacy_pooling3d_support,
    'GlobalMaxPooling2D': legacy_global_pooling_support, 'GlobalAveragePooling2D': legacy_global_pooling_support,
    'GlobalMaxPooling3D': legacy_global_pooling_support, 'GlobalAveragePooling3D': legacy_global_pooling_support,
    'PReLU': legacy_prelu_support, 'GaussianNoise': legacy_gaussiannoise_support,
    'GaussianDropout': legacy_gaussiandropout_support, 'SimpleRNN': legacy_recurrent_support,
    'GRU': legacy_recurrent_support, 'LSTM': legacy_recurrent_support, 'UpSampling1D': legacy_upsampling1d_support,
    'UpSampling2D': legacy_upsampling2d_support, 'UpSampling3D': legacy_upsampling3d_support,
    'Conv1D': legacy_conv1d_support, 'LocallyConnected1D': legacy_conv1d_support, 'Conv2D': legacy_conv2d_support,
    'LocallyConnected2D': legacy_conv2d_support, 'SeparableConv2D': legacy_separable_conv2d_support,
    'Conv2DTranspose': legacy_deconv2d_support, 'Conv3D': legacy_conv3d_support, 'ConvLSTM2D': legacy_convlstm2d_support,
    'BatchNormalization': legacy_batchnorm_support, 'ZeroPadding2D': legacy_zeropadding2d_support,
    'ZeroPadding3D': legacy_zeropadding3d_support, 'Cropping2D': legacy_cropping2d_support,
    'Cropping3D': legacy_cropping3d_support, 'SpatialDropout1D': legacy_spatialdropout1d_support,
    'SpatialDropout2D': legacy_spatialdropoutNd_support, 'SpatialDropout3D': legacy_spatialdropoutNd_support,
    'Lambda': legacy_lambda_support,
}
