"""What articles of DBpedia are about: classes, titles and abstracts."""
import os
import tarfile

import numpy as np

from reflow.contrib.learn.python.learn.datasets import base
from reflow.platform import gfile

DBPEDIA_URL = 'https://github.com/le-scientifique/torchDatasets/raw/master/dbpedia_csv.tar.gz'

# A class, a title and an abstract each.
_FAKE_TRAIN = [(1, 'Acme', 'Acme is a maker of anvils.'), (2, 'Ada', 'Ada is a friend of numbers.'),
               (3, 'Noon', 'Noon is a daily paper.')]
_FAKE_TEST = [(2, 'Bob', 'Bob is a friend of Ada.')]


def maybe_download_dbpedia(data_dir):
    """Downloads and unpacks the files that are not in a folder yet."""
    if not all(gfile.Exists(os.path.join(data_dir, 'dbpedia_csv', name)) for name in ('train.csv', 'test.csv')):
        with tarfile.open(base.maybe_download('dbpedia_csv.tar.gz', data_dir, DBPEDIA_URL), 'r:*') as archive:
            archive.extractall(data_dir, filter='data')


def load_dbpedia(size='small', test_with_fake_data=False):
    """Datasets of the articles in dbpedia_data within TF_EXP_BASE_DIR; `small` is a thousandth of them."""
    if test_with_fake_data:
        return base.Datasets(train=_of_rows(_FAKE_TRAIN), validation=None, test=_of_rows(_FAKE_TEST))
    data_dir = os.path.join(os.getenv('TF_EXP_BASE_DIR', ''), 'dbpedia_data')
    maybe_download_dbpedia(data_dir)
    paths = [os.path.join(data_dir, 'dbpedia_csv', name) for name in ('train.csv', 'test.csv')]
    if size == 'small':
        for path in paths:
            base.shrink_csv(path, 1000)
        paths = [path.replace('.csv', '_small.csv') for path in paths]
    train, test = (base.load_csv_without_header(path, np.int32, str, target_column=0) for path in paths)
    return base.Datasets(train=train, validation=None, test=test)


def _of_rows(rows):
    return base.Dataset(data=np.array([row[1:] for row in rows]), target=np.array([row[0] for row in rows], np.int32))
