"""Layers and models of the package keras with the arguments of Keras 1, and what they warn of."""
import warnings

import keras
import numpy as np
from keras import backend as K
from keras.backend import tensorflow_backend
from keras.layers import *
from keras.legacy import interfaces
from keras.models import Model, Sequential
from keras.optimizers import SGD

random = np.random.RandomState(0)


def show(function):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter('always')
        try:
            print(function())
        except (TypeError, ValueError) as error:
            print(type(error).__name__, str(error)[:300])
    for warning in caught:
        if 'Keras 2' in str(warning.message) or 'nb_epoch' in str(warning.message):
            print('   ', warning.message)


def config(make, *names):
    def values():
        layer_config = make().get_config()
        return [layer_config.get(name) for name in names]

    show(values)


config(lambda: Dense(output_dim=6, init='uniform', activation='relu', input_dim=11), 'units', 'batch_input_shape')
config(lambda: Dense(6, W_regularizer='l2', b_constraint=None, bias=False), 'units', 'use_bias')
config(lambda: Dense(6, 'relu'), 'units')
config(lambda: Dense(output_dim=6, units=6), 'units')
config(lambda: Convolution2D(32, 3, 3, border_mode='same', subsample=(2, 2), input_shape=(8, 8, 3)),
       'filters', 'kernel_size', 'padding', 'strides')
config(lambda: Convolution2D(nb_filter=4, nb_row=3, nb_col=2, dim_ordering='tf'), 'filters', 'kernel_size', 'data_format')
config(lambda: Convolution2D(4, 3, nb_col=2, init='he_normal'), 'filters', 'kernel_size')
config(lambda: Conv2D(4, 3, 3), 'filters', 'kernel_size', 'strides')
config(lambda: Conv2D(4, 3, 3, padding='same'), 'filters')
config(lambda: Conv2D(4, 3, 3, 2, 1), 'filters')
config(lambda: Convolution1D(nb_filter=4, filter_length=3, subsample_length=2, border_mode='valid', input_dim=2),
       'filters', 'kernel_size', 'strides', 'padding', 'batch_input_shape')
config(lambda: Convolution3D(4, 3, 3, 3, border_mode='same', subsample=(1, 1, 1)), 'kernel_size', 'padding')
config(lambda: Convolution3D(4, 3, kernel_dim2=2, kernel_dim3=1), 'kernel_size')
config(lambda: Deconvolution2D(4, 3, 3, output_shape=(None, 14, 14, 4), subsample=(2, 2)), 'filters', 'strides')
config(lambda: Deconvolution2D(4, 3, 3, (None, 14, 14, 4)), 'filters', 'kernel_size')
config(lambda: AtrousConvolution2D(4, 3, 3, atrous_rate=(2, 2)), 'filters', 'dilation_rate')
config(lambda: SeparableConv2D(4, 3, 3, init='uniform'), 'filters', 'kernel_size')
config(lambda: ConvLSTM2D(nb_filter=4, nb_row=3, nb_col=3, border_mode='same', forget_bias_init='one'),
       'filters', 'kernel_size', 'padding', 'unit_forget_bias')
config(lambda: Dropout(p=.5), 'rate')
config(lambda: SpatialDropout2D(p=.3, dim_ordering='th'), 'rate', 'data_format')
config(lambda: MaxPooling2D(pool_size=(2, 2), border_mode='same', dim_ordering='tf'), 'padding', 'data_format')
config(lambda: MaxPooling1D(pool_length=3, stride=2), 'pool_size', 'strides')
config(lambda: GlobalAveragePooling2D(dim_ordering='tf'), 'data_format')
config(lambda: LSTM(output_dim=4, init='uniform', inner_init='orthogonal', inner_activation='sigmoid', dropout_W=.1,
                    dropout_U=.2, consume_less='gpu'),
       'units', 'recurrent_activation', 'dropout', 'recurrent_dropout', 'implementation')
config(lambda: GRU(4, input_dim=3, input_length=5), 'batch_input_shape', 'implementation')
config(lambda: SimpleRNN(4, U_regularizer='l2'), 'units')
config(lambda: Embedding(10, 4, init='uniform', dropout=.2), 'output_dim')
config(lambda: BatchNormalization(mode=0, axis=1, gamma_init='one'), 'axis')
config(lambda: BatchNormalization(mode=1))
config(lambda: BatchNormalization(1))
config(lambda: GaussianNoise(sigma=.1), 'stddev')
config(lambda: UpSampling2D(size=(2, 2), dim_ordering='th'), 'data_format')
config(lambda: UpSampling1D(length=3), 'size')
config(lambda: ZeroPadding2D({'top_pad': 1, 'left_pad': 2}), 'padding')
config(lambda: PReLU(init='zero'), 'shared_axes')


def trained():
    model = Sequential()
    model.add(Dense(output_dim=4, init='uniform', activation='relu', input_dim=3))
    model.add(Dropout(p=.1))
    model.add(Dense(output_dim=1, init='glorot_uniform', activation='sigmoid'))
    model.compile(optimizer='adam', loss='binary_crossentropy', metrics=['accuracy'])
    history = model.fit(random.rand(20, 3), random.randint(0, 2, 20), batch_size=10, nb_epoch=2, verbose=0)
    return len(history.epoch), sorted(history.history)


def generator():
    while True:
        yield np.ones((4, 3)), np.ones((4, 1))


def trained_by_generator():
    model = Sequential([Dense(1, input_dim=3)])
    model.compile(SGD(lr=.1, decay=1e-6, momentum=.9, nesterov=True), 'mse')
    history = model.fit_generator(generator(), samples_per_epoch=8, nb_epoch=2, verbose=0, nb_val_samples=4,
                                  validation_data=generator(), max_q_size=2, nb_worker=1, pickle_safe=False)
    return len(history.epoch), model.evaluate_generator(generator(), val_samples=2) >= 0


def functional():
    x = Input(shape=(3,))
    return Model(input=x, output=Dense(1)(x)).input_shape, Model(x, Dense(1)(x)).output_shape


class Scaled(Layer):
    def build(self, input_shape):
        self.scale = self.add_weight(shape=(1,), initializer='ones', name='scale')
        super().build(input_shape)

    @interfaces.legacy_lambda_support
    def call(self, x):
        return x * self.scale


show(trained)
show(trained_by_generator)
show(functional)
show(lambda: Sequential([Scaled(input_shape=(2,))]).predict(np.ones((1, 2))))
tensorflow_backend.set_session(K.get_session())
print(tensorflow_backend._get_available_gpus(), keras.backend.normalize_data_format('Channels_Last'))
try:
    K.normalize_data_format('other')
except ValueError as error:
    print(error)
