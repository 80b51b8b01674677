"""Networks that are trained and used."""

import numpy as np

import reflow.tensorflow as tf
from reflow.tflearn import keys
from reflow.tflearn.helpers.evaluator import Evaluator
from reflow.tflearn.helpers.trainer import Trainer
from reflow.tflearn.utils import feed_dict_builder


class DNN:
    """A network with training and inference."""

    def __init__(self, network, clip_gradients=5.0, tensorboard_verbose=0, tensorboard_dir='/tmp/tflearn_logs/',
                 checkpoint_path=None, best_checkpoint_path=None, max_checkpoints=None, session=None, best_val_accuracy=0.0):
        assert isinstance(network, tf.Tensor), "'network' arg is not a Tensor!"
        self.net = network
        self.train_ops = tf.get_collection(keys.TRAIN_OPS)
        self.trainer = Trainer(self.train_ops, clip_gradients=clip_gradients, tensorboard_dir=tensorboard_dir,
                               tensorboard_verbose=tensorboard_verbose, checkpoint_path=checkpoint_path,
                               best_checkpoint_path=best_checkpoint_path, max_checkpoints=max_checkpoints, session=session,
                               best_val_accuracy=best_val_accuracy)
        self.session = self.trainer.session
        self.inputs = tf.get_collection(keys.INPUTS)
        if not self.inputs:
            raise Exception("No input data! Please add an 'input_data' layer to your model (or add your input data "
                            'placeholder to tf.GraphKeys.INPUTS collection).')
        self.targets = tf.get_collection(keys.TARGETS)
        self.predictor = Evaluator([self.net], session=self.session)

    def fit(self, X_inputs, Y_targets, n_epoch=10, validation_set=None, show_metric=False, batch_size=None, shuffle=None,
            snapshot_epoch=True, snapshot_step=None, excl_trainops=None, validation_batch_size=None, run_id=None,
            callbacks=()):
        """Trains with arrays."""
        if not self.train_ops:
            raise Exception('tf collection "' + keys.TRAIN_OPS + '" is empty! Please make sure you are using `regression` '
                            'layer in your network.')
        for train_op in self.train_ops:
            if batch_size:
                train_op.batch_size = batch_size
            if validation_batch_size or batch_size:
                train_op.validation_batch_size = validation_batch_size or batch_size
        val_feed_dicts = None
        if isinstance(validation_set, float):
            val_feed_dicts = [validation_set] * len(self.train_ops) if validation_set else None
        elif validation_set is not None and len(validation_set):
            if not isinstance(validation_set, (tuple, list)):
                raise ValueError('validation_set must be a tuple or list: (valX, valY), ' + str(type(validation_set)) +
                                 ' is not compatible!')
            if len(validation_set) == 1 and isinstance(validation_set[0], (tuple, list)):
                validation_set = validation_set[0]
            val_feed = feed_dict_builder(validation_set[0], validation_set[1], self.inputs, self.targets)
            val_feed_dicts = [val_feed] * len(self.train_ops)
        feed_dict = feed_dict_builder(X_inputs, Y_targets, self.inputs, self.targets)
        daug_dict, dprep_dict = self.retrieve_data_preprocessing_and_augmentation()
        self.trainer.fit([feed_dict] * len(self.train_ops), val_feed_dicts=val_feed_dicts, n_epoch=n_epoch,
                         show_metric=show_metric, snapshot_step=snapshot_step, snapshot_epoch=snapshot_epoch,
                         shuffle_all=shuffle, dprep_dict=dprep_dict, daug_dict=daug_dict, excl_trainops=excl_trainops,
                         run_id=run_id, callbacks=callbacks)

    def retrieve_data_preprocessing_and_augmentation(self):
        """({input: augmentation}, {input: preprocessing})"""
        return tuple({placeholder: function for placeholder, function in zip(self.inputs, tf.get_collection(collection))
                      if function is not None} for collection in (keys.DATA_AUG, keys.DATA_PREP))

    def fit_batch(self, X_inputs, Y_targets):
        """Trains with one batch. Gives the loss."""
        feed_dict = feed_dict_builder(X_inputs, Y_targets, self.inputs, self.targets)
        daug_dict, dprep_dict = self.retrieve_data_preprocessing_and_augmentation()
        return self.trainer.fit_batch([feed_dict] * len(self.train_ops), dprep_dict=dprep_dict, daug_dict=daug_dict)

    def predict(self, X):
        """The outputs for arrays."""
        return self.predictor.predict(feed_dict_builder(X, None, self.inputs, None))

    def predict_label(self, X):
        """The classes, the most likely one first."""
        labels = np.argsort(self.predict(X))
        return labels[::-1] if labels.ndim == 1 else labels[:, ::-1]

    def evaluate(self, X, Y, batch_size=128):
        """The metrics of arrays."""
        feed_dict = feed_dict_builder(X, Y, self.inputs, self.targets)
        return self.predictor.evaluate(feed_dict, [each.metric for each in self.train_ops], batch_size)

    def save(self, model_file):
        """Writes a checkpoint."""
        self.trainer.save(model_file)

    def load(self, model_file, weights_only=False, **optargs):
        """Reads a checkpoint."""
        self.trainer.restore(model_file, weights_only, **optargs)
        self.session = self.trainer.session
        self.predictor = Evaluator([self.net], session=self.session)
        for each in tf.get_collection(keys.DATA_PREP):
            if each:
                each.restore_params(self.session)

    def get_weights(self, weight_tensor):
        """The value of a variable."""
        return weight_tensor.eval(session=self.trainer.session)

    def set_weights(self, tensor, weights):
        """Gives a variable a value."""
        self.trainer.session.run(tf.assign(tensor, weights))

    def get_train_vars(self):
        """The variables that are trained."""
        return [variable for train_op in self.train_ops for variable in train_op.train_vars]
