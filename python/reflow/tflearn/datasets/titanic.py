"""The passengers of the Titanic, as a CSV file for tflearn.data_utils.load_csv."""

import os
import urllib.request

_SOURCE = 'http://tflearn.org/resources/titanic_dataset.csv'


def download_dataset(filename='titanic_dataset.csv', work_directory='./'):
    """Downloads the file, if it isn't there. Gives its path."""
    os.makedirs(work_directory, exist_ok=True)
    path = os.path.join(work_directory, filename)
    if not os.path.exists(path):
        print('Downloading Titanic dataset...')
        path, _ = urllib.request.urlretrieve(_SOURCE, path)
        print('Succesfully downloaded', filename, os.stat(path).st_size, 'bytes.')
    return path


def load_dataset():
    """There is no such thing in TFLearn either."""
    raise NotImplementedError
