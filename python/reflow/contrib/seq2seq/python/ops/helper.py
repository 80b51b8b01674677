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
from reflow.util.shown_attributes import shown

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


def _vector_or_scalar(probability):
    """A sampling probability as a tensor: one for all of a batch, or one for each."""
    probability = ops.convert_to_tensor(probability, name='sampling_probability')
    if probability.get_shape().ndims not in (0, 1):
        raise ValueError('sampling_probability must be either a scalar or a vector. saw shape: %s' % probability.get_shape())
    return probability


def embedding_function(embedding):
    """`embedding`, or the function that looks ids up in it."""
    return embedding if callable(embedding) else lambda ids: embedding_ops.embedding_lookup(embedding, ids)


def start_and_end(start_tokens, end_token):
    """Both as tensors: a vector, with a token for each of the batch, and a scalar. ValueError: they aren't."""
    start_tokens = ops.convert_to_tensor(start_tokens, dtype=dtypes.int32, name='start_tokens')
    end_token = ops.convert_to_tensor(end_token, dtype=dtypes.int32, name='end_token')
    if start_tokens.get_shape().ndims != 1:
        raise ValueError('start_tokens must be a vector')
    if end_token.get_shape().ndims != 0:
        raise ValueError('end_token must be a scalar')
    return start_tokens, end_token


def _unless_all(finished, end, otherwise):
    """`end` where the whole batch is finished, else what the function gives."""
    return control_flow_ops.cond(math_ops.reduce_all(finished), lambda: end, otherwise)


def _places(condition):
    return math_ops.cast(array_ops.where(condition), dtypes.int32)


def _mixed(like, rows_and_places):
    """Rows at their places, in the shape of `like`."""
    shape = array_ops.shape(like)
    first, second = [array_ops.scatter_nd(places, rows, shape) for rows, places in rows_and_places]
    return first + second


class CustomHelper(Helper):
    """A helper of functions."""

    sample_ids_shape = shown('_sample_ids_shape', 'The shape of a sample.')
    sample_ids_dtype = shown('_sample_ids_dtype', 'The type of samples.')

    def __init__(self, initialize_fn, sample_fn, next_inputs_fn, sample_ids_shape=None, sample_ids_dtype=None):
        self._initialize_fn, self._sample_fn, self._next_inputs_fn = initialize_fn, sample_fn, next_inputs_fn
        self._sample_ids_shape = tensor_shape.TensorShape(sample_ids_shape or [])
        self._sample_ids_dtype = sample_ids_dtype or dtypes.int32
        self._batch_size = None

    @property
    def batch_size(self):
        """The size of the batch, after initialize."""
        if self._batch_size is None:
            raise ValueError('batch_size accessed before initialize was called')
        return self._batch_size

    def initialize(self, name=None):
        """(finished, first inputs)."""
        with ops.name_scope(name, 'CustomHelperInitialize'):
            finished, inputs = self._initialize_fn()
            if self._batch_size is None:
                self._batch_size = array_ops.size(finished)
            return finished, inputs

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

    batch_size = shown('_batch_size', 'The size of the batch.')
    sample_ids_shape = property(lambda self: tensor_shape.TensorShape([]), doc='A scalar.')
    sample_ids_dtype = property(lambda self: dtypes.int32, doc='int32.')


class TrainingHelper(_ScalarSamples):
    """Feeds what is given, and samples what is most likely."""

    inputs = shown('_inputs', 'The inputs.')
    sequence_length = shown('_sequence_length', 'The lengths.')

    def __init__(self, inputs, sequence_length, time_major=False, name=None):
        with ops.name_scope(name, 'TrainingHelper', [inputs, sequence_length]):
            self._inputs = inputs if nest.is_sequence(inputs) else ops.convert_to_tensor(inputs, name='inputs')
            by_time = self._inputs if time_major else nest.map_structure(_transpose_batch_time, self._inputs)
            self._input_tas = nest.map_structure(_unstack_ta, by_time)
            lengths = ops.convert_to_tensor(sequence_length, name='sequence_length')
            if lengths.get_shape().ndims != 1:
                raise ValueError('Expected sequence_length to be a vector, but received shape: %s' % lengths.get_shape())
            self._sequence_length = lengths
            self._zero_inputs = nest.map_structure(lambda each: array_ops.zeros_like(each[0, :]), by_time)
            self._batch_size = array_ops.size(sequence_length)

    def _inputs_at(self, time, finished):
        """The inputs of a step; zeros after the end of all."""
        return _unless_all(finished, self._zero_inputs,
                           lambda: nest.map_structure(lambda steps: steps.read(time), self._input_tas))

    def initialize(self, name=None):
        """(finished, first inputs)."""
        with ops.name_scope(name, 'TrainingHelperInitialize'):
            finished = math_ops.equal(0, self._sequence_length)
            return finished, self._inputs_at(0, finished)

    def sample(self, time, outputs, name=None, **unused_kwargs):
        """The most likely classes."""
        with ops.name_scope(name, 'TrainingHelperSample', [time, outputs]):
            return math_ops.cast(math_ops.argmax(outputs, axis=-1), dtypes.int32)

    def next_inputs(self, time, outputs, state, name=None, **unused_kwargs):
        """(finished, next inputs, state)."""
        with ops.name_scope(name, 'TrainingHelperNextInputs', [time, outputs, state]):
            following = time + 1
            finished = following >= self._sequence_length
            return finished, self._inputs_at(following, finished), state


