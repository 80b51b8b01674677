"""Networks that continue texts and other sequences."""

import sys

import numpy as np

import reflow.tensorflow as tf
from reflow.tflearn import keys
from reflow.tflearn.helpers.evaluator import Evaluator
from reflow.tflearn.models import dnn


class SequenceGenerator(dnn.DNN):
    """A network that says how likely each item is behind a sequence of items, which `dictionary` numbers."""

    def __init__(self, network, dictionary=None, seq_maxlen=25, clip_gradients=0.0, tensorboard_verbose=0,
                 tensorboard_dir='/tmp/tflearn_logs/', checkpoint_path=None, max_checkpoints=None, session=None):
        super().__init__(network, clip_gradients=clip_gradients, tensorboard_dir=tensorboard_dir,
                         tensorboard_verbose=tensorboard_verbose, checkpoint_path=checkpoint_path,
                         max_checkpoints=max_checkpoints, session=session)
        self.dic = dictionary
        self.rev_dic = {number: item for item, number in dictionary.items()}
        self.seq_maxlen = seq_maxlen

    def fit(self, X_inputs, Y_targets, n_epoch=10, validation_set=None, show_metric=False, batch_size=None, shuffle=None,
            snapshot_epoch=True, snapshot_step=None, excl_trainops=None, run_id=None):
        """Trains with arrays."""
        super().fit(X_inputs, Y_targets, n_epoch=n_epoch, validation_set=validation_set, show_metric=show_metric,
                    batch_size=batch_size, shuffle=shuffle, snapshot_epoch=snapshot_epoch, snapshot_step=snapshot_step,
                    excl_trainops=excl_trainops, run_id=run_id)
        self.predictor = Evaluator([self.net], session=self.trainer.session)

    def _predict(self, X):
        return self.predict(X)

    def generate(self, seq_length, temperature=0.5, seq_seed=None, display=False):
        """`seq_seed`, of the length of the network's sequences, and `seq_length` items behind it.

        The higher the temperature, the less likely the items.
        """
        sequence = whole = seq_seed[:]
        if display:
            sys.stdout.write(str(sequence))
        for _ in range(seq_length):
            x = np.zeros((1, self.seq_maxlen, len(self.dic)))
            for t, item in enumerate(sequence):
                x[0, t, self.dic[item]] = 1.
            item = self.rev_dic[_sample(self._predict(x)[0].tolist(), temperature)]
            added = item if isinstance(sequence, str) else [item]
            sequence, whole = sequence[1:] + added, whole + added
            if display:
                sys.stdout.write(str(item))
                sys.stdout.flush()
        if display:
            print()
        return whole

    def load(self, model_file, **optargs):
        """Reads a checkpoint."""
        self.trainer.restore(model_file, **optargs)
        self.session = self.trainer.session
        self.predictor = Evaluator([self.net], session=self.session)
        for each in tf.get_collection(keys.DATA_PREP):
            if each:
                each.restore_params(self.session)


def _sample(probabilities, temperature=1.0):
    logits = np.log(probabilities) / temperature
    return np.argmax(np.random.multinomial(1, np.exp(logits) / np.sum(np.exp(logits)), 1))
