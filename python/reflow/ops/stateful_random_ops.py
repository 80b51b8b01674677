"""Generators of random numbers whose state is a variable."""

import numpy as np

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import gen_stateful_random_ops
from reflow.ops import math_ops
from reflow.ops import stateless_random_ops
from reflow.ops import variables
from reflow.training.tracking import tracking

RNG_ALG_PHILOX = 1
RNG_ALG_THREEFRY = 2
DEFAULT_ALGORITHM = RNG_ALG_PHILOX

_STATE_SIZES = {RNG_ALG_PHILOX: 3, RNG_ALG_THREEFRY: 2}


def _state_size(alg):
    if alg not in _STATE_SIZES:
        raise ValueError('Unsupported algorithm id: %s' % alg)
    return _STATE_SIZES[alg]


def _signed(n):
    """An integer of 64 bits without a sign as one with."""
    return n - 2 ** 64 if n > 2 ** 63 - 1 else n


def create_rng_state(seed, algorithm):
    """The state of a seed: an integer of any size, or a list of such; the lowest 64 bits come first."""
    size = _state_size(algorithm)
    if isinstance(seed, int):
        seed = [(seed >> (64 * i)) & (2 ** 64 - 1) for i in range(size)]
    seed = np.asarray(list(map(_signed, seed)), dtype=np.int64)
    if seed.ndim != 1:
        raise ValueError('seed should only have one dimension; got shape: %s' % (seed.shape,))
    return np.pad(seed[:size], [(max(0, size - len(seed)), 0)], mode='constant')


def non_deterministic_ints(shape, dtype=dtypes.int64):
    """Random integers that are others each time."""
    return gen_stateful_random_ops.non_deterministic_ints(shape=shape, dtype=dtype)


def _shape_tensor(shape):
    is_empty = isinstance(shape, (tuple, list)) and not shape
    return ops.convert_to_tensor(shape, dtype=dtypes.int64 if is_empty else None, name='shape')


def _state_tensor(state):
    return ops.convert_to_tensor(list(map(_signed, state)) if isinstance(state, list) else state, dtype=dtypes.int64)


