"""Helpers: what a decoder is fed with, and when it ends."""

import abc

from reflow.contrib.seq2seq.python.ops import decoder
from reflow.contrib.seq2seq.python.ops.sampling import bernoulli_sample
from reflow.contrib.seq2seq.python.ops.sampling import categorical_sample
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import embedding_ops
from reflow.ops import gen_array_ops
from reflow.ops import math_ops
from reflow.ops import tensor_array_ops
from reflow.util import nest

__all__ = ['Helper', 'TrainingHelper', 'GreedyEmbeddingHelper', 'SampleEmbeddingHelper', 'CustomHelper',
           'ScheduledEmbeddingTrainingHelper', 'ScheduledOutputTrainingHelper', 'InferenceHelper']

_transpose_batch_time = decoder._transpose_batch_time


def _unstack_ta(inp):
    return tensor_array_ops.TensorArray(dtype=inp.dtype, size=array_ops.shape(inp)[0],
                                        element_shape=inp.get_shape()[1:]).unstack(inp)


class Helper(metaclass=abc.ABCMeta):
    """Samples from the outputs of a decoder and makes its next inputs. For decoders only."""

    @property
    @abc.abstractmethod
    def batch_size(self):
        """The size of the batch, an int32 scalar."""

    @property
    @abc.abstractmethod
    def sample_ids_shape(self):
        """The shape of a sample, without the batch."""

    @property
    @abc.abstractmethod
    def sample_ids_dtype(self):
        """The type of samples."""

    @abc.abstractmethod
    def initialize(self, name=None):
        """(finished, first inputs)."""

    @abc.abstractmethod
    def sample(self, time, outputs, state, name=None):
        """Samples of the outputs."""

    @abc.abstractmethod
    def next_inputs(self, time, outputs, state, sample_ids, name=None):
        """(finished, next inputs, next state)."""


class CustomHelper(Helper):
    """A helper of functions."""

    def __init__(self, initialize_fn, sample_fn, next_inputs_fn, sample_ids_shape=None, sample_ids_dtype=None):
        self._initialize_fn = initialize_fn
        self._sample_fn = sample_fn
        self._next_inputs_fn = next_inputs_fn
        self._batch_size = None
        self._sample_ids_shape = tensor_shape.TensorShape(sample_ids_shape or [])
        self._sample_ids_dtype = sample_ids_dtype or dtypes.int32

    @property
    def batch_size(self):
        """The size of the batch, after initialize."""
        if self._batch_size is None:
            raise ValueError('batch_size accessed before initialize was called')
        return self._batch_size

    @property
    def sample_ids_shape(self):
        """The shape of a sample."""
        return self._sample_ids_shape

    @property
    def sample_ids_dtype(self):
        """The type of samples."""
        return self._sample_ids_dtype

    def initialize(self, name=None):
        """(finished, first inputs)."""
        with ops.name_scope(name, 'CustomHelperInitialize'):
            finished, next_inputs = self._initialize_fn()
            if self._batch_size is None:
                self._batch_size = array_ops.size(finished)
        return finished, next_inputs

    def sample(self, time, outputs, state, name=None):
        """What sample_fn samples."""
        with ops.name_scope(name, 'CustomHelperSample', (time, outputs, state)):
            return self._sample_fn(time=time, outputs=outputs, state=state)

    def next_inputs(self, time, outputs, state, sample_ids, name=None):
        """What next_inputs_fn gives."""
        with ops.name_scope(name, 'CustomHelperNextInputs', (time, outputs, state)):
            return self._next_inputs_fn(time=time, outputs=outputs, state=state, sample_ids=sample_ids)


class _ScalarSamples(Helper):
    """A helper whose samples are numbers of classes."""

    @property
    def batch_size(self):
        """The size of the batch."""
        return self._batch_size

    @property
    def sample_ids_shape(self):
        """A scalar."""
        return tensor_shape.TensorShape([])

    @property
    def sample_ids_dtype(self):
        """int32."""
        return dtypes.int32


