"""Operators that are circulant: diagonal in Fourier space."""

import numpy as np

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import math_ops
from reflow.ops.distributions import util as distribution_util
from reflow.ops.linalg import linalg_impl
from reflow.ops.linalg import linear_operator
from reflow.ops.linalg import linear_operator_util
from reflow.ops.signal import fft_ops

__all__ = ['LinearOperatorCirculant', 'LinearOperatorCirculant2D', 'LinearOperatorCirculant3D']


def _fft(x, depth):
    return {1: fft_ops.fft, 2: fft_ops.fft2d, 3: fft_ops.fft3d}[depth](_to_complex(x))


def _ifft(x, depth):
    return {1: fft_ops.ifft, 2: fft_ops.ifft2d, 3: fft_ops.ifft3d}[depth](_to_complex(x))


def _to_complex(x):
    if x.dtype.is_complex:
        return x
    return math_ops.cast(x, dtypes.complex128 if x.dtype == dtypes.float64 else dtypes.complex64)


class _BaseLinearOperatorCirculant(linear_operator.LinearOperator):
    """F^-1 D F, with F the Fourier transform of `block_depth` dimensions and D the diagonal of `spectrum`."""

    def __init__(self, spectrum, block_depth, input_output_dtype=dtypes.complex64, is_non_singular=None,
                 is_self_adjoint=None, is_positive_definite=None, is_square=True, name='LinearOperatorCirculant'):
        self._name = name
        if block_depth not in (1, 2, 3):
            raise ValueError('Expected block_depth to be in %s.  Found: %s.' % ([1, 2, 3], block_depth))
        self._block_depth = block_depth
        with ops.name_scope(name, values=[spectrum]):
            self._spectrum = ops.convert_to_tensor(spectrum, name='spectrum')
            ndims = self._spectrum.shape.ndims
            if ndims is not None and ndims < block_depth:
                raise ValueError('Argument spectrum must have at least %d dimensions.  Found: %s' % (
                    block_depth, self._spectrum))
            if not self.spectrum.dtype.is_complex:
                if is_self_adjoint is False:
                    raise ValueError('A real spectrum always corresponds to a self-adjoint operator.')
                is_self_adjoint = True
            if is_square is False:
                raise ValueError('A [[nested] block] circulant operator is always square.')
            self._block_shape_tensor = array_ops.shape(self.spectrum)[-block_depth:]
            self._spectrum_complex = _to_complex(self.spectrum)
            self._abs_spectrum = math_ops.abs(self.spectrum)
            self._conj_spectrum = math_ops.conj(self._spectrum_complex)
            super().__init__(dtype=dtypes.as_dtype(input_output_dtype), graph_parents=[self.spectrum],
                             is_non_singular=is_non_singular, is_self_adjoint=is_self_adjoint,
                             is_positive_definite=is_positive_definite, is_square=True, name=name)

    @property
    def block_depth(self):
        """The number of dimensions that are transformed."""
        return self._block_depth

    def block_shape_tensor(self):
        """The size of these dimensions, as a tensor."""
        return self._block_shape_tensor

    @property
    def block_shape(self):
        """What is known of the size of these dimensions."""
        return self.spectrum.shape[-self.block_depth:]

    @property
    def spectrum(self):
        """The eigenvalues."""
        return self._spectrum

    def _blocks_of(self, matrix):
        """The columns of matrices as arrays of `block_depth` dimensions."""
        rows_last = distribution_util.rotate_transpose(matrix, shift=1)
        if rows_last.shape.is_fully_defined() and self.block_shape.is_fully_defined():
            shape = rows_last.shape[:-1].concatenate(self.block_shape)
        else:
            shape = array_ops.concat((array_ops.shape(rows_last)[:-1], self.block_shape_tensor()), 0)
        return array_ops.reshape(rows_last, shape)

    def _matrix_of(self, blocks):
        """The matrices that `_blocks_of` makes `blocks` of."""
        depth = self.block_depth
        if blocks.shape.is_fully_defined():
            shape = blocks.shape.as_list()
            flat = shape[:-depth] + [np.prod(shape[-depth:])]
        else:
            shape = array_ops.shape(blocks)
            leading = shape[:-depth]
            flat = array_ops.concat((leading, [math_ops.reduce_prod(shape[-depth:])]), 0)
        return distribution_util.rotate_transpose(array_ops.reshape(blocks, flat), shift=-1)

    def convolution_kernel(self, name='convolution_kernel'):
        """The kernel of the circular convolution that the operator is: the spectrum transformed back."""
        with self._name_scope(name):
            return math_ops.cast(_ifft(self._spectrum_complex, self.block_depth), self.dtype)

    def _shape(self):
        blocks = self._spectrum.shape[-self.block_depth:]
        size = np.prod(blocks.as_list()) if blocks.is_fully_defined() else None
        return self._spectrum.shape[:-self.block_depth].concatenate(tensor_shape.TensorShape([size, size]))

    def _shape_tensor(self):
        shape = array_ops.shape(self._spectrum)
        batch_shape = shape[:-self.block_depth]
        size = math_ops.reduce_prod(shape[-self.block_depth:])
        return array_ops.concat((batch_shape, [size, size]), 0)

    def assert_hermitian_spectrum(self, name='assert_hermitian_spectrum'):
        """An op that fails if the convolution kernel isn't real."""
        eps = np.finfo(self.dtype.real_dtype.as_numpy_dtype).eps
        with self._name_scope(name):
            largest = eps * self.domain_dimension_tensor()
            imaginary = math_ops.imag(self.convolution_kernel())
            return check_ops.assert_less(math_ops.abs(imaginary), largest, message='Spectrum was not Hermitian')

    def _assert_non_singular(self):
        return linear_operator_util.assert_no_entries_with_modulus_zero(
            self.spectrum, message='Singular operator:  Spectrum contained zero values.')

    def _assert_positive_definite(self):
        return check_ops.assert_positive(
            math_ops.real(self.spectrum),
            message='Not positive definite:  Real part of spectrum was not all positive.')

    def _assert_self_adjoint(self):
        return linear_operator_util.assert_zero_imag_part(
            self.spectrum, message='Not self-adjoint:  The spectrum contained non-zero imaginary part.')

    def _in_fourier_space(self, x, spectrum, function):
        """`function` of the transformed columns and the spectrum, transformed back."""
        columns = array_ops.reshape(spectrum, array_ops.concat((self.batch_shape_tensor(), [-1, 1]), axis=0))
        x, columns = linear_operator_util.broadcast_matrix_batch_dims((x, columns))
        batch_shape = array_ops.shape(x)[:-2]
        spectrum = array_ops.reshape(columns, array_ops.concat((batch_shape, self.block_shape_tensor()), axis=0))
        transformed = _fft(self._blocks_of(x), self.block_depth)
        result = _ifft(function(transformed, spectrum), self.block_depth)
        return math_ops.cast(self._matrix_of(result), self.dtype)

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        x = linalg_impl.adjoint(x) if adjoint_arg else x
        spectrum = self._conj_spectrum if adjoint else self._spectrum_complex
        x = math_ops.cast(x, spectrum.dtype)
        return self._in_fourier_space(x, spectrum, lambda x, spectrum: spectrum * x)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        rhs = linalg_impl.adjoint(rhs) if adjoint_arg else rhs
        spectrum = self._conj_spectrum if adjoint else self._spectrum_complex
        return self._in_fourier_space(rhs, spectrum, lambda x, spectrum: x / spectrum)

    def _block_axes(self):
        return [-1 - i for i in range(self.block_depth)]

    def _determinant(self):
        return math_ops.cast(math_ops.reduce_prod(self.spectrum, axis=self._block_axes()), self.dtype)

    def _log_abs_determinant(self):
        logarithms = math_ops.log(self._abs_spectrum)
        return math_ops.cast(math_ops.reduce_sum(logarithms, axis=self._block_axes()), self.dtype)

    def _diag_part(self):
        known = self.shape.is_fully_defined()
        shape = self.shape[:-1] if known else self.shape_tensor()[:-1]
        size = self.domain_dimension.value if known else self.domain_dimension_tensor()
        ones = array_ops.ones(shape, dtype=self.dtype)
        return (self.trace() / math_ops.cast(size, self.dtype))[..., array_ops.newaxis] * ones

    def _trace(self):
        if self.spectrum.shape.is_fully_defined():
            rank = self.spectrum.shape.ndims
            axis = np.arange(rank - self.block_depth, rank, dtype=np.int32)
        else:
            rank = array_ops.rank(self.spectrum)
            axis = math_ops.range(rank - self.block_depth, rank)
        real = math_ops.reduce_sum(math_ops.real(self.spectrum), axis=axis)
        if not self.dtype.is_complex:
            return math_ops.cast(real, self.dtype)
        if self.is_self_adjoint:
            imaginary = array_ops.zeros_like(real)
        else:
            imaginary = math_ops.reduce_sum(math_ops.imag(self.spectrum), axis=axis)
        return math_ops.cast(math_ops.complex(real, imaginary), self.dtype)


