"""The estimators of tf.contrib.tensor_forest on iris. One thread, so that TensorFlow's order is fixed."""
import warnings

warnings.filterwarnings('ignore')
import numpy as np
import tensorflow as tf
from tensorflow.contrib.tensor_forest.client import eval_metrics
from tensorflow.contrib.tensor_forest.client import random_forest
from tensorflow.contrib.tensor_forest.python import tensor_forest

tf.logging.set_verbosity(tf.logging.ERROR)

# Length and width of sepal and petal in millimetres, and the kind, of 150 flowers.
IRIS = (
    '642856222502333101492545172493115010573817030443213020543415040693151232673144141513715040522739141693149151584012020'
    '543917040773867222633347161683259232763066212643253232574415040673357212642856212543913040612656142723058162523515020'
    '582640121593051182543045151673050171632344131512530111643245151683055212622848182693257232653251202582851242513815030'
    '483014030793864202582751192673052232513819040473216020602250152483416020772669232463610020723260182503314020663044141'
    '612840131503212020703247141603048182742861192582751192623454232502035101562539111673156242632550192643155182622245151'
    '732963182443013020723661252653055182503415020473213020662946131553513020773061232613049182493115010552438111572942131'
    '602945151642753192543715020612947141652846151562742131633456242493115010682848141572845131602751161503513030653052202'
    '612847121513514030463115020653058222463414030463214020772867202593248181513816020493014020492433101452313030582741101'
    '503416040523414020533715020503614020562936131483116020632749182572841131503016020633360252503516060552644121573042121'
    '442914020483014010552437101593042151693154212513317050603445161552540131622943131554214020632851152563041131672558182'
    '713059212433011010562849202552340131602240101513514020572635101483419020513415020572550202543417020563045151632956182'
    '632549151582739121613046141524115010673147151673357252642943131')
ROWS = np.array([[int(IRIS[9 * i + 2 * j:9 * i + 2 * j + 2]) for j in range(4)] + [int(IRIS[9 * i + 8])] for i in range(150)])
FEATURES = (ROWS[:, :4] / 10.0).astype(np.float32)
LABELS = ROWS[:, 4].astype(np.int32)

ONE_THREAD = tf.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)


def hparams(**kwargs):
    settings = dict(num_classes=3, num_features=4, num_trees=3, max_nodes=50, split_after_samples=20, base_random_seed=3)
    settings.update(kwargs)
    return tensor_forest.ForestHParams(**settings)


def input_fn(labels, repeated=True):
    def make():
        dataset = tf.data.Dataset.from_tensors(({'x': FEATURES}, labels))
        return (dataset.repeat() if repeated else dataset).make_one_shot_iterator().get_next()
    return make


def show(title, metrics, predictions):
    print('==', title)
    for name in sorted(metrics):
        print(name, '%.5f' % metrics[name])
    for prediction in list(predictions)[:150:60]:
        print({name: np.round(np.asarray(value, np.float64), 4).tolist() for name, value in sorted(prediction.items())
               if not name.startswith('all_') and np.asarray(value).dtype.kind in 'if'})


def learn(title, labels, **kwargs):
    config = tf.contrib.learn.RunConfig(session_config=ONE_THREAD, tf_random_seed=1)
    model = random_forest.TensorForestEstimator(hparams(**kwargs), config=config, report_feature_importances=True)
    model.fit(input_fn=input_fn(labels), steps=15)
    metrics = model.evaluate(input_fn=input_fn(labels, False), steps=1)
    show(title, metrics, model.predict(input_fn=input_fn(labels, False)))
    print(sorted(model.get_variable_names()))


def core(title, labels, **kwargs):
    config = tf.estimator.RunConfig(session_config=ONE_THREAD, tf_random_seed=1)
    model = random_forest.CoreTensorForestEstimator(hparams(**kwargs), config=config)
    model.train(input_fn=input_fn(labels), steps=15)
    metrics = model.evaluate(input_fn=input_fn(labels, False), steps=1)
    show(title, metrics, model.predict(input_fn=input_fn(labels, False)))


learn('three classes', LABELS)
learn('two classes', (LABELS > 1).astype(np.int32), num_classes=2)
learn('regression', FEATURES[:, 3], num_classes=1, regression=True)
core('three classes, tf.estimator', LABELS)
core('two classes, tf.estimator', (LABELS > 1).astype(np.int32), num_classes=2)
core('regression, tf.estimator', FEATURES[:, 3:], num_classes=1, regression=True)

print('== stops early')
model = random_forest.TensorForestEstimator(
    hparams(max_nodes=7), config=tf.contrib.learn.RunConfig(session_config=ONE_THREAD), early_stopping_rounds=5)
model.fit(input_fn=input_fn(LABELS), steps=100)
print(int(model.get_variable_value('global_step')))

print('== metrics of two forests')
model = random_forest.MultiForestMultiHeadEstimator(
    [hparams(), hparams(num_classes=2)], config=tf.contrib.learn.RunConfig(session_config=ONE_THREAD))
labels = np.stack([LABELS, LABELS > 1], 1).astype(np.int32)
model.fit(input_fn=input_fn(labels), steps=8)
metrics = model.evaluate(input_fn=input_fn(labels, False), steps=1)
print(sorted(metrics))
predicted = list(model.predict(input_fn=input_fn(labels, False)))
print(np.round(predicted[3][eval_metrics.INFERENCE_PROB_NAME], 4).tolist(), predicted[3][eval_metrics.INFERENCE_PRED_NAME].tolist())

for name in ['auc', 'accuracy', 'r2', 'precision', 'top_5', 'recall_at_thresholds']:
    print(name, callable(eval_metrics.get_metric(name)), eval_metrics.get_prediction_key(name))
