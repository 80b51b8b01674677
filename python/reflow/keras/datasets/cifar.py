"""Reads the files of the CIFAR data sets."""

import os
import pickle

import numpy as np

from reflow.keras import backend as K


def load_batch(fpath, label_key='labels'):
    """(images [n, 3, 32, 32], labels) of a file."""
    with open(fpath, 'rb') as file:
        batch = {key.decode('utf8') if isinstance(key, bytes) else key: value
                 for key, value in pickle.load(file, encoding='bytes').items()}
    data = batch['data']
    return data.reshape(data.shape[0], 3, 32, 32), batch[label_key]


def load_folder(path, training_files, test_file, label_key='labels'):
    """(x_train, y_train), (x_test, y_test)"""
    parts = [load_batch(os.path.join(path, name), label_key) for name in training_files]
    x_train = np.concatenate([images for images, _ in parts]).astype('uint8')
    y_train = np.reshape(np.concatenate([labels for _, labels in parts]), (-1, 1))
    x_test, y_test = load_batch(os.path.join(path, test_file), label_key)
    y_test = np.reshape(y_test, (len(y_test), 1))
    if K.image_data_format() == 'channels_last':
        x_train, x_test = x_train.transpose(0, 2, 3, 1), x_test.transpose(0, 2, 3, 1)
    return (x_train, y_train.astype('uint8') if label_key == 'labels' else y_train), (
        x_test.astype(x_train.dtype), y_test.astype(y_train.dtype))
