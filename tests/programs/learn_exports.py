"""Estimators of tf.contrib.learn with monitors, as SavedModels by hand and by an Experiment, and as predictors."""
import glob
import os
import tempfile

import numpy as np
import tensorflow as tf
from tensorflow.contrib.learn.python.learn import learn_runner
from tensorflow.contrib.learn.python.learn.utils import saved_model_export_utils

tf.logging.set_verbosity(tf.logging.ERROR)
learn = tf.contrib.learn
folder = tempfile.mkdtemp()

points = np.random.RandomState(0).randn(40, 2).astype(np.float32)
columns = [tf.contrib.layers.real_valued_column('x', 2)]
parsing_fn = learn.build_parsing_serving_input_fn(tf.contrib.layers.create_feature_spec_for_parsing(columns))


def classes():
    return {'x': tf.constant(points)}, tf.constant((points[:, 0] > 0).astype(np.int64))


def values():
    return {'x': tf.constant(points)}, tf.constant(points[:, :1])


def serving_fn():
    x = tf.placeholder(tf.float32, [None, 2], name='xs')
    return learn.InputFnOps({'x': x}, None, {'x': x})


def show(path):
    def infos(tensors):
        return {key: (info.name, info.dtype, [dim.size for dim in info.tensor_shape.dim])
                for key, info in sorted(tensors.items())}

    with tf.Session(graph=tf.Graph()) as session:
        meta_graph = tf.saved_model.loader.load(session, ['serve'], path)
        for key, signature in sorted(meta_graph.signature_def.items()):
            print(key, signature.method_name, infos(signature.inputs), infos(signature.outputs))
        print(sorted(meta_graph.collection_def), meta_graph.collection_def['input_feature_keys'].bytes_list.value)


def complaint(function, *args, **kwargs):
    try:
        function(*args, **kwargs)
    except (KeyError, TypeError, ValueError) as error:
        print(type(error).__name__, str(error)[:200])


def experiment(output_dir):
    classifier = learn.LinearClassifier(feature_columns=columns, n_classes=3, model_dir=output_dir)
    return learn.Experiment(classifier, classes, classes, train_steps=20, eval_steps=1, min_eval_frequency=0,
                            export_strategies=[learn.make_export_strategy(parsing_fn, exports_to_keep=1)])


results, exports = learn_runner.run(experiment, folder)
print(sorted(results), [type(each) for each in exports])
exported, = glob.glob(folder + '/export/Servo/*')
show(exported)
examples = [tf.train.Example(features=tf.train.Features(feature={
    'x': tf.train.Feature(float_list=tf.train.FloatList(value=point))})).SerializeToString() for point in points[:2]]
predictor = tf.contrib.predictor.from_saved_model(exported)
print(sorted(predictor({'inputs': examples})), predictor.feed_tensors)

classifier = learn.LinearClassifier(feature_columns=columns, n_classes=2)
classifier.fit(input_fn=classes, steps=5)
exported = classifier.export_savedmodel(folder + '/b', parsing_fn, assets_extra={'a/b.txt': exported + '/saved_model.pb'})
show(exported)
print(os.path.exists(exported + b'/assets.extra/a/b.txt'))
regressor = learn.DNNRegressor(feature_columns=columns, hidden_units=[4])
regressor.fit(input_fn=values, steps=5)
show(regressor.export_savedmodel(folder + '/c', parsing_fn, as_text=True))
predictor = tf.contrib.predictor.from_contrib_estimator(regressor, serving_fn)
print(predictor({'x': points[:3]})['scores'].shape, sorted(predictor.fetch_tensors))


def linear(features, labels, mode):
    output = tf.matmul(features['x'], tf.get_variable('w', [2, 1]))
    loss = train_op = None
    if mode != learn.ModeKeys.INFER:
        loss = tf.reduce_mean(tf.square(output - labels))
        train_op = tf.train.GradientDescentOptimizer(.1).minimize(loss, tf.train.get_global_step())
    return learn.ModelFnOps(mode, output, loss, train_op)


captured = learn.monitors.CaptureVariable('w', every_n=2, first_n=1)
estimator = learn.Estimator(linear, config=learn.RunConfig(tf_random_seed=1))
estimator.fit(input_fn=values, steps=100, monitors=[
    captured, learn.monitors.PrintTensor(['w'], every_n=5), learn.monitors.LoggingTrainable(every_n=5),
    learn.monitors.StopAtStep(num_steps=7), learn.monitors.NanLoss('Mean', every_n_steps=1),
    learn.monitors.StepCounter(every_n_steps=2, output_dir=folder + '/steps'),
    learn.monitors.SummarySaver(None, output_dir=folder + '/summaries')])
print({step: value.ravel() for step, value in sorted(captured.values.items())}, estimator.get_variable_value('global_step'))
tf.summary.FileWriterCache.get(folder + '/steps').flush()
print([[value.tag for value in event.summary.value] for path in glob.glob(folder + '/steps/*')
       for event in tf.train.summary_iterator(path)])
show(estimator.export_savedmodel(folder + '/e', serving_fn))

complaint(learn.monitors.StopAtStep)
complaint(learn.monitors.StopAtStep, num_steps=1, last_step=2)
complaint(learn.monitors.CheckpointSaver, folder)
complaint(learn.monitors.CheckpointSaver, folder, save_secs=1, save_steps=2)
complaint(saved_model_export_utils.build_standardized_signature_def, {}, {}, 0)
complaint(saved_model_export_utils.get_input_alternatives, ({}, None))
complaint(estimator.export_savedmodel, folder, None)
complaint(estimator.export_savedmodel, folder, serving_fn, default_output_alternative_key='other')
complaint(tf.contrib.predictor.from_estimator, estimator, serving_fn)

core = tf.estimator.LinearClassifier([tf.feature_column.numeric_column('x', [2])], model_dir=folder + '/core')
core.train(classes, steps=3)
receiver_fn = tf.estimator.export.build_raw_serving_input_receiver_fn({'x': tf.placeholder(tf.float32, [None, 2])})
predictor = tf.contrib.predictor.from_estimator(core, receiver_fn, output_key='predict')
print({key: value.shape for key, value in sorted(predictor({'x': points[:4]}).items())})
complaint(tf.contrib.predictor.from_estimator, core, receiver_fn, output_key='other')
complaint(tf.contrib.predictor.from_contrib_estimator, core, receiver_fn)

selector = saved_model_export_utils.BestModelSelector()
print(selector.update('a', {'loss': 2.}), selector.update('b', {'loss': 3.}), selector.update('c', {'loss': 1.}))
best = saved_model_export_utils.make_best_model_export_strategy(serving_fn)
exported = best.export(estimator, folder + '/best', None, {'loss': 3.})
print(best.name, os.path.basename(os.path.dirname(exported)), repr(best.export(estimator, folder + '/best', None, {'loss': 4.})))


def empty(old, new):
    path = os.path.join(tf.compat.as_str(new), 'new')
    tf.gfile.MakeDirs(path)
    return path


extended = saved_model_export_utils.extend_export_strategy(learn.make_export_strategy(serving_fn), empty)
print(extended.name, extended.export(estimator, folder + '/extended').replace(folder, ''), os.listdir(folder + '/extended'))
print(learn.ProblemType.CLASSIFICATION, saved_model_export_utils.get_most_recent_export(folder + '/c').export_version > 1e9)
