"""GRU cells of one operation."""

from reflow.framework import tensor_shape
from reflow.keras.engine import input_spec
from reflow.ops import gen_rnn_ops
from reflow.ops import init_ops
from reflow.ops import rnn_cell_impl
from reflow.util.shown_attributes import shown

__all__ = ['GRUBlockCell', 'GRUBlockCellV2']


class GRUBlockCell(rnn_cell_impl.LayerRNNCell):
    """GRUCell in one operation, with variables called otherwise."""

    _NAMES = ('w_ru', 'b_ru', 'w_c', 'b_c')

    def __init__(self, num_units=None, cell_size=None, reuse=None, name='gru_cell'):
        super().__init__(_reuse=reuse, name=name)
        if (cell_size is None) == (num_units is None):
            raise ValueError('Exactly one of num_units or cell_size must be provided.')
        self._cell_size = cell_size if num_units is None else num_units
        self.input_spec = input_spec.InputSpec(ndim=2)

    state_size = shown('_cell_size', 'The number of units.')
    output_size = shown('_cell_size', 'The number of units.')

    def build(self, input_shape):
        """Makes kernels and biases of the gates and of the candidate."""
        input_size = tensor_shape.dimension_value(input_shape[1])
        if input_size is None:
            raise ValueError('Expecting input_size to be set.')
        size = self._cell_size
        gate_kernel, gate_bias, candidate_kernel, candidate_bias = self._NAMES
        self._gate_kernel = self.add_variable(gate_kernel, [input_size + size, size * 2])
        self._gate_bias = self.add_variable(gate_bias, [size * 2], initializer=init_ops.constant_initializer(1.0))
        self._candidate_kernel = self.add_variable(candidate_kernel, [input_size + size, size])
        self._candidate_bias = self.add_variable(candidate_bias, [size], initializer=init_ops.constant_initializer(0.0))
        self.built = True

    def call(self, inputs, h_prev):
        """(output, new state)."""
        size = h_prev.get_shape().with_rank(2)[1]
        if size != self._cell_size:
            raise ValueError('Shape of h_prev[1] incorrect: cell_size %i vs %s' % (self._cell_size, size))
        new_h = gen_rnn_ops.gru_block_cell(x=inputs, h_prev=h_prev, w_ru=self._gate_kernel, w_c=self._candidate_kernel,
                                           b_ru=self._gate_bias, b_c=self._candidate_bias)[3]
        return new_h, new_h


class GRUBlockCellV2(GRUBlockCell):
    """GRUCell in one operation, with the variables of GRUCell."""

    _NAMES = ('gates/kernel', 'gates/bias', 'candidate/kernel', 'candidate/bias')
