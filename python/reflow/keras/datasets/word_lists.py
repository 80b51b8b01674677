"""Texts as lists of numbers of words, the most frequent word being 1."""

import json

import numpy as np

from reflow.keras.preprocessing.sequence import _remove_long_seq


def prepared(xs, labels, num_words, skip_top, maxlen, start_char, oov_char, index_from):
    """The lists with a start, without rare words and the most frequent ones; and the labels."""
    if start_char is not None:
        xs = [[start_char] + [w + index_from for w in x] for x in xs]
    elif index_from:
        xs = [[w + index_from for w in x] for x in xs]
    if maxlen:
        xs, labels = _remove_long_seq(maxlen, xs, labels)
        if not xs:
            raise ValueError('After filtering for sequences shorter than maxlen=' + str(maxlen) + ', no sequence was kept. '
                             'Increase maxlen.')
    if not num_words:
        num_words = max(max(x) for x in xs)
    if oov_char is not None:
        xs = [[w if skip_top <= w < num_words else oov_char for w in x] for x in xs]
    else:
        xs = [[w for w in x if skip_top <= w < num_words] for x in xs]
    return xs, labels


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
