"""Sequences as arrays; pairs of words; windows of time series."""

import json
import random

import numpy as np

from reflow.keras.utils import data_utils


def pad_sequences(sequences, maxlen=None, dtype='int32', padding='pre', truncating='pre', value=0.):
    """Sequences of one length: longer ones are cut, shorter ones filled with `value`."""
    if not hasattr(sequences, '__len__'):
        raise ValueError('`sequences` must be iterable.')
    number = len(sequences)
    lengths, sample_shape, is_first = [], (), True
    for x in sequences:
        try:
            lengths.append(len(x))
        except TypeError:
            raise ValueError('`sequences` must be a list of iterables. Found non-iterable: ' + str(x)) from None
        if is_first and len(x):
            sample_shape = np.asarray(x).shape[1:]
            is_first = False
    if maxlen is None:
        maxlen = np.max(lengths)
    is_string = np.issubdtype(dtype, np.str_) or np.issubdtype(dtype, np.bytes_)
    if isinstance(value, str) and dtype != object and not is_string:
        raise ValueError("`dtype` {} is not compatible with `value`'s type: {}\nYou should set `dtype=object` for variable "
                         'length strings.'.format(dtype, type(value)))
    result = np.full((number, maxlen) + sample_shape, value, dtype=dtype)
    for index, sequence in enumerate(sequences):
        if not len(sequence):
            continue
        if truncating == 'pre':
            part = sequence[-maxlen:]
        elif truncating == 'post':
            part = sequence[:maxlen]
        else:
            raise ValueError('Truncating type "%s" not understood' % truncating)
        part = np.asarray(part, dtype=dtype)
        if part.shape[1:] != sample_shape:
            raise ValueError('Shape of sample %s of sequence at position %s is different from expected shape %s' % (
                part.shape[1:], index, sample_shape))
        if padding == 'post':
            result[index, :len(part)] = part
        elif padding == 'pre':
            result[index, -len(part):] = part
        else:
            raise ValueError('Padding type "%s" not understood' % padding)
    return result


def make_sampling_table(size, sampling_factor=1e-5):
    """The probability to keep the word of each rank, as word2vec has it, by Zipf's law."""
    gamma = 0.577
    rank = np.arange(size)
    rank[0] = 1
    inverse_frequency = rank * (np.log(rank) + gamma) + 0.5 - 1. / (12. * rank)
    f = sampling_factor * inverse_frequency
    return np.minimum(1., f / np.sqrt(f))


def skipgrams(sequence, vocabulary_size, window_size=4, negative_samples=1., shuffle=True, categorical=False,
              sampling_table=None, seed=None):
    """(pairs of words, labels): pairs that stand near each other, and such of random words."""
    couples, labels = [], []
    for i, word in enumerate(sequence):
        if not word:
            continue
        if sampling_table is not None and sampling_table[word] < random.random():
            continue
        for j in range(max(0, i - window_size), min(len(sequence), i + window_size + 1)):
            if j != i and sequence[j]:
                couples.append([word, sequence[j]])
                labels.append([0, 1] if categorical else 1)
    if negative_samples > 0:
        number = int(len(labels) * negative_samples)
        words = [couple[0] for couple in couples]
        random.shuffle(words)
        couples += [[words[i % len(words)], random.randint(1, vocabulary_size - 1)] for i in range(number)]
        labels += [[1, 0] if categorical else 0] * number
    if shuffle:
        if seed is None:
            seed = random.randint(0, int(10e6))
        random.seed(seed)
        random.shuffle(couples)
        random.seed(seed)
        random.shuffle(labels)
    return couples, labels


def _remove_long_seq(maxlen, seq, label):
    """The sequences that are shorter, and their labels."""
    kept = [(x, y) for x, y in zip(seq, label) if len(x) < maxlen]
    return [x for x, _ in kept], [y for _, y in kept]


class TimeseriesGenerator(data_utils.Sequence):
    """Batches of windows of a time series."""

    def __init__(self, data, targets, length, sampling_rate=1, stride=1, start_index=0, end_index=None, shuffle=False,
                 reverse=False, batch_size=128):
        if len(data) != len(targets):
            raise ValueError('Data and targets have to be of same length. Data length is {}while target length is {}'.format(
                len(data), len(targets)))
        self.data = data
        self.targets = targets
        self.length = length
        self.sampling_rate = sampling_rate
        self.stride = stride
        self.start_index = start_index + length
        self.end_index = len(data) - 1 if end_index is None else end_index
        self.shuffle = shuffle
        self.reverse = reverse
        self.batch_size = batch_size
        if self.start_index > self.end_index:
            raise ValueError('`start_index+length=%i > end_index=%i` is disallowed, as no part of the sequence would be left '
                             'to be used as current step.' % (self.start_index, self.end_index))

    def __len__(self):
        return (self.end_index - self.start_index + self.batch_size * self.stride) // (self.batch_size * self.stride)

    def __getitem__(self, index):
        if self.shuffle:
            rows = np.random.randint(self.start_index, self.end_index + 1, size=self.batch_size)
        else:
            first = self.start_index + self.batch_size * self.stride * index
            rows = np.arange(first, min(first + self.batch_size * self.stride, self.end_index + 1), self.stride)
        windows = np.array([self.data[end - self.length:end:self.sampling_rate] for end in rows])
        if self.reverse:
            windows = windows[:, ::-1, ...]
        return windows, np.array([self.targets[end] for end in rows])

    def get_config(self):
        """The arguments of the constructor."""
        def as_json(values):
            values = values.tolist() if type(values).__module__ == np.__name__ else values
            try:
                return json.dumps(values)
            except TypeError:
                raise TypeError('Data not JSON Serializable:', values) from None

        return {'data': as_json(self.data), 'targets': as_json(self.targets), 'length': self.length,
                'sampling_rate': self.sampling_rate, 'stride': self.stride, 'start_index': self.start_index,
                'end_index': self.end_index, 'shuffle': self.shuffle, 'reverse': self.reverse,
                'batch_size': self.batch_size}

    def to_json(self, **kwargs):
        """The configuration as JSON."""
        return json.dumps({'class_name': type(self).__name__, 'config': self.get_config()}, **kwargs)


TimeseriesGenerator.__module__ = 'tensorflow.python.keras.preprocessing.sequence'
