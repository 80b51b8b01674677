"""Small colour images of 100 classes."""

from reflow.keras.datasets.cifar import load_folder
from reflow.keras.utils.data_utils import get_file


def load_data(label_mode='fine'):
    """(x_train, y_train), (x_test, y_test): images [n, 32, 32, 3] of bytes, and classes [n, 1]."""
    if label_mode not in ['fine', 'coarse']:
        raise ValueError('`label_mode` must be one of `"fine"`, `"coarse"`.')
    path = get_file('cifar-100-python', origin='https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz', untar=True,
                    file_hash='85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7')
    return load_folder(path, ['train'], 'test', label_key=label_mode + '_labels')
