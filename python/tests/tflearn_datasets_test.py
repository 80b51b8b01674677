"""tflearn.datasets, of files in the layout of the original ones."""
import pickle

import numpy as np
import pytest

from reflow.tflearn.datasets import cifar10, cifar100, imdb


def _write(path, *objects):
    with open(path, 'wb') as file:
        for each in objects:
            pickle.dump(each, file)


def test_cifar10(tmp_path):
    folder = tmp_path / 'cifar-10-batches-py'
    folder.mkdir()
    rows = np.arange(2 * 3072).reshape(2, 3072) % 251
    for i, name in enumerate(['data_batch_1', 'data_batch_2', 'data_batch_3', 'data_batch_4', 'data_batch_5', 'test_batch']):
        _write(folder / name, {'data': (rows + i) % 256, 'labels': [i, 9]})
    (images, labels), (test_images, test_labels) = cifar10.load_data(str(tmp_path))
    assert images.shape == (10, 32, 32, 3) and test_images.shape == (2, 32, 32, 3)
    assert labels.tolist() == [0, 9, 1, 9, 2, 9, 3, 9, 4, 9] and test_labels == [5, 9]
    # The colours of a pixel are 1024 bytes apart.
    np.testing.assert_array_equal(images[0, 0, 1], [(1 + 1024 * colour) % 251 / 255. for colour in range(3)])
    assert cifar10.load_data(str(tmp_path), one_hot=True)[1][1].tolist()[0] == np.eye(10)[5].tolist()


def test_cifar100(tmp_path):
    for name in ('train', 'test'):
        _write(tmp_path / name, {'data': np.zeros([1, 3072], np.uint8), 'fine_labels': [42]})
    (images, labels), _ = cifar100.load_data(str(tmp_path), one_hot=True)
    assert images.shape == (1, 32, 32, 3) and labels[0].argmax() == 42


@pytest.fixture
def reviews(tmp_path):
    path = tmp_path / 'reviews.pkl'
    _write(path, ([[2, 3, 400], [4, 5], [6], [7, 8, 9, 10]], [0, 1, 1, 0]), ([[500, 2], [3]], [1, 0]))
    return str(path)


def test_reviews_are_split_and_sorted(reviews):
    train, valid, test = imdb.load_data(reviews, n_words=100, valid_portion=.25)
    assert test == ([[3], [1, 2]], [0, 1])  # words from 100 on are 1
    assert sorted(train[0] + valid[0]) == [[2, 3, 1], [4, 5], [6], [7, 8, 9, 10]] and len(valid[0]) == 1
    assert [len(review) for review in train[0]] == sorted(len(review) for review in train[0])
    labels = {2: 0, 4: 1, 6: 1, 7: 0}
    assert all(labels[review[0]] == label for review, label in zip(*train))


def test_short_reviews_only(reviews):
    train, _, test = imdb.load_data(reviews, valid_portion=0., maxlen=3, sort_by_len=False)
    assert sorted(train[0]) == [[4, 5], [6]] and test == ([[500, 2], [3]], [1, 0])
    assert imdb.prepare_data(train[0], train[1], maxlen=1) == (None, None, None)
    columns, mask, labels = imdb.prepare_data([[4, 5], [6]], [1, 0])
    assert columns.tolist() == [[4, 6], [5, 0]] and mask.tolist() == [[1, 1], [1, 0]] and labels == [1, 0]
