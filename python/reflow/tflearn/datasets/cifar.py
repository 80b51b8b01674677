"""Small photographs: the files of CIFAR-10 and CIFAR-100, which are downloaded where they aren't there."""

import os
import pickle
import tarfile
import urllib.request

import numpy as np

_SOURCE = 'http://www.cs.toronto.edu/~kriz/'


def extracted(filename, work_directory, folder, wanted):
    """Downloads the archive to `work_directory`, and extracts it to `folder`, unless the file `wanted` is there."""
    if os.path.exists(wanted):
        return
    os.makedirs(work_directory, exist_ok=True)
    path = os.path.join(work_directory, filename)
    if not os.path.exists(path):
        print('Downloading %s, Please wait...' % filename)
        urllib.request.urlretrieve(_SOURCE + filename, path)
    with tarfile.open(path) as archive:
        archive.extractall(folder, filter='data')


def load_batch(path, labels):
    """(Rows of 3072 bytes, numbers of classes) of a file."""
    with open(path, 'rb') as file:
        batch = pickle.load(file, encoding='latin1')
    return batch['data'], batch[labels]


def images_of(rows):
    """[images, 32, 32, 3] from 0 to 1, of rows with the colours one after the other."""
    return np.reshape(np.dstack((rows[:, :1024], rows[:, 1024:2048], rows[:, 2048:])) / 255., [-1, 32, 32, 3])