class ScheduledEmbeddingTrainingHelper(TrainingHelper):
    """Now and then feeds the embedding of what was sampled instead of what is given. Bengio and others, arXiv 1506.03099."""

    def __init__(self, inputs, sequence_length, embedding, sampling_probability, time_major=False, seed=None,
                 scheduling_seed=None, name=None):
        with ops.name_scope(name, 'ScheduledEmbeddingSamplingWrapper', [embedding, sampling_probability]):
            self._embedding_fn = embedding_function(embedding)
            self._sampling_probability = _vector_or_scalar(sampling_probability)
            self._seed, self._scheduling_seed = seed, scheduling_seed
            super().__init__(inputs, sequence_length, time_major, name)

    def initialize(self, name=None):
        """(finished, first inputs)."""
        return super().initialize(name=name)

    def sample(self, time, outputs, state, name=None):
        """Classes drawn from the outputs, and -1 where the input is the one given."""
        with ops.name_scope(name, 'ScheduledEmbeddingTrainingHelperSample', [time, outputs, state]):
            are_sampled = bernoulli_sample(probs=self._sampling_probability, dtype=dtypes.bool, sample_shape=self.batch_size,
                                           seed=self._scheduling_seed)
            classes = categorical_sample(logits=outputs, seed=self._seed)
            return array_ops.where(are_sampled, classes, gen_array_ops.fill([self.batch_size], -1))

    def next_inputs(self, time, outputs, state, sample_ids, name=None):
        """(finished, next inputs, state)."""
        with ops.name_scope(name, 'ScheduledEmbeddingTrainingHelperNextInputs', [time, outputs, state, sample_ids]):
            finished, given, state = super().next_inputs(time, outputs, state, name)

            def mixed():
                sampled_places, given_places = _places(sample_ids > -1), _places(sample_ids <= -1)
                sampled_ids = array_ops.gather_nd(sample_ids, sampled_places)
                kept = array_ops.gather_nd(given, given_places)
                return _mixed(given, [(self._embedding_fn(sampled_ids), sampled_places), (kept, given_places)])

            return finished, _unless_all(finished, given, mixed), state


class ScheduledOutputTrainingHelper(TrainingHelper):
    """Now and then feeds the output instead of what is given."""

    def __init__(self, inputs, sequence_length, sampling_probability, time_major=False, seed=None, next_inputs_fn=None,
                 auxiliary_inputs=None, name=None):
        with ops.name_scope(name, 'ScheduledOutputTrainingHelper', [inputs, auxiliary_inputs, sampling_probability]):
            self._sampling_probability = _vector_or_scalar(sampling_probability)
            self._auxiliary_input_tas = None
            if auxiliary_inputs is not None:
                auxiliary_inputs, inputs = self._with_auxiliary_inputs(inputs, auxiliary_inputs)
                if not time_major:
                    auxiliary_inputs = nest.map_structure(_transpose_batch_time, auxiliary_inputs)
                self._auxiliary_input_tas = nest.map_structure(_unstack_ta, auxiliary_inputs)
            self._seed = seed
            self._next_inputs_fn = next_inputs_fn
            super().__init__(inputs, sequence_length, time_major, name)

    @staticmethod
    def _with_auxiliary_inputs(inputs, auxiliary_inputs):
        """The auxiliary inputs, and the inputs with them behind."""
        inputs = ops.convert_to_tensor(inputs, name='inputs')
        auxiliary_inputs = ops.convert_to_tensor(auxiliary_inputs, name='auxiliary_inputs')
        return auxiliary_inputs, _joined(inputs, auxiliary_inputs)

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
            finished, given, state = super().next_inputs(time, outputs, state, name)
            are_sampled = math_ops.cast(sample_ids, dtypes.bool)

            def fed():
                if self._next_inputs_fn is None:
                    return array_ops.where(are_sampled, self._with_auxiliary(outputs, time), given)
                sampled_places, given_places = _places(are_sampled), _places(math_ops.logical_not(are_sampled))
                sampled = array_ops.gather_nd(outputs, sampled_places)
                kept = array_ops.gather_nd(given, given_places)
                sampled = self._with_auxiliary(self._next_inputs_fn(sampled), time, sampled_places)
                return _mixed(given, [(sampled, sampled_places), (kept, given_places)])

            all_finished = math_ops.reduce_all(finished)
            are_none = math_ops.logical_not(math_ops.reduce_any(are_sampled))
            inputs = control_flow_ops.cond(math_ops.logical_or(all_finished, are_none), lambda: given, fed)
            return finished, inputs, state

    def _with_auxiliary(self, outputs, time, places=None):
        """Outputs with the next step's auxiliary inputs behind, where there are any: of all of the batch or of `places`."""
        if self._auxiliary_input_tas is None:
            return outputs
        following = time + 1
        inputs = nest.map_structure(lambda steps: steps.read(following), self._auxiliary_input_tas)
        return _joined(outputs, inputs if places is None else array_ops.gather_nd(inputs, places))


