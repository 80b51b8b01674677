"""Long short-term memory whose products are convolutions (Shi et al., arXiv 1506.04214)."""

from reflow.framework import tensor_shape
from reflow.keras import backend as K
from reflow.keras import initializers
from reflow.keras import regularizers
from reflow.keras.engine import arguments
from reflow.keras.engine.base_layer import Layer
from reflow.keras.engine.input_spec import InputSpec
from reflow.keras.layers import recurrent
from reflow.keras.layers.recurrent_cells import DropoutMasks, WEIGHTS, names_of_arguments
from reflow.keras.utils import conv_utils
from reflow.ops import array_ops


class ConvLSTM2DCell(DropoutMasks, Layer):
    """The cell of ConvLSTM2D."""

    def __init__(self, filters, kernel_size, strides=(1, 1), padding='valid', data_format=None, dilation_rate=(1, 1),
                 activation='tanh', recurrent_activation='hard_sigmoid', use_bias=True,
                 kernel_initializer='glorot_uniform', recurrent_initializer='orthogonal', bias_initializer='zeros',
                 unit_forget_bias=True, kernel_regularizer=None, recurrent_regularizer=None, bias_regularizer=None,
                 kernel_constraint=None, recurrent_constraint=None, bias_constraint=None, dropout=0., recurrent_dropout=0.,
                 **kwargs):
        given = dict(locals())
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_size = conv_utils.normalize_tuple(kernel_size, 2, 'kernel_size')
        self.strides = conv_utils.normalize_tuple(strides, 2, 'strides')
        self.padding = conv_utils.normalize_padding(padding)
        self.data_format = conv_utils.normalize_data_format(data_format)
        self.dilation_rate = conv_utils.normalize_tuple(dilation_rate, 2, 'dilation_rate')
        arguments.keep(self, **{name: given[name] for name in (
            'activation', 'recurrent_activation', 'use_bias', 'unit_forget_bias', *arguments.of_weights(*WEIGHTS))})
        self.dropout = min(1., max(0., dropout))
        self.recurrent_dropout = min(1., max(0., recurrent_dropout))
        self.state_size = (self.filters, self.filters)

    def build(self, input_shape):
        """Makes kernels and bias."""
        sizes = tensor_shape.TensorShape(input_shape).as_list()
        channels = sizes[1 if self.data_format == 'channels_first' else -1]
        if channels is None:
            raise ValueError('The channel dimension of the inputs should be defined. Found `None`.')
        self.kernel = self.add_weight(shape=self.kernel_size + (channels, self.filters * 4), name='kernel',
                                      initializer=self.kernel_initializer, regularizer=self.kernel_regularizer,
                                      constraint=self.kernel_constraint)
        self.recurrent_kernel = self.add_weight(
            shape=self.kernel_size + (self.filters, self.filters * 4), name='recurrent_kernel',
            initializer=self.recurrent_initializer, regularizer=self.recurrent_regularizer,
            constraint=self.recurrent_constraint)
        self.bias = None
        if self.use_bias:
            def with_ones(_, *args, **kwargs):
                return K.concatenate([self.bias_initializer((self.filters,), *args, **kwargs),
                                      initializers.Ones()((self.filters,), *args, **kwargs),
                                      self.bias_initializer((self.filters * 2,), *args, **kwargs)])

            self.bias = self.add_weight(shape=(self.filters * 4,), name='bias',
                                        initializer=with_ones if self.unit_forget_bias else self.bias_initializer,
                                        regularizer=self.bias_regularizer, constraint=self.bias_constraint)
        self.built = True

    def call(self, inputs, states, training=None):
        """(output, [output, memory])."""
        h_tm1, c_tm1 = states[0], states[1]
        masks = self.get_dropout_mask_for_cell(inputs, training, count=4)
        recurrent_masks = self.get_recurrent_dropout_mask_for_cell(h_tm1, training, count=4)
        of_gates = [inputs * mask for mask in masks] if 0 < self.dropout < 1. else [inputs] * 4
        h = [h_tm1 * mask for mask in recurrent_masks] if 0 < self.recurrent_dropout < 1. else [h_tm1] * 4
        kernels = array_ops.split(self.kernel, 4, axis=3)
        recurrent_kernels = array_ops.split(self.recurrent_kernel, 4, axis=3)
        biases = array_ops.split(self.bias, 4) if self.use_bias else [None] * 4
        x = [self.input_conv(each, kernel, bias, padding=self.padding)
             for each, kernel, bias in zip(of_gates, kernels, biases)]
        h = [self.recurrent_conv(each, kernel) for each, kernel in zip(h, recurrent_kernels)]
        i = self.recurrent_activation(x[0] + h[0])
        f = self.recurrent_activation(x[1] + h[1])
        c = f * c_tm1 + i * self.activation(x[2] + h[2])
        o = self.recurrent_activation(x[3] + h[3])
        output = o * self.activation(c)
        return output, [output, c]

    def input_conv(self, x, w, b=None, padding='valid'):
        """The convolution of inputs."""
        output = K.conv2d(x, w, strides=self.strides, padding=padding, data_format=self.data_format,
                          dilation_rate=self.dilation_rate)
        return output if b is None else K.bias_add(output, b, data_format=self.data_format)

    def recurrent_conv(self, x, w):
        """The convolution of states."""
        return K.conv2d(x, w, strides=(1, 1), padding='same', data_format=self.data_format)

    def get_config(self):
        """The arguments of the constructor."""
        return self._config(*names_of_arguments(self))


