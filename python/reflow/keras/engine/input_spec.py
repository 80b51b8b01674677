"""What layers ask of their inputs: number, type, rank, sizes."""

from reflow.util import nest


class InputSpec:
    """The type, rank and sizes that an input has to have; what is None may be anything."""

    def __init__(self, dtype=None, shape=None, ndim=None, max_ndim=None, min_ndim=None, axes=None):
        self.dtype = dtype
        self.shape = None if shape is None else tuple(shape)
        self.ndim = ndim if shape is None else len(self.shape)
        self.max_ndim = max_ndim
        self.min_ndim = min_ndim
        try:
            self.axes = {int(axis): size for axis, size in (axes or {}).items()}
        except (ValueError, TypeError):
            raise TypeError('The keys in axes must be integers.') from None
        if self.axes and (self.ndim is not None or self.max_ndim is not None):
            max_axis = max(self.axes)
            max_dim = (self.ndim if self.ndim else self.max_ndim) - 1
            if max_axis > max_dim:
                raise ValueError('Axis {} is greater than the maximum allowed value: {}'.format(max_axis, max_dim))

    def __repr__(self):
        return 'InputSpec(%s)' % ', '.join('%s=%s' % each for each in self.get_config().items() if each[1])

    def get_config(self):
        """The arguments of the constructor."""
        return {'dtype': self.dtype, 'shape': self.shape, 'ndim': self.ndim, 'max_ndim': self.max_ndim,
                'min_ndim': self.min_ndim, 'axes': self.axes}

    @classmethod
    def from_config(cls, config):
        """The spec with the arguments of get_config."""
        return cls(**config)


InputSpec.__module__ = 'tensorflow.python.keras.engine.input_spec'


def assert_input_compatibility(input_spec, inputs, layer_name):
    """Raises ValueError where the inputs of a layer aren't what its spec says."""
    if not input_spec:
        return
    specs = nest.flatten(input_spec)
    inputs = nest.flatten(inputs)
    if len(inputs) != len(specs):
        raise ValueError('Layer ' + layer_name + ' expects ' + str(len(specs)) + ' inputs, but it received ' +
                         str(len(inputs)) + ' input tensors. Inputs received: ' + str(inputs))
    for index, (x, spec) in enumerate(zip(inputs, specs)):
        if spec is not None:
            _check(x, spec, 'Input ' + str(index) + ' of layer ' + layer_name + ' is incompatible with the layer: ')


def _check(x, spec, where):
    ndim = x.shape.ndims
    asks_for_rank = any(part is not None for part in (spec.ndim, spec.min_ndim, spec.max_ndim))
    if ndim is None:
        if asks_for_rank:
            raise ValueError(where + 'its rank is undefined, but the layer requires a defined rank.')
        return
    if spec.ndim is not None and ndim != spec.ndim:
        raise ValueError(where + 'expected ndim=' + str(spec.ndim) + ', found ndim=' + str(ndim) +
                         '. Full shape received: ' + str(x.shape.as_list()))
    if spec.max_ndim is not None and ndim > spec.max_ndim:
        raise ValueError(where + 'expected max_ndim=' + str(spec.max_ndim) + ', found ndim=' + str(ndim))
    if spec.min_ndim is not None and ndim < spec.min_ndim:
        raise ValueError(where + ': expected min_ndim=' + str(spec.min_ndim) + ', found ndim=' + str(ndim) +
                         '. Full shape received: ' + str(x.shape.as_list()))
    if spec.dtype is not None and x.dtype != spec.dtype:
        raise ValueError(where + 'expected dtype=' + str(spec.dtype) + ', found dtype=' + str(x.dtype))
    shape = x.shape.as_list()
    for axis, value in spec.axes.items():
        value = getattr(value, 'value', value)
        if value is not None and shape[int(axis)] not in {value, None}:
            raise ValueError(where + 'expected axis ' + str(axis) + ' of input shape to have value ' + str(value) +
                             ' but received input with shape ' + str(shape))
    if spec.shape is not None:
        for spec_dim, dim in zip(spec.shape, shape):
            if spec_dim is not None and dim is not None and spec_dim != dim:
                raise ValueError(where + 'expected shape=' + str(spec.shape) + ', found shape=' + str(shape))