class Generator(tracking.AutoTrackable):
    """Random numbers by Philox or Threefry. `state`: counter and key, in a variable that each call moves on."""

    def __init__(self, copy_from=None, state=None, alg=None):
        if copy_from is not None:
            assert alg is None and state is None
            state, alg = copy_from.state, copy_from.algorithm
        else:
            assert alg is not None and state is not None
            state = _state_tensor(state)
            state.shape.assert_is_compatible_with([_state_size(alg)])
        self._state_var = variables.VariableV1(state, dtype=dtypes.int64, trainable=False, use_resource=True)
        self._alg_var = alg

    @classmethod
    def from_state(cls, state, alg):
        """A generator in a state."""
        return cls(alg=alg, state=state)

    @classmethod
    def from_seed(cls, seed, alg=None):
        """A generator in the state of a seed."""
        alg = DEFAULT_ALGORITHM if alg is None else alg
        return cls(state=create_rng_state(seed, alg), alg=alg)

    @classmethod
    def from_non_deterministic_state(cls, alg=None):
        """A generator in a state that is another each time."""
        alg = DEFAULT_ALGORITHM if alg is None else alg
        return cls(state=non_deterministic_ints(shape=[_state_size(alg)], dtype=dtypes.int64), alg=alg)

    @staticmethod
    def _joined(key, counter, alg):
        counter, key = _state_tensor(counter), _state_tensor(key)
        counter.shape.assert_is_compatible_with([_state_size(alg) - 1])
        key.shape.assert_is_compatible_with([])
        return array_ops.concat([counter, array_ops.reshape(key, [1])], 0)

    @classmethod
    def from_key_counter(cls, key, counter, alg):
        """A generator in the state of a key and a counter."""
        return cls(state=cls._joined(key, counter, alg), alg=alg)

    def reset(self, state):
        """Sets the state."""
        state = _state_tensor(state)
        state.shape.assert_is_compatible_with([_state_size(self.algorithm)])
        self._state_var.assign(state)

    def reset_from_seed(self, seed):
        """Sets the state to that of a seed."""
        self._state_var.assign(create_rng_state(seed, self.algorithm))

    def reset_from_key_counter(self, key, counter):
        """Sets the state to that of a key and a counter."""
        self._state_var.assign(self._joined(key, counter, self.algorithm))

    @property
    def state(self):
        """The variable."""
        return self._state_var

    @property
    def algorithm(self):
        """The number of the algorithm."""
        return self._alg_var

    @property
    def key(self):
        """The key."""
        _state_size(self.algorithm)
        return self._state_var[-1]

    def skip(self, delta):
        """Moves the counter on."""
        return gen_stateful_random_ops.rng_skip(self.state.handle, self.algorithm, delta)

    def _scaled(self, sample, default_name, shape, mean, stddev, dtype, name):
        with ops.name_scope(name, default_name, [shape, mean, stddev]) as name:
            shape = _shape_tensor(shape)
            mean = ops.convert_to_tensor(mean, dtype=dtype, name='mean')
            stddev = ops.convert_to_tensor(stddev, dtype=dtype, name='stddev')
            sampled = sample(self.state.handle, self.algorithm, shape, dtype=dtype)
            return math_ops.add(sampled * stddev, mean, name=name)

    def normal(self, shape, mean=0.0, stddev=1.0, dtype=dtypes.float32, name=None):
        """Normal numbers."""
        return self._scaled(gen_stateful_random_ops.stateful_standard_normal_v2, 'stateful_normal', shape, mean, stddev,
                            dtype, name)

    def truncated_normal(self, shape, mean=0.0, stddev=1.0, dtype=dtypes.float32, name=None):
        """Normal numbers, of which those more than two standard deviations off are drawn again."""
        return self._scaled(gen_stateful_random_ops.stateful_truncated_normal, 'truncated_normal', shape, mean, stddev,
                            dtype, name)

    def uniform(self, shape, minval=0, maxval=None, dtype=dtypes.float32, name=None):
        """Numbers from `minval` on and below `maxval`, by default 1."""
        dtype = dtypes.as_dtype(dtype)
        maxval = stateless_random_ops.upper_limit(maxval, dtype)
        with ops.name_scope(name, 'stateful_uniform', [shape, minval, maxval]) as name:
            shape = _shape_tensor(shape)
            minval, maxval = (ops.convert_to_tensor(each, dtype=dtype, name=end) for each, end in (
                (minval, 'min'), (maxval, 'max')))
            source = self.state.handle, self.algorithm, shape
            if dtype.is_integer:
                return gen_stateful_random_ops.stateful_uniform_int(*source, minval, maxval, name=name)
            of_unit = gen_stateful_random_ops.stateful_uniform(*source, dtype=dtype)
            return math_ops.add(of_unit * (maxval - minval), minval, name=name)

    def uniform_full_int(self, shape, dtype=dtypes.uint64, name=None):
        """Integers of all values that the type has."""
        dtype = dtypes.as_dtype(dtype)
        with ops.name_scope(name, 'stateful_uniform_full_int', [shape]) as name:
            return gen_stateful_random_ops.stateful_uniform_full_int(
                self.state.handle, self.algorithm, shape=_shape_tensor(shape), dtype=dtype, name=name)

    def binomial(self, shape, counts, probs, dtype=dtypes.int32, name=None):
        """How many of `counts` trials succeed that do so with probability `probs`."""
        dtype = dtypes.as_dtype(dtype)
        with ops.name_scope(name, 'binomial', [shape, counts, probs]) as name:
            counts, probs = ops.convert_to_tensor(counts, name='counts'), ops.convert_to_tensor(probs, name='probs')
            return gen_stateful_random_ops.stateful_random_binomial(
                self.state.handle, self.algorithm, shape=_shape_tensor(shape), counts=counts, probs=probs, dtype=dtype,
                name=name)

    def make_seeds(self, count=1):
        """Seeds for stateless random functions, of [2, count]."""
        _state_size(self.algorithm)
        keys = self.uniform_full_int(shape=[count], dtype=dtypes.int64)
        return array_ops.stack([keys, array_ops.zeros_like(keys)])

    def split(self, count=1):
        """Generators whose numbers are independent of this one's; without a graph only."""
        size = _state_size(self.algorithm)
        keys = self.uniform_full_int(shape=[count], dtype=dtypes.int64).numpy()
        return [Generator(state=[0] * (size - 1) + [int(key)], alg=self.algorithm) for key in keys]


_global_generator = None


def get_global_generator():
    """The generator of the process, made when it is first asked for."""
    global _global_generator
    if _global_generator is None:
        _global_generator = Generator.from_non_deterministic_state()
    return _global_generator


def set_global_generator(generator):
    """Sets the generator of the process."""
    global _global_generator
    _global_generator = generator