def _joined(first, second):
    return nest.map_structure(lambda *each: array_ops.concat(each, -1), first, second)


class GreedyEmbeddingHelper(_ScalarSamples):
    """Feeds the embedding of what is most likely."""

    def __init__(self, embedding, start_tokens, end_token):
        self._embedding_fn = embedding_function(embedding)
        self._start_tokens, self._end_token = start_and_end(start_tokens, end_token)
        self._batch_size = array_ops.size(start_tokens)
        self._start_inputs = self._embedding_fn(self._start_tokens)

    def initialize(self, name=None):
        """(finished, first inputs)."""
        return array_ops.tile([False], [self._batch_size]), self._start_inputs

    @staticmethod
    def _logits(outputs):
        if not isinstance(outputs, ops.Tensor):
            raise TypeError('Expected outputs to be a single Tensor, got: %s' % type(outputs))
        return outputs

    def sample(self, time, outputs, state, name=None):
        """The most likely classes."""
        return math_ops.argmax(self._logits(outputs), axis=-1, output_type=dtypes.int32)

    def next_inputs(self, time, outputs, state, sample_ids, name=None):
        """(finished, next inputs, state)."""
        finished = math_ops.equal(sample_ids, self._end_token)
        return finished, _unless_all(finished, self._start_inputs, lambda: self._embedding_fn(sample_ids)), state


class SampleEmbeddingHelper(GreedyEmbeddingHelper):
    """Feeds the embedding of what is drawn from the outputs."""

    def __init__(self, embedding, start_tokens, end_token, softmax_temperature=None, seed=None):
        super().__init__(embedding, start_tokens, end_token)
        self._softmax_temperature = softmax_temperature
        self._seed = seed

    def sample(self, time, outputs, state, name=None):
        """Drawn classes."""
        logits = self._logits(outputs)
        if self._softmax_temperature is not None:
            logits = logits / self._softmax_temperature
        return categorical_sample(logits=logits, seed=self._seed)


class InferenceHelper(Helper):
    """A helper of functions for inference."""

    batch_size = shown('_batch_size', 'The size of the batch.')
    sample_ids_shape = shown('_sample_shape', 'The shape of a sample.')
    sample_ids_dtype = shown('_sample_dtype', 'The type of samples.')

    def __init__(self, sample_fn, sample_shape, sample_dtype, start_inputs, end_fn, next_inputs_fn=None):
        self._sample_fn, self._end_fn, self._next_inputs_fn = sample_fn, end_fn, next_inputs_fn
        self._sample_shape, self._sample_dtype = tensor_shape.TensorShape(sample_shape), sample_dtype
        self._batch_size = array_ops.shape(start_inputs)[0]
        self._start_inputs = ops.convert_to_tensor(start_inputs, name='start_inputs')

    def initialize(self, name=None):
        """(finished, first inputs)."""
        return array_ops.tile([False], [self._batch_size]), self._start_inputs

    def sample(self, time, outputs, state, name=None):
        """What sample_fn samples."""
        return self._sample_fn(outputs)

    def next_inputs(self, time, outputs, state, sample_ids, name=None):
        """(finished, next inputs, state)."""
        inputs = sample_ids if self._next_inputs_fn is None else self._next_inputs_fn(sample_ids)
        return self._end_fn(sample_ids), inputs, state