class LinearOperatorCirculant(_BaseLinearOperatorCirculant):
    """A circulant matrix: circular convolution of vectors."""

    def __init__(self, spectrum, input_output_dtype=dtypes.complex64, is_non_singular=None, is_self_adjoint=None,
                 is_positive_definite=None, is_square=True, name='LinearOperatorCirculant'):
        super().__init__(spectrum, 1, input_output_dtype, is_non_singular, is_self_adjoint, is_positive_definite,
                         is_square, name)


class LinearOperatorCirculant2D(_BaseLinearOperatorCirculant):
    """A circulant matrix of circulant blocks: circular convolution of images."""

    def __init__(self, spectrum, input_output_dtype=dtypes.complex64, is_non_singular=None, is_self_adjoint=None,
                 is_positive_definite=None, is_square=True, name='LinearOperatorCirculant2D'):
        super().__init__(spectrum, 2, input_output_dtype, is_non_singular, is_self_adjoint, is_positive_definite,
                         is_square, name)


class LinearOperatorCirculant3D(_BaseLinearOperatorCirculant):
    """Circulant blocks of circulant blocks: circular convolution of volumes."""

    def __init__(self, spectrum, input_output_dtype=dtypes.complex64, is_non_singular=None, is_self_adjoint=None,
                 is_positive_definite=None, is_square=True, name='LinearOperatorCirculant3D'):
        super().__init__(spectrum, 3, input_output_dtype, is_non_singular, is_self_adjoint, is_positive_definite,
                         is_square, name)
