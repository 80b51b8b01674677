"""What is done to all samples, in training and in inference."""

import numpy as np

import reflow.tensorflow as tf


class DataPreprocessing:
    """Functions of batches, one after the other."""

    def __init__(self, name='DataPreprocessing'):
        self.methods = []
        self.session = None
        with tf.name_scope(name):
            self.global_mean = _Parameter('mean')
            self.global_std = _Parameter('std')

    def apply(self, batch):
        """The batch after all functions."""
        for method in self.methods:
            batch = method(np.asarray(batch))
        return batch

    def initialize(self, dataset, session, limit=None):
        """Computes mean and deviation of the data, where they are wanted and not given."""
        self.session = session
        data = dataset[:limit] if limit else dataset
        for parameter, function in ((self.global_mean, np.mean), (self.global_std, np.std)):
            parameter.session = session
            if parameter.is_required:
                if not parameter.is_assigned():
                    print('Preprocessing... Calculating %s over all dataset (this may take long)...' % parameter.name)
                    parameter.assign(function(data, axis=0) if parameter.per_feature else function(data))
                print('%s: %s' % (parameter.name, parameter.value) if not parameter.per_feature else parameter.name)

    def restore_params(self, session):
        """Takes mean and deviation from a session."""
        for parameter in (self.global_mean, self.global_std):
            parameter.session = session
            parameter.value = None

    def add_samplewise_zero_center(self):
        """Each sample minus its mean."""
        self.methods.append(lambda batch: batch - batch.mean(axis=tuple(range(1, batch.ndim)), keepdims=True))

    def add_samplewise_stdnorm(self):
        """Each sample divided by its deviation."""
        self.methods.append(lambda batch: batch / (batch.std(axis=tuple(range(1, batch.ndim)), keepdims=True) + 1e-12))

    def add_featurewise_zero_center(self, mean=None):
        """Samples minus the mean of the data."""
        self.global_mean.require(mean)
        self.methods.append(lambda batch: batch - self.global_mean.get())

    def add_featurewise_stdnorm(self, std=None):
        """Samples divided by the deviation of the data."""
        self.global_std.require(std)
        self.methods.append(lambda batch: batch / (self.global_std.get() + 1e-12))


class ImagePreprocessing(DataPreprocessing):
    """Preprocessing of images."""

    def __init__(self, name='DataPreprocessing'):
        super().__init__(name)
        self.global_mean_pc = False

    def add_image_normalization(self):
        """Bytes as numbers from 0 to 1."""
        self.methods.append(lambda batch: np.asarray(batch, dtype='float32') / 255.)

    def add_crop_center(self, shape):
        """The middle of each image."""
        def crop(batch):
            top, left = (batch.shape[1] - shape[0]) // 2, (batch.shape[2] - shape[1]) // 2
            return batch[:, top:top + shape[0], left:left + shape[1]]

        self.methods.append(crop)


class _Parameter:
    """A number, or an array, of the data, which checkpoints keep in a variable."""

    def __init__(self, name):
        self.name = name
        self.is_required = False
        self.per_feature = False
        self.value = None
        self.session = None
        self.variable = tf.Variable(0., trainable=False, name=name)
        self.assigned = tf.Variable(False, trainable=False, name=name + '_assigned')
        self._placeholder = tf.placeholder(tf.float32, [])
        self._assign = [tf.assign(self.variable, self._placeholder), tf.assign(self.assigned, True)]

    def require(self, value):
        self.is_required = True
        if value is not None:
            self.value = np.asarray(value)

    def is_assigned(self):
        return self.value is not None or bool(self.assigned.eval(session=self.session))

    def assign(self, value):
        self.value = value
        self.session.run(self._assign, {self._placeholder: value})

    def get(self):
        if self.value is None:
            self.value = self.variable.eval(session=self.session)
        return self.value
