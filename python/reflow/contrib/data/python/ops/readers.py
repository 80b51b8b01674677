"""What files hold, under the names of tf.contrib.data."""
from reflow.data.experimental.ops.readers import (
    CsvDataset, SqlDataset, make_batched_features_dataset, make_csv_dataset)
from reflow.data.ops import dataset_ops, readers as core_readers
from reflow.util import deprecation

__all__ = ['CsvDataset', 'SqlDataset', 'make_batched_features_dataset', 'make_csv_dataset', 'read_batch_features']


@deprecation.deprecated(None, 'Use `tf.data.experimental.make_batched_features_dataset(...)`')
def read_batch_features(file_pattern, batch_size, features, reader=core_readers.TFRecordDataset, reader_args=None,
                        randomize_input=True, num_epochs=None, capacity=10000):
    """The features of a batch of Examples in files, as a dict of tensors."""
    dataset = make_batched_features_dataset(
        file_pattern, batch_size, features, reader=reader, reader_args=reader_args, shuffle=randomize_input,
        num_epochs=num_epochs, shuffle_buffer_size=capacity)
    return dataset_ops.make_one_shot_iterator(dataset).get_next()