class TrainingHelper(_ScalarSamples):
    """Feeds what is given, and samples what is most likely."""

    def __init__(self, inputs, sequence_length, time_major=False, name=None):
        with ops.name_scope(name, 'TrainingHelper', [inputs, sequence_length]):
            inputs = ops.convert_to_tensor(inputs, name='inputs') if not nest.is_sequence(inputs) else inputs
            self._inputs = inputs
            if not time_major:
                inputs = nest.map_structure(_transpose_batch_time, inputs)
            self._input_tas = nest.map_structure(_unstack_ta, inputs)
            self._sequence_length = ops.convert_to_tensor(sequence_length, name='sequence_length')
            if self._sequence_length.get_shape().ndims != 1:
                raise ValueError('Expected sequence_length to be a vector, but received shape: %s' %
                                 self._sequence_length.get_shape())
            self._zero_inputs = nest.map_structure(lambda inp: array_ops.zeros_like(inp[0, :]), inputs)
            self._batch_size = array_ops.size(sequence_length)

    @property
    def inputs(self):
        """The inputs."""
        return self._inputs

    @property
    def sequence_length(self):
        """The lengths."""
        return self._sequence_length

    def initialize(self, name=None):
        """(finished, first inputs)."""
        with ops.name_scope(name, 'TrainingHelperInitialize'):
            finished = math_ops.equal(0, self._sequence_length)
            all_finished = math_ops.reduce_all(finished)
            next_inputs = control_flow_ops.cond(
                all_finished, lambda: self._zero_inputs,
                lambda: nest.map_structure(lambda inp: inp.read(0), self._input_tas))
            return finished, next_inputs

    def sample(self, time, outputs, name=None, **unused_kwargs):
        """The most likely classes."""
        with ops.name_scope(name, 'TrainingHelperSample', [time, outputs]):
            return math_ops.cast(math_ops.argmax(outputs, axis=-1), dtypes.int32)

    def next_inputs(self, time, outputs, state, name=None, **unused_kwargs):
        """(finished, next inputs, state)."""
        with ops.name_scope(name, 'TrainingHelperNextInputs', [time, outputs, state]):
            next_time = time + 1
            finished = next_time >= self._sequence_length
            all_finished = math_ops.reduce_all(finished)
            next_inputs = control_flow_ops.cond(
                all_finished, lambda: self._zero_inputs,
                lambda: nest.map_structure(lambda inp: inp.read(next_time), self._input_tas))
            return finished, next_inputs, state


class ScheduledEmbeddingTrainingHelper(TrainingHelper):
    """Now and then feeds the embedding of what was sampled instead of what is given. Bengio and others, arXiv 1506.03099."""

    def __init__(self, inputs, sequence_length, embedding, sampling_probability, time_major=False, seed=None,
                 scheduling_seed=None, name=None):
        with ops.name_scope(name, 'ScheduledEmbeddingSamplingWrapper', [embedding, sampling_probability]):
            if callable(embedding):
                self._embedding_fn = embedding
            else:
                self._embedding_fn = lambda ids: embedding_ops.embedding_lookup(embedding, ids)
            self._sampling_probability = ops.convert_to_tensor(sampling_probability, name='sampling_probability')
            if self._sampling_probability.get_shape().ndims not in (0, 1):
                raise ValueError('sampling_probability must be either a scalar or a vector. saw shape: %s' %
                                 self._sampling_probability.get_shape())
            self._seed = seed
            self._scheduling_seed = scheduling_seed
            super().__init__(inputs=inputs, sequence_length=sequence_length, time_major=time_major, name=name)

    def initialize(self, name=None):
        """(finished, first inputs)."""
        return super().initialize(name=name)

    def sample(self, time, outputs, state, name=None):
        """Classes drawn from the outputs, and -1 where the input is the one given."""
        with ops.name_scope(name, 'ScheduledEmbeddingTrainingHelperSample', [time, outputs, state]):
            select_sample = bernoulli_sample(probs=self._sampling_probability, dtype=dtypes.bool,
                                             sample_shape=self.batch_size, seed=self._scheduling_seed)
            drawn = categorical_sample(logits=outputs, seed=self._seed)
            return array_ops.where(select_sample, drawn, gen_array_ops.fill([self.batch_size], -1))

    def next_inputs(self, time, outputs, state, sample_ids, name=None):
        """(finished, next inputs, state)."""
        with ops.name_scope(name, 'ScheduledEmbeddingTrainingHelperNextInputs', [time, outputs, state, sample_ids]):
            finished, base_next_inputs, state = super().next_inputs(
                time=time, outputs=outputs, state=state, sample_ids=sample_ids, name=name)

            def maybe_sample():
                where_sampling = math_ops.cast(array_ops.where(sample_ids > -1), dtypes.int32)
                where_not_sampling = math_ops.cast(array_ops.where(sample_ids <= -1), dtypes.int32)
                sample_ids_sampling = array_ops.gather_nd(sample_ids, where_sampling)
                inputs_not_sampling = array_ops.gather_nd(base_next_inputs, where_not_sampling)
                sampled_next_inputs = self._embedding_fn(sample_ids_sampling)
                base_shape = array_ops.shape(base_next_inputs)
                return (array_ops.scatter_nd(indices=where_sampling, updates=sampled_next_inputs, shape=base_shape) +
                        array_ops.scatter_nd(indices=where_not_sampling, updates=inputs_not_sampling, shape=base_shape))

            all_finished = math_ops.reduce_all(finished)
            next_inputs = control_flow_ops.cond(all_finished, lambda: base_next_inputs, maybe_sample)
            return finished, next_inputs, state


