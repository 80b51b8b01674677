"""Labels, sequences and batches as arrays."""

import random

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


def string_to_semi_redundant_sequences(string, seq_maxlen=25, redun_step=3, char_idx=None):
    """Parts of a text, `redun_step` characters apart, and the character behind each, as vectors; and {character: number}."""
    print('Vectorizing text...')
    if char_idx is None:
        char_idx = chars_to_dictionary(string)
    begins = range(0, len(string) - seq_maxlen, redun_step)
    x = np.zeros((len(begins), seq_maxlen, len(char_idx)), dtype=bool)
    y = np.zeros((len(begins), len(char_idx)), dtype=bool)
    for i, begin in enumerate(begins):
        for t in range(seq_maxlen):
            x[i, t, char_idx[string[begin + t]]] = True
        y[i, char_idx[string[begin + seq_maxlen]]] = True
    print('Text total length: {:,}'.format(len(string)))
    print('Distinct chars   : {:,}'.format(len(char_idx)))
    print('Total sequences  : {:,}'.format(len(begins)))
    return x, y, char_idx


def textfile_to_semi_redundant_sequences(path, seq_maxlen=25, redun_step=3, to_lower_case=False, pre_defined_char_idx=None):
    """string_to_semi_redundant_sequences of a file."""
    with open(path) as file:
        text = file.read()
    return string_to_semi_redundant_sequences(text.lower() if to_lower_case else text, seq_maxlen, redun_step,
                                              pre_defined_char_idx)


def chars_to_dictionary(string):
    """{character: its number among all that the text has, in order}."""
    return {char: i for i, char in enumerate(sorted(set(string)))}


def random_sequence_from_string(string, seq_maxlen):
    """A part of the text from a random place."""
    begin = random.randint(0, len(string) - seq_maxlen - 1)
    return string[begin:begin + seq_maxlen]


def random_sequence_from_textfile(path, seq_maxlen):
    """A part of the file from a random place."""
    with open(path) as file:
        return random_sequence_from_string(file.read(), seq_maxlen)


class VocabularyProcessor:
    """Documents as rows of numbers of words: that of tf.contrib.learn.preprocessing."""

    def __new__(cls, max_document_length, min_frequency=0, vocabulary=None, tokenizer_fn=None):
        from reflow.contrib.learn.python.learn.preprocessing import text
        return text.VocabularyProcessor(max_document_length, min_frequency, vocabulary, tokenizer_fn)

    @classmethod
    def restore(cls, filename):
        """What `save` has written."""
        from reflow.contrib.learn.python.learn.preprocessing import text
        return text.VocabularyProcessor.restore(filename)


_OF_IMAGE_FILES = frozenset((
    'ImagePreloader', 'LabelPreloader', 'Preloader', 'build_hdf5_image_dataset', 'build_image_dataset_from_dir',
    'convert_color', 'directory_to_samples', 'get_img_channel', 'image_dirs_to_samples', 'image_preloader', 'load_image',
    'pil_to_nparray', 'resize_image'))


def __getattr__(name):
    if name in _OF_IMAGE_FILES:
        from reflow.tflearn import image_files
        return getattr(image_files, name)
    raise AttributeError("module 'tflearn.data_utils' has no attribute '%s'" % name)
