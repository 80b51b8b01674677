"""Experiments with Estimators of tf.estimator and of tf.contrib.learn, and learn_runner; what is called, and in which order."""
import os
import tempfile

import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
learn = tf.contrib.learn
learn_runner = learn.learn_runner
calls = []


def input_fn():
    calls.append('input')
    return {'x': tf.constant([[1.], [2.]])}, tf.constant([[2.], [4.]])


def model_fn(features, labels, mode):
    calls.append(mode)
    predictions = tf.layers.dense(features['x'], 1, kernel_initializer=tf.ones_initializer())
    loss = None if labels is None else tf.losses.mean_squared_error(labels, predictions)
    train = None if labels is None else tf.train.GradientDescentOptimizer(0.1).minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, predictions=predictions, loss=loss, train_op=train)


def export(estimator, path, checkpoint_path=None, eval_result=None):
    return os.path.basename(path), checkpoint_path and os.path.basename(checkpoint_path), sorted(eval_result)


def folder():
    return tempfile.mkdtemp()


def core(**config):
    return tf.estimator.Estimator(model_fn, config=learn.RunConfig(model_dir=folder(), **config))


def contrib():
    return learn.LinearRegressor([tf.contrib.layers.real_valued_column('x')], model_dir=folder())


def show(name, result):
    results, exported = result if isinstance(result, tuple) else (result, None)
    print(name, sorted((key, '%.4g' % value) for key, value in (results or {}).items()), exported, calls)
    del calls[:]


def mistake(function):
    try:
        print(function())
    except (ValueError, TypeError, RuntimeError) as error:
        print(type(error).__name__, str(error)[:70])


strategy = learn.ExportStrategy('late', export)
for make in core, contrib:
    experiment = learn.Experiment(make(), input_fn, input_fn, train_steps=6, eval_steps=1, export_strategies=strategy)
    show('train_and_evaluate', experiment.train_and_evaluate())
    print(experiment.train_steps, experiment.eval_steps, experiment.eval_metrics, type(experiment.estimator).__name__)
    show('evaluate', experiment.evaluate(delay_secs=0))
    experiment = learn.Experiment(make(), input_fn, input_fn, train_steps=20, eval_steps=1, train_steps_per_iteration=10)
    show('continuous_train_and_eval', experiment.continuous_train_and_eval())
    old = experiment.reset_export_strategies([strategy])
    print(old, [each.name for each in experiment.reset_export_strategies()])
    experiment.continuous_eval(delay_secs=0, throttle_delay_secs=0)
    experiment.continuous_eval_on_train_data(
        delay_secs=0, throttle_delay_secs=0, continuous_eval_predicate_fn=lambda results: results is None)
    show('continuous_eval', None)
    show('test', learn.Experiment(make(), input_fn, input_fn).test())

experiment = learn.Experiment(
    core(save_checkpoints_steps=2), input_fn, input_fn, train_steps=4, eval_steps=1, export_strategies=[strategy],
    checkpoint_and_export=True)
show('checkpoint_and_export', experiment.train_and_evaluate())


class Seen(tf.train.SessionRunHook):
    def begin(self):
        calls.append('hook')


def experiment_fn(run_config, hparams):
    made = learn.Experiment(tf.estimator.Estimator(model_fn, config=run_config), input_fn, input_fn,
                            train_steps=hparams.steps, eval_steps=1)
    made.extend_train_hooks([Seen()])
    return made


hparams = tf.contrib.training.HParams(steps=2)
run_config = learn.RunConfig(model_dir=folder())
show('run', learn_runner.run(experiment_fn, run_config=run_config, hparams=hparams))
learn_runner.run(experiment_fn, run_config=run_config, hparams=hparams, schedule='train')
show('train', None)
show('run', learn_runner.run(lambda output_dir: learn.Experiment(contrib(), input_fn, input_fn, train_steps=1, eval_steps=1),
                             output_dir=folder()))
print(run_config.uid() == run_config.replace(model_dir=run_config.model_dir).uid(),
      run_config.uid() == learn.RunConfig(model_dir=folder()).uid(),
      run_config.uid(['model_dir']) == learn.RunConfig(model_dir=folder()).uid(['model_dir']))

mistake(lambda: learn_runner.run(experiment_fn))
mistake(lambda: learn_runner.run(experiment_fn, output_dir='x', run_config=run_config))
mistake(lambda: learn_runner.run(3, output_dir='x'))
mistake(lambda: learn_runner.run(experiment_fn, output_dir='x', hparams=hparams))
mistake(lambda: learn_runner.run(lambda output_dir: 3, output_dir='x'))
mistake(lambda: learn_runner.run(experiment_fn, run_config=tf.estimator.RunConfig(folder()), hparams=hparams))
mistake(lambda: learn_runner.run(experiment_fn, run_config=learn.RunConfig(), hparams=hparams))
mistake(lambda: learn_runner.run(experiment_fn, run_config=run_config, hparams=3))
mistake(lambda: learn_runner.run(experiment_fn, run_config=run_config, hparams=hparams, schedule='sleep'))
mistake(lambda: learn_runner.run(experiment_fn, run_config=run_config, hparams=hparams, schedule='train_steps'))
mistake(lambda: learn_runner.run(
    lambda run_config, hparams: learn.Experiment(contrib(), input_fn, input_fn), run_config=run_config))
mistake(lambda: learn.Experiment(3, input_fn, input_fn))
mistake(lambda: learn.Experiment(core(), input_fn, input_fn, eval_metrics={}))
mistake(lambda: learn.Experiment(contrib(), input_fn, input_fn, saving_listeners=[]))
mistake(lambda: learn.Experiment(core(), input_fn, input_fn, train_steps_per_iteration=1.5))
mistake(lambda: learn.Experiment(core(), input_fn, input_fn, export_strategies=[3]))
mistake(lambda: learn.ExportStrategy('x', lambda estimator, path, eval_result: 0).export(None, 'x'))
mistake(lambda: learn.Experiment(core(), input_fn, input_fn).run_std_server())
mistake(lambda: learn.Experiment(core(), input_fn, input_fn).continuous_eval(0, 0, continuous_eval_predicate_fn=3))