class ScheduledOutputTrainingHelper(TrainingHelper):
    """Now and then feeds the output instead of what is given."""

    def __init__(self, inputs, sequence_length, sampling_probability, time_major=False, seed=None, next_inputs_fn=None,
                 auxiliary_inputs=None, name=None):
        with ops.name_scope(name, 'ScheduledOutputTrainingHelper', [inputs, auxiliary_inputs, sampling_probability]):
            self._sampling_probability = ops.convert_to_tensor(sampling_probability, name='sampling_probability')
            if self._sampling_probability.get_shape().ndims not in (0, 1):
                raise ValueError('sampling_probability must be either a scalar or a vector. saw shape: %s' %
                                 self._sampling_probability.get_shape())
            if auxiliary_inputs is None:
                maybe_concatenated_inputs = inputs
            else:
                inputs = ops.convert_to_tensor(inputs, name='inputs')
                auxiliary_inputs = ops.convert_to_tensor(auxiliary_inputs, name='auxiliary_inputs')
                maybe_concatenated_inputs = nest.map_structure(lambda x, y: array_ops.concat((x, y), -1), inputs,
                                                               auxiliary_inputs)
                if not time_major:
                    auxiliary_inputs = nest.map_structure(_transpose_batch_time, auxiliary_inputs)
            self._auxiliary_input_tas = (nest.map_structure(_unstack_ta, auxiliary_inputs)
                                         if auxiliary_inputs is not None else None)
            self._seed = seed
            self._next_inputs_fn = next_inputs_fn
            super().__init__(inputs=maybe_concatenated_inputs, sequence_length=sequence_length, time_major=time_major,
                             name=name)

    def initialize(self, name=None):
        """(finished, first inputs)."""
        return super().initialize(name=name)

    def sample(self, time, outputs, state, name=None):
        """Whether the output is fed."""
        with ops.name_scope(name, 'ScheduledOutputTrainingHelperSample', [time, outputs, state]):
            return bernoulli_sample(probs=self._sampling_probability, sample_shape=self.batch_size, seed=self._seed)

    def next_inputs(self, time, outputs, state, sample_ids, name=None):
        """(finished, next inputs, state)."""
        with ops.name_scope(name, 'ScheduledOutputTrainingHelperNextInputs', [time, outputs, state, sample_ids]):
            finished, base_next_inputs, state = super().next_inputs(
                time=time, outputs=outputs, state=state, sample_ids=sample_ids, name=name)
            sample_ids = math_ops.cast(sample_ids, dtypes.bool)

            def with_auxiliary(outputs_, indices=None):
                if self._auxiliary_input_tas is None:
                    return outputs_
                next_time = time + 1
                auxiliary_inputs = nest.map_structure(lambda ta: ta.read(next_time), self._auxiliary_input_tas)
                if indices is not None:
                    auxiliary_inputs = array_ops.gather_nd(auxiliary_inputs, indices)
                return nest.map_structure(lambda x, y: array_ops.concat((x, y), -1), outputs_, auxiliary_inputs)

            def sampled():
                if self._next_inputs_fn is None:
                    return array_ops.where(sample_ids, with_auxiliary(outputs), base_next_inputs)
                where_sampling = math_ops.cast(array_ops.where(sample_ids), dtypes.int32)
                where_not_sampling = math_ops.cast(array_ops.where(math_ops.logical_not(sample_ids)), dtypes.int32)
                outputs_sampling = array_ops.gather_nd(outputs, where_sampling)
                inputs_not_sampling = array_ops.gather_nd(base_next_inputs, where_not_sampling)
                sampled_next_inputs = with_auxiliary(self._next_inputs_fn(outputs_sampling), where_sampling)
                base_shape = array_ops.shape(base_next_inputs)
                return (array_ops.scatter_nd(indices=where_sampling, updates=sampled_next_inputs, shape=base_shape) +
                        array_ops.scatter_nd(indices=where_not_sampling, updates=inputs_not_sampling, shape=base_shape))

            all_finished = math_ops.reduce_all(finished)
            no_samples = math_ops.logical_not(math_ops.reduce_any(sample_ids))
            next_inputs = control_flow_ops.cond(math_ops.logical_or(all_finished, no_samples), lambda: base_next_inputs,
                                                sampled)
            return finished, next_inputs, state


