"""The heads that programs pass to Estimators, in each mode."""
import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
ESTIMATOR = tf.estimator
ONE_LOGIT = np.array([[.5], [-.3], [2.]], np.float32)
THREE_LOGITS = np.array([[1., 2., .5], [.1, .2, .3]], np.float32)
CASES = [
    (ESTIMATOR.BinaryClassHead(thresholds=[.3]), ONE_LOGIT, np.array([[1], [0], [1]])),
    (ESTIMATOR.BinaryClassHead(label_vocabulary=['no', 'yes'], name='named'), ONE_LOGIT, np.array([['yes'], ['no'], ['yes']])),
    (ESTIMATOR.MultiClassHead(3), THREE_LOGITS, np.array([[1], [0]])),
    (ESTIMATOR.MultiClassHead(3, weight_column='w', label_vocabulary=['a', 'b', 'c']), THREE_LOGITS, np.array([['b'], ['a']])),
    (ESTIMATOR.RegressionHead(label_dimension=2), np.array([[1., 2.], [3., 4.]], np.float32),
     np.array([[1.5, 2.], [2., 4.]], np.float32)),
    (ESTIMATOR.PoissonRegressionHead(), ONE_LOGIT, np.array([[1.], [2.], [0.]], np.float32)),
    (ESTIMATOR.LogisticRegressionHead(), ONE_LOGIT, np.array([[1.], [.5], [0.]], np.float32)),
    (ESTIMATOR.MultiLabelHead(3, thresholds=[.4], classes_for_class_based_metrics=[0, 2]),
     np.array([[1., -2., .5], [.1, .2, -.3]], np.float32), np.array([[1, 0, 1], [0, 0, 1]])),
    (ESTIMATOR.MultiHead([ESTIMATOR.RegressionHead(name='a'), ESTIMATOR.BinaryClassHead(name='b')], head_weights=[1., 2.]),
     {'a': ONE_LOGIT, 'b': ONE_LOGIT},
     {'a': np.array([[1.], [2.], [0.]], np.float32), 'b': np.array([[1], [0], [1]])}),
]


def inputs(values):
    """Tensors of which no check knows the values before they are computed."""
    if isinstance(values, dict):
        return {key: inputs(value) for key, value in values.items()}
    return tf.placeholder_with_default(values, values.shape)


def spec_of(head, mode, logits, labels):
    tf.train.get_or_create_global_step()
    count_step = tf.assign_add(tf.train.get_global_step(), 1)
    return head.create_estimator_spec({'w': tf.constant([[1.], [3.]])}, mode, inputs(logits),
                                      labels=None if mode == 'infer' else inputs(labels), train_op_fn=lambda loss: count_step)


def show(head, mode, logits, labels):
    with tf.Graph().as_default():
        spec = spec_of(head, mode, logits, labels)
        with tf.Session() as sess:
            sess.run([tf.global_variables_initializer(), tf.local_variables_initializer(), tf.tables_initializer()])
            if mode == 'train':
                print(mode, '%.5f' % sess.run(spec.loss), sess.run(spec.train_op))
            elif mode == 'eval':
                sess.run([update for _, update in spec.eval_metric_ops.values()])
                values = sess.run({key: value for key, (value, _) in spec.eval_metric_ops.items()})
                print(mode, {key: '%.5f' % values[key] for key in sorted(values)}, '%.5f' % sess.run(spec.loss))
            else:
                values = sess.run(spec.predictions)
                print(mode, {str(key): np.round(value, 5).tolist() if value.dtype.kind == 'f' else value.tolist()
                             for key, value in sorted(values.items(), key=str)})
                print(sorted((key, type(output).__name__) for key, output in spec.export_outputs.items()))


for head, logits, labels in CASES:
    print(type(head).__name__, head.name, head.logits_dimension, head.loss_reduction)
    for mode in 'train', 'eval', 'infer':
        show(head, mode, logits, labels)

# Keras optimizers train heads.
with tf.Graph().as_default():
    weight = tf.Variable([[.5]], use_resource=True)
    spec = ESTIMATOR.RegressionHead().create_estimator_spec(
        {}, 'train', tf.matmul([[2.]], weight), labels=tf.constant([[3.]]), optimizer=tf.keras.optimizers.SGD(.1),
        trainable_variables=[weight], regularization_losses=[tf.constant(.25)])
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        print('%.4f' % sess.run(spec.loss), sess.run(spec.train_op), sess.run(weight))


def mistake(function):
    try:
        function()
    except Exception as error:
        print(type(error).__name__, str(error).partition('\n')[0].partition(' object at ')[0])


for function in (
        lambda: ESTIMATOR.MultiClassHead(2), lambda: ESTIMATOR.BinaryClassHead(thresholds=[2.]),
        lambda: ESTIMATOR.RegressionHead(label_dimension=0), lambda: ESTIMATOR.MultiHead([]),
        lambda: ESTIMATOR.MultiHead([ESTIMATOR.RegressionHead()]), lambda: ESTIMATOR.MultiLabelHead(1),
        lambda: ESTIMATOR.BinaryClassHead(loss_reduction='bad'), lambda: ESTIMATOR.MultiClassHead(3, label_vocabulary='x'),
        lambda: ESTIMATOR.MultiClassHead(3, label_vocabulary=['x']), lambda: ESTIMATOR.BinaryClassHead(loss_fn=lambda x: x),
        lambda: ESTIMATOR.BinaryClassHead().predictions(tf.zeros([1, 1]), keys=['other']),
        lambda: ESTIMATOR.RegressionHead().create_estimator_spec({}, 'train', tf.zeros([1, 1]), labels=tf.zeros([1, 1])),
        lambda: show(ESTIMATOR.BinaryClassHead(), 'train', ONE_LOGIT, np.array([[2], [0], [1]])),
        lambda: show(ESTIMATOR.MultiClassHead(3), 'train', THREE_LOGITS, np.array([[5], [0]])),
        lambda: show(ESTIMATOR.RegressionHead(), 'train', ONE_LOGIT, np.array([[1., 2.]], np.float32)),
        lambda: show(ESTIMATOR.MultiClassHead(3), 'train', THREE_LOGITS[:, :2], np.array([[1], [0]])),
        lambda: show(ESTIMATOR.MultiHead([ESTIMATOR.RegressionHead(name='a')]), 'train', {'b': ONE_LOGIT}, {'a': ONE_LOGIT}),
        lambda: show(ESTIMATOR.MultiHead([ESTIMATOR.RegressionHead(name='a')]), 'train', ONE_LOGIT, ONE_LOGIT)):
    mistake(function)
