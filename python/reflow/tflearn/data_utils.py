"""Labels, sequences and batches as arrays."""

import numpy as np


def to_categorical(y, nb_classes=None):
    """Numbers of classes as vectors with a 1 at the class."""
    if nb_classes:
        y = np.asarray(y, dtype='int32')
        if len(y.shape) > 2:
            print('Warning: data array ndim > 2')
        if len(y.shape) > 1:
            y = y.reshape(-1)
        categorical = np.zeros((len(y), nb_classes))
        categorical[np.arange(len(y)), y] = 1.
        return categorical
    y = np.array(y)
    return (y[:, None] == np.unique(y)).astype(np.float32)


def pad_sequences(sequences, maxlen=None, dtype='int32', padding='post', truncating='post', value=0.):
    """Sequences of one length."""
    lengths = [len(each) for each in sequences]
    if maxlen is None:
        maxlen = np.max(lengths)
    result = (np.ones((len(sequences), maxlen)) * value).astype(dtype)
    for index, sequence in enumerate(sequences):
        if not len(sequence):
            continue
        if truncating not in ('pre', 'post'):
            raise ValueError("Truncating type '%s' not understood" % truncating)
        part = sequence[-maxlen:] if truncating == 'pre' else sequence[:maxlen]
        if padding == 'post':
            result[index, :len(part)] = part
        elif padding == 'pre':
            result[index, -len(part):] = part
        else:
            raise ValueError("Padding type '%s' not understood" % padding)
    return result


def shuffle(*arrs):
    """Arrays in one random order."""
    arrs = list(arrs)
    for i, arr in enumerate(arrs):
        assert len(arrs[0]) == len(arr)
        arrs[i] = np.array(arr)
    order = np.random.permutation(len(arrs[0]))
    return tuple(arr[order] for arr in arrs)


def samplewise_zero_center(X):
    """Each sample minus its mean."""
    return np.stack([each - np.mean(each, keepdims=True) for each in X])


def samplewise_std_normalization(X):
    """Each sample divided by its standard deviation."""
    return np.stack([each / (np.std(each, keepdims=True) + 1e-10) for each in X])


def featurewise_zero_center(X, mean=None):
    """(samples minus their mean, the mean); with a mean only the former."""
    if mean is None:
        mean = np.mean(X, axis=0)
        return X - mean, mean
    return X - mean


def featurewise_std_normalization(X, std=None):
    """(samples divided by their standard deviation, that); with a deviation only the former."""
    if std is None:
        std = np.std(X, axis=0)
        return X / std, std
    return X / std


def load_csv(filepath, target_column=-1, columns_to_ignore=None, has_header=True, categorical_labels=False, n_classes=None):
    """(rows, targets) of a file of comma-separated values, as text."""
    import csv
    if isinstance(target_column, list) and len(target_column) < 1:
        raise Exception('target_column must be list with one value at least')
    ignored = list(columns_to_ignore or ())
    with open(filepath, encoding='utf-8') as file:
        rows = list(csv.reader(file))
    if has_header:
        rows = rows[1:]
    targets = [row.pop(target_column) for row in rows]
    rows = [[value for i, value in enumerate(row) if i not in ignored] for row in rows]
    if categorical_labels:
        assert isinstance(n_classes, int), 'n_classes not specified!'
        return rows, to_categorical([int(each) for each in targets], n_classes)
    return rows, targets
