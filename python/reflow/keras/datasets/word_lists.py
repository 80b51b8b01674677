"""Texts as lists of numbers of words, the most frequent word being 1."""

import json

import numpy as np

from reflow.keras.preprocessing.sequence import _remove_long_seq
from reflow.platform import tf_logging as logging


def given_number_of_words(num_words, others):
    """`num_words`, which `others` may have by its old name. TypeError: they have something else."""
    if 'nb_words' in others:
        logging.warning('The `nb_words` argument in `load_data` has been renamed `num_words`.')
        num_words = others.pop('nb_words')
    if others:
        raise TypeError('Unrecognized keyword arguments: ' + str(others))
    return num_words


def parted(xs, labels, size):
    """(texts, labels) of the first `size`, and of the others, as arrays."""
    return tuple((as_array(xs[part]), np.array(labels[part])) for part in (slice(None, size), slice(size, None)))


def prepared(xs, labels, num_words, skip_top, maxlen, start_char, oov_char, index_from):
    """The lists with a start, without rare words and the most frequent ones; and the labels."""
    start = [] if start_char is None else [start_char]
    if start or index_from:
        xs = [start + [word + index_from for word in text] for text in xs]
    if maxlen:
        xs, labels = _remove_long_seq(maxlen, xs, labels)
        if not xs:
            raise ValueError('After filtering for sequences shorter than maxlen=' + str(maxlen) + ', no sequence was kept. '
                             'Increase maxlen.')
    end = num_words or max(map(max, xs))

    def limited(text):
        if oov_char is None:
            return [word for word in text if skip_top <= word < end]
        return [word if skip_top <= word < end else oov_char for word in text]

    return list(map(limited, xs)), labels


def as_array(lists):
    """Lists of different lengths as an array of lists."""
    array = np.empty(len(lists), dtype=object)
    for i, each in enumerate(lists):
        array[i] = each
    return array


def shuffled(xs, labels, seed):
    """Both in the order that the seed gives."""
    random = np.random.RandomState(seed)
    indices = np.arange(len(xs))
    random.shuffle(indices)
    return xs[indices], labels[indices], random


def read_index(path):
    """{word: number}"""
    with open(path, encoding='utf-8') as file:
        return json.load(file)
