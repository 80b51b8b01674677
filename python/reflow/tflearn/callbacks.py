"""Callbacks of training: the log on the terminal, checkpoints."""

import sys
import time


class Callback:
    """What is called while a model is trained."""

    def on_train_begin(self, training_state):
        """Before training."""

    def on_epoch_begin(self, training_state):
        """Before an epoch."""

    def on_batch_begin(self, training_state):
        """Before a batch."""

    def on_sub_batch_begin(self, training_state):
        """Before each of the train ops."""

    def on_sub_batch_end(self, training_state, train_index=0):
        """After each of the train ops."""

    def on_batch_end(self, training_state, snapshot=False):
        """After a batch."""

    def on_epoch_end(self, training_state):
        """After an epoch."""

    def on_train_end(self, training_state):
        """After training."""


class ChainCallback(Callback):
    """Callbacks one after the other."""

    def __init__(self, callbacks=None):
        self.callbacks = list(callbacks or ())

    def add(self, callback):
        """Adds a callback."""
        if not isinstance(callback, Callback):
            raise Exception(str(callback) + ' is an invalid Callback object')
        self.callbacks.append(callback)


def _chained(name):
    def call(self, *args, **kwargs):
        for callback in self.callbacks:
            getattr(callback, name)(*args, **kwargs)

    call.__name__ = name
    call.__doc__ = 'Calls %s of each callback.' % name
    return call


for _name in [each for each in vars(Callback) if each.startswith('on_')]:
    setattr(ChainCallback, _name, _chained(_name))


class TermLogger(Callback):
    """The log on the terminal, whose last lines are written over."""

    def __init__(self):
        self.data = []
        self.display_type = 'multi'
        self.global_data_size = 0
        self.global_val_data_size = 0
        self.snapped = False

    def add(self, data_size, val_size=0, metric_name=None, name=None):
        """Adds a train op."""
        self.data.append({'name': name or 'Train op. ' + str(len(self.data)), 'metric_name': metric_name or 'acc',
                          'data_size': data_size, 'epoch': 0, 'step': 0, 'loss': None, 'acc': None, 'val_loss': None,
                          'val_acc': None})
        self.global_data_size += data_size
        self.global_val_data_size += val_size

    def on_train_begin(self, training_state):
        """Prints the numbers of samples."""
        print('---------------------------------')
        print('Training samples: ' + str(self.global_data_size))
        print('Validation samples: ' + str(self.global_val_data_size))
        print('--')
        if len(self.data) == 1:
            self.display_type = 'single'

    def on_epoch_begin(self, training_state):
        """Begins to measure time."""
        training_state.step_time = time.time()
        training_state.step_time_total = 0.

    def on_batch_begin(self, training_state):
        """Begins to measure time."""
        training_state.step_time = time.time()

    def on_sub_batch_end(self, training_state, train_index=0):
        """Takes the values of a train op."""
        self.data[train_index].update(
            loss=training_state.loss_value, acc=training_state.acc_value, val_loss=training_state.val_loss,
            val_acc=training_state.val_acc, epoch=training_state.epoch, step=training_state.current_iter)

    def on_batch_end(self, training_state, snapshot=False):
        """Prints the lines."""
        training_state.step_time_total += time.time() - training_state.step_time
        text = self.termlogs(training_state.step, training_state.global_loss, training_state.global_acc,
                             training_state.step_time_total)
        if snapshot:
            text += '--\n'
            self.snapped = True
        else:
            text += '\033[A' * (len(self.data) + 1)
        sys.stdout.write(text)
        sys.stdout.flush()

    def termlogs(self, step=0, global_loss=None, global_acc=None, step_time=None):
        """The lines."""
        text = 'Training Step: ' + str(step) + ' '
        if global_loss:
            text += ' | total loss: \033[1m\033[32m' + '%.5f' % global_loss + '\033[0m\033[0m'
        if global_acc and self.display_type != 'single':
            text += ' - avg acc: %.4f' % float(global_acc)
        if step_time:
            text += ' | time: %.3fs' % step_time
        text += '\n'
        for data in self.data:
            text += '\x1b[2K\r| ' + data['name'] + ' | epoch: ' + '%03d' % data['epoch']
            if data['loss'] is not None:
                text += ' | loss: %.5f' % data['loss']
            if data['acc'] is not None:
                text += ' - %s: %.4f' % (data['metric_name'], data['acc'])
            if data['val_loss'] is not None:
                text += ' | val_loss: %.5f' % data['val_loss']
            if data['val_acc'] is not None:
                text += ' - val_%s: %.4f' % (data['metric_name'], data['val_acc'])
            text += ' -- iter: %0*d/%d\n' % (len(str(data['data_size'])), data['step'], data['data_size'])
        return text

    def on_train_end(self, training_state):
        """Ends the lines."""
        if not self.snapped:
            sys.stdout.write('\n' * (len(self.data) + 1) + '--\n')
            sys.stdout.flush()


class ModelSaver(Callback):
    """Saves the model after epochs and steps, and where it is better than before."""

    def __init__(self, save_func, snapshot_path, best_snapshot_path, best_val_accuracy, snapshot_step, snapshot_epoch):
        self.save_func = save_func
        self.snapshot_path = snapshot_path
        self.snapshot_epoch = snapshot_epoch
        self.best_snapshot_path = best_snapshot_path
        self.best_val_accuracy = best_val_accuracy
        self.snapshot_step = snapshot_step

    def on_epoch_end(self, training_state):
        """Saves the model."""
        if self.snapshot_epoch and self.snapshot_path:
            self.save_func(self.snapshot_path, training_state.step)

    def on_batch_end(self, training_state, snapshot=False):
        """Saves the model if it is time, or if it is the best one."""
        if snapshot and self.snapshot_step is not None and self.snapshot_path:
            self.save_func(self.snapshot_path, training_state.step)
        if None not in (self.best_snapshot_path, self.best_val_accuracy, training_state.val_acc):
            if training_state.val_acc > self.best_val_accuracy:
                self.best_val_accuracy = training_state.val_acc
                self.save_func(self.best_snapshot_path + str(int(10000 * round(float(training_state.val_acc), 4))),
                               use_val_saver=True)