class GreedyEmbeddingHelper(_ScalarSamples):
    """Feeds the embedding of what is most likely."""

    def __init__(self, embedding, start_tokens, end_token):
        if callable(embedding):
            self._embedding_fn = embedding
        else:
            self._embedding_fn = lambda ids: embedding_ops.embedding_lookup(embedding, ids)
        self._start_tokens = ops.convert_to_tensor(start_tokens, dtype=dtypes.int32, name='start_tokens')
        self._end_token = ops.convert_to_tensor(end_token, dtype=dtypes.int32, name='end_token')
        if self._start_tokens.get_shape().ndims != 1:
            raise ValueError('start_tokens must be a vector')
        self._batch_size = array_ops.size(start_tokens)
        if self._end_token.get_shape().ndims != 0:
            raise ValueError('end_token must be a scalar')
        self._start_inputs = self._embedding_fn(self._start_tokens)

    def initialize(self, name=None):
        """(finished, first inputs)."""
        return array_ops.tile([False], [self._batch_size]), self._start_inputs

    def sample(self, time, outputs, state, name=None):
        """The most likely classes."""
        if not isinstance(outputs, ops.Tensor):
            raise TypeError('Expected outputs to be a single Tensor, got: %s' % type(outputs))
        return math_ops.argmax(outputs, axis=-1, output_type=dtypes.int32)

    def next_inputs(self, time, outputs, state, sample_ids, name=None):
        """(finished, next inputs, state)."""
        finished = math_ops.equal(sample_ids, self._end_token)
        all_finished = math_ops.reduce_all(finished)
        next_inputs = control_flow_ops.cond(all_finished, lambda: self._start_inputs,
                                            lambda: self._embedding_fn(sample_ids))
        return finished, next_inputs, state


class SampleEmbeddingHelper(GreedyEmbeddingHelper):
    """Feeds the embedding of what is drawn from the outputs."""

    def __init__(self, embedding, start_tokens, end_token, softmax_temperature=None, seed=None):
        super().__init__(embedding, start_tokens, end_token)
        self._softmax_temperature = softmax_temperature
        self._seed = seed

    def sample(self, time, outputs, state, name=None):
        """Drawn classes."""
        if not isinstance(outputs, ops.Tensor):
            raise TypeError('Expected outputs to be a single Tensor, got: %s' % type(outputs))
        logits = outputs if self._softmax_temperature is None else outputs / self._softmax_temperature
        return categorical_sample(logits=logits, seed=self._seed)


class InferenceHelper(Helper):
    """A helper of functions for inference."""

    def __init__(self, sample_fn, sample_shape, sample_dtype, start_inputs, end_fn, next_inputs_fn=None):
        self._sample_fn = sample_fn
        self._end_fn = end_fn
        self._sample_shape = tensor_shape.TensorShape(sample_shape)
        self._sample_dtype = sample_dtype
        self._next_inputs_fn = next_inputs_fn
        self._batch_size = array_ops.shape(start_inputs)[0]
        self._start_inputs = ops.convert_to_tensor(start_inputs, name='start_inputs')

    @property
    def batch_size(self):
        """The size of the batch."""
        return self._batch_size

    @property
    def sample_ids_shape(self):
        """The shape of a sample."""
        return self._sample_shape

    @property
    def sample_ids_dtype(self):
        """The type of samples."""
        return self._sample_dtype

    def initialize(self, name=None):
        """(finished, first inputs)."""
        return array_ops.tile([False], [self._batch_size]), self._start_inputs

    def sample(self, time, outputs, state, name=None):
        """What sample_fn samples."""
        return self._sample_fn(outputs)

    def next_inputs(self, time, outputs, state, sample_ids, name=None):
        """(finished, next inputs, state)."""
        next_inputs = sample_ids if self._next_inputs_fn is None else self._next_inputs_fn(sample_ids)
        return self._end_fn(sample_ids), next_inputs, state