@recurrent.with_cell_properties('filters', 'kernel_size', 'strides', 'padding', 'data_format', 'dilation_rate',
                                'recurrent_activation', 'unit_forget_bias', *recurrent.ARGUMENTS)
class ConvLSTM2D(recurrent.RNN):
    """Long short-term memory of images [batch, time, height, width, channels]."""

    def __init__(self, filters, kernel_size, strides=(1, 1), padding='valid', data_format=None, dilation_rate=(1, 1),
                 activation='tanh', recurrent_activation='hard_sigmoid', use_bias=True,
                 kernel_initializer='glorot_uniform', recurrent_initializer='orthogonal', bias_initializer='zeros',
                 unit_forget_bias=True, kernel_regularizer=None, recurrent_regularizer=None, bias_regularizer=None,
                 activity_regularizer=None, kernel_constraint=None, recurrent_constraint=None, bias_constraint=None,
                 return_sequences=False, go_backwards=False, stateful=False, dropout=0., recurrent_dropout=0., **kwargs):
        cell = ConvLSTM2DCell(
            filters=filters, kernel_size=kernel_size, strides=strides, padding=padding, data_format=data_format,
            dilation_rate=dilation_rate, activation=activation, recurrent_activation=recurrent_activation,
            use_bias=use_bias, kernel_initializer=kernel_initializer, recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer, unit_forget_bias=unit_forget_bias, kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer, bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint, recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint, dropout=dropout, recurrent_dropout=recurrent_dropout,
            dtype=kwargs.get('dtype'))
        super().__init__(cell, return_sequences=return_sequences, go_backwards=go_backwards, stateful=stateful,
                         activity_regularizer=regularizers.get(activity_regularizer), **kwargs)
        self.input_spec = [InputSpec(ndim=5)]

    def _image_sizes(self, sizes):
        cell = self.cell
        first = 3 if cell.data_format == 'channels_first' else 2
        return [conv_utils.conv_output_length(sizes[first + i], cell.kernel_size[i], padding=cell.padding,
                                              stride=cell.strides[i], dilation=cell.dilation_rate[i]) for i in range(2)]

    def compute_output_shape(self, input_shape):
        """The shape of the outputs."""
        sizes = tensor_shape.TensorShape(input_shape[0] if isinstance(input_shape, list) else input_shape).as_list()
        images = self._image_sizes(sizes)
        step = [self.cell.filters] + images if self.cell.data_format == 'channels_first' else images + [self.cell.filters]
        output = tensor_shape.TensorShape(sizes[:2] + step if self.return_sequences else sizes[:1] + step)
        if self.return_state:
            return [output] + [tensor_shape.TensorShape(sizes[:1] + step) for _ in range(2)]
        return output

    def build(self, input_shape):
        """Builds the cell."""
        sizes = tensor_shape.TensorShape(input_shape[0] if isinstance(input_shape, list) else input_shape).as_list()
        self.input_spec[0] = InputSpec(shape=((sizes[0] if self.stateful else None), None) + tuple(sizes[2:]))
        if not self.cell.built:
            self._build_cell((sizes[0],) + tuple(sizes[2:]))
        if self.state_spec is None:
            channel = {1 if self.cell.data_format == 'channels_first' else 3: self.cell.filters}
            self.state_spec = [InputSpec(shape=tuple(channel.get(i) for i in range(4))) for _ in range(2)]
        if self.stateful:
            self.reset_states()
        self.built = True

    def get_initial_state(self, inputs):
        """Zeros of the outputs' shape."""
        zeros = array_ops.zeros_like(inputs)
        zeros = K.sum(zeros, axis=1)
        shape = self.cell.kernel_size + (zeros.shape.as_list()[1 if self.cell.data_format == 'channels_first' else -1],
                                         self.cell.filters)
        state = self.cell.input_conv(zeros, array_ops.zeros(shape), padding=self.cell.padding)
        return [state, state]

    def call(self, inputs, mask=None, training=None, initial_state=None):
        """The outputs."""
        self.cell.reset_dropout_mask()
        self.cell.reset_recurrent_dropout_mask()
        return super().call(inputs, mask=mask, training=training, initial_state=initial_state)

    def reset_states(self, states=None):
        """Sets the kept states to 0, or to values."""
        import numpy as np
        if not self.stateful:
            raise AttributeError('Layer must be stateful.')
        sizes = list(self.input_spec[0].shape)
        if sizes[0] is None:
            raise ValueError('If a RNN is stateful, it needs to know its batch size. Specify the batch size of your input '
                             'tensors: \n- If using a Sequential model, specify the batch size by passing a '
                             '`batch_input_shape` argument to your first layer.\n- If using the functional API, specify the '
                             'time dimension by passing a `batch_shape` argument to your Input layer.\nThe same thing goes '
                             'for the number of rows and columns.')
        images = self._image_sizes(sizes)
        shape = [sizes[0]] + ([self.cell.filters] + images if self.cell.data_format == 'channels_first'
                              else images + [self.cell.filters])
        if self._states is None:
            self.states = [K.zeros(shape) for _ in range(2)]
            return
        values = [np.zeros(shape)] * 2 if states is None else states if isinstance(states, (list, tuple)) else [states]
        K.batch_set_value(list(zip(self.states, values)))

    def get_config(self):
        """The arguments of the constructor."""
        return self._config_with_cell()

    @classmethod
    def from_config(cls, config):
        """The layer of what get_config gives."""
        return cls(**config)


ConvLSTM2D.__module__ = ConvLSTM2DCell.__module__ = 'tensorflow.python.keras.layers.convolutional_recurrent'
