"""Reviews of films, as the numbers of their words, and whether they are good ones."""

import gzip
import os
import pickle
import urllib.request

import numpy as np

_SOURCE = 'http://www.iro.umontreal.ca/~lisa/deep/data/imdb.pkl'


def get_dataset_file(dataset, default_dataset, origin):
    """The path of a file, which is downloaded if it isn't there and has the default name."""
    if not os.path.isfile(dataset) and os.path.basename(dataset) == default_dataset:
        print('Downloading data from %s' % origin)
        urllib.request.urlretrieve(origin, dataset)
    return dataset


def prepare_data(seqs, labels, maxlen=None):
    """(Sequences as columns, a mask of 1s where they are, labels), of those shorter than `maxlen`; Nones if there are none."""
    if maxlen is not None:
        short = [i for i, sequence in enumerate(seqs) if len(sequence) < maxlen]
        seqs, labels = [seqs[i] for i in short], [labels[i] for i in short]
        if not seqs:
            return None, None, None
    x = np.zeros((max(len(sequence) for sequence in seqs), len(seqs)), np.int64)
    mask = np.zeros(x.shape, np.float32)
    for i, sequence in enumerate(seqs):
        x[:len(sequence), i] = sequence
        mask[:len(sequence), i] = 1.
    return x, mask, labels


def load_data(path='imdb.pkl', n_words=100000, valid_portion=0.1, maxlen=None, sort_by_len=True):
    """Pairs (reviews, labels) for training, validation and test, the shortest first. Words from `n_words` on become 1.

    Of those for training only reviews shorter than `maxlen` are kept, of which `valid_portion` are for validation.
    """
    path = get_dataset_file(path, 'imdb.pkl', _SOURCE)
    with (gzip.open if path.endswith('.gz') else open)(path, 'rb') as file:
        reviews, labels = pickle.load(file)
        test = pickle.load(file)
    if maxlen:
        short = [i for i, review in enumerate(reviews) if len(review) < maxlen]
        reviews, labels = [reviews[i] for i in short], [labels[i] for i in short]
    order = np.random.permutation(len(reviews))
    num_train = int(np.round(len(reviews) * (1. - valid_portion)))
    train, valid = [([reviews[i] for i in part], [labels[i] for i in part]) for part in (order[:num_train], order[num_train:])]
    return tuple(_arranged(part, n_words, sort_by_len) for part in (train, valid, test))


def _arranged(part, n_words, sort_by_len):
    reviews = [[1 if word >= n_words else word for word in review] for review in part[0]]
    if not sort_by_len:
        return reviews, part[1]
    order = sorted(range(len(reviews)), key=lambda i: len(reviews[i]))
    return [reviews[i] for i in order], [part[1][i] for i in order]
