"""What Estimators export: folders, signatures, assets, exporters; and predictors of them."""
import os
import re

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2
from tensorflow_estimator.python.estimator.export import export

tf.logging.set_verbosity(tf.logging.ERROR)
X, Y = np.linspace(-1, 1, 40).reshape(10, 4).astype(np.float32), (np.arange(10) % 3).astype(np.int32)
with open('words.txt', 'w') as file:
    file.write('\n'.join('abc') + '\n')
columns = [tf.feature_column.numeric_column('x', [4]), tf.feature_column.indicator_column(
    tf.feature_column.categorical_column_with_vocabulary_file('w', 'words.txt', 3))]
W = np.array(list('abcabcabca'))


def input_fn():
    return tf.data.Dataset.from_tensor_slices(({'x': X, 'w': W}, Y)).batch(5)


def receiver():
    spec = tf.feature_column.make_parse_example_spec(columns)
    return tf.estimator.export.build_parsing_serving_input_receiver_fn(spec)()


def supervised():
    features = {'x': tf.placeholder(tf.float32, [None, 4], 'x'), 'w': tf.placeholder(tf.string, [None], 'w')}
    label = tf.placeholder(tf.int32, [None], 'label')
    return export.SupervisedInputReceiver(features, label, dict(features, label=label))


def tree(folder):
    found = []
    for path, _, files in os.walk(folder):
        found += [re.sub(r'\d{9,}', 'TIME', os.path.join(path, name)) for name in files]
    print(sorted(found))


def show(folder):
    saved = saved_model_pb2.SavedModel()
    with open(os.path.join(folder.decode(), 'saved_model.pb'), 'rb') as file:
        saved.ParseFromString(file.read())
    for graph in saved.meta_graphs:
        print(list(graph.meta_info_def.tags), [asset.filename for asset in graph.asset_file_def],
              sorted(graph.collection_def))
        for key in sorted(graph.signature_def):
            signature = graph.signature_def[key]
            print('  ', key, signature.method_name)
            for tensors in signature.inputs, signature.outputs:
                print('    ', [(name, tensors[name].name, [dim.size for dim in tensors[name].tensor_shape.dim])
                               for name in sorted(tensors)])


def example(x, w):
    feature = {'x': tf.train.Feature(float_list=tf.train.FloatList(value=x)),
               'w': tf.train.Feature(bytes_list=tf.train.BytesList(value=[w.encode()]))}
    return tf.train.Example(features=tf.train.Features(feature=feature)).SerializeToString()


config = tf.estimator.RunConfig(tf_random_seed=1, save_checkpoints_steps=2)
for name, cls, kwargs in (
        ('linear', tf.estimator.LinearClassifier, {'n_classes': 3}),
        ('dnn', tf.estimator.DNNRegressor, {'hidden_units': [3]})):
    print(name)
    estimator = cls(feature_columns=columns, model_dir=name, config=config, **kwargs)
    exporters = [tf.estimator.LatestExporter('latest', receiver, exports_to_keep=2),
                 tf.estimator.FinalExporter('final', receiver)]
    train = tf.estimator.TrainSpec(lambda: input_fn().repeat(), max_steps=4)
    evaluation = tf.estimator.EvalSpec(input_fn, steps=None, exporters=exporters, start_delay_secs=0, throttle_secs=0)
    tf.estimator.train_and_evaluate(estimator, train, evaluation)
    tree(os.path.join(name, 'export'))
    folder = estimator.export_saved_model(name + '.exported', receiver, assets_extra={'notes/a.txt': 'words.txt'})
    tree(name + '.exported')
    show(folder)
    everything = estimator.experimental_export_all_saved_models(name + '.all', {
        tf.estimator.ModeKeys.TRAIN: supervised, tf.estimator.ModeKeys.EVAL: supervised,
        tf.estimator.ModeKeys.PREDICT: receiver})
    show(everything)
    predict = tf.contrib.predictor.from_saved_model(folder.decode(), signature_def_key='predict')
    values = predict({'examples': [example(X[0], 'a'), example(X[1], 'b')]})
    print({key: values[key].shape for key in sorted(values)})
    estimator.export_savedmodel(name + '.text', receiver, as_text=True)
    tree(name + '.text')
