"""Reviews of films, good or bad."""

import numpy as np

from reflow.keras.datasets import word_lists
from reflow.keras.utils.data_utils import get_file

_ORIGIN = 'https://storage.googleapis.com/tensorflow/tf-keras-datasets/'


def load_data(path='imdb.npz', num_words=None, skip_top=0, maxlen=None, seed=113, start_char=1, oov_char=2, index_from=3,
              **kwargs):
    """(x_train, y_train), (x_test, y_test): lists of numbers of words, and 0 or 1."""
    num_words = word_lists.given_number_of_words(num_words, kwargs)
    path = get_file(path, origin=_ORIGIN + 'imdb.npz', file_hash='599dadb1135973df5b59232a0e9a887c')
    with np.load(path, allow_pickle=True) as file:
        x_train, labels_train = file['x_train'], file['y_train']
        x_test, labels_test = file['x_test'], file['y_test']
    random = np.random.RandomState(seed)
    parts = []
    for xs, labels in ((x_train, labels_train), (x_test, labels_test)):
        indices = np.arange(len(xs))
        random.shuffle(indices)
        parts.append((xs[indices], labels[indices]))
    xs = [x for part, _ in parts for x in part]
    labels = np.concatenate([part for _, part in parts])
    xs, labels = word_lists.prepared(xs, labels, num_words, skip_top, maxlen, start_char, oov_char, index_from)
    first = len(x_train)
    return word_lists.parted(xs, labels, first)


def get_word_index(path='imdb_word_index.json'):
    """{word: number}"""
    return word_lists.read_index(get_file(path, origin=_ORIGIN + 'imdb_word_index.json',
                                          file_hash='bfafd718b763782e994055a2d397834f'))
