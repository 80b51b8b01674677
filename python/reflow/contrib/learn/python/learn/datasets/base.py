"""Small datasets in memory: CSV files, and files that are downloaded where they are missing."""
import collections
import csv
import os
import urllib.request

import numpy as np

from reflow.platform import gfile

Dataset = collections.namedtuple('Dataset', ['data', 'target'])
Datasets = collections.namedtuple('Datasets', ['train', 'validation', 'test'])


def load_csv_with_header(filename, target_dtype, features_dtype, target_column=-1):
    """A Dataset from a CSV file whose first line begins with the number of examples and of features."""
    with gfile.Open(filename) as file:
        rows = csv.reader(file)
        header = next(rows)
        data = np.zeros((int(header[0]), int(header[1])), dtype=features_dtype)
        target = np.zeros((int(header[0]),), dtype=target_dtype)
        for i, row in enumerate(rows):
            target[i] = np.asarray(row.pop(target_column), dtype=target_dtype)
            data[i] = np.asarray(row, dtype=features_dtype)
    return Dataset(data=data, target=target)


def load_csv_without_header(filename, target_dtype, features_dtype, target_column=-1):
    """A Dataset from a CSV file of examples only."""
    data, target = [], []
    with gfile.Open(filename) as file:
        for row in csv.reader(file):
            target.append(row.pop(target_column))
            data.append(np.asarray(row, dtype=features_dtype))
    return Dataset(data=np.array(data), target=np.array(target, dtype=target_dtype))


def shrink_csv(filename, ratio):
    """Writes one of `ratio` lines of NAME.csv to NAME_small.csv."""
    with gfile.Open(filename.replace('.', '_small.'), 'w') as small, gfile.Open(filename) as file:
        # gfile has no newline translation, so that lines end as csv writes them.
        writer = csv.writer(small)
        for i, row in enumerate(csv.reader(file)):
            if i % ratio == 0:
                writer.writerow(row)


def load_iris(data_path=None):
    """Fisher's irises: 150 examples of 4 features and 3 classes."""
    return load_csv_with_header(data_path or _data('iris.csv'), target_dtype=np.int64, features_dtype=np.float64)


def load_boston(data_path=None):
    """House prices of Boston: 506 examples of 13 features."""
    return load_csv_with_header(data_path or _data('boston_house_prices.csv'), target_dtype=np.float64,
                                features_dtype=np.float64)


def _data(name):
    path = os.path.join(os.path.dirname(__file__), 'data', name)
    if not os.path.exists(path):
        raise FileNotFoundError('Reflow does not bring %s along: pass the path of a copy as data_path' % name)
    return path


def maybe_download(filename, work_directory, source_url):
    """The path of the file in a folder, downloaded from `source_url` where it is not there."""
    if not gfile.Exists(work_directory):
        gfile.MakeDirs(work_directory)
    path = os.path.join(work_directory, filename)
    if not gfile.Exists(path):
        downloaded, _ = urllib.request.urlretrieve(source_url)
        gfile.Copy(downloaded, path)
        print('Successfully downloaded', filename, gfile.Stat(path).length, 'bytes.')
    return path
