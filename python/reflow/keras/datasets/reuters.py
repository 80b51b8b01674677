"""News of 46 topics."""

import numpy as np

from reflow.keras.datasets import word_lists
from reflow.keras.utils.data_utils import get_file

_ORIGIN = 'https://storage.googleapis.com/tensorflow/tf-keras-datasets/'


def load_data(path='reuters.npz', num_words=None, skip_top=0, maxlen=None, test_split=0.2, seed=113, start_char=1,
              oov_char=2, index_from=3, **kwargs):
    """(x_train, y_train), (x_test, y_test): lists of numbers of words, and numbers of topics."""
    num_words = word_lists.given_number_of_words(num_words, kwargs)
    path = get_file(path, origin=_ORIGIN + 'reuters.npz', file_hash='87aedbeb0cb229e378797a632c1997b6')
    with np.load(path, allow_pickle=True) as file:
        xs, labels = file['x'], file['y']
    xs, labels, _ = word_lists.shuffled(xs, labels, seed)
    xs, labels = word_lists.prepared(list(xs), labels, num_words, skip_top, maxlen, start_char, oov_char, index_from)
    first = int(len(xs) * (1 - test_split))
    return word_lists.parted(xs, labels, first)


def get_word_index(path='reuters_word_index.json'):
    """{word: number}"""
    return word_lists.read_index(get_file(path, origin=_ORIGIN + 'reuters_word_index.json',
                                          file_hash='4d44cc38712099c9e383dc6e5f11a921'))
