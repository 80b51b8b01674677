"""tf.contrib.tensor_forest: forests of iris and of made-up data, tree by tree. One thread, so that TensorFlow's order is fixed."""
import hashlib
import os
import warnings

warnings.filterwarnings('ignore')
import numpy as np
import tensorflow as tf
from tensorflow.contrib.decision_trees.proto import generic_tree_model_pb2
from tensorflow.contrib.tensor_forest.proto import fertile_stats_pb2
from tensorflow.contrib.tensor_forest.python import tensor_forest
from tensorflow.contrib.tensor_forest.python.ops import data_ops
from tensorflow.contrib.tensor_forest.python.ops import gen_stats_ops
from tensorflow.contrib.tensor_forest.python.ops import model_ops
from tensorflow.python.ops import resources

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


def session():
    return tf.Session(config=tf.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1))


def digest(serialized):
    return hashlib.md5(serialized).hexdigest()[:12]


def rounded(values):
    return [['%.5f' % x for x in row] for row in np.asarray(values)]


def tree_text(serialized):
    tree = generic_tree_model_pb2.Model.FromString(serialized).decision_tree
    words = []
    for node in tree.nodes:
        if node.HasField('leaf'):
            counts = {k: v.float_value for k, v in node.leaf.sparse_vector.sparse_value.items()}
            words.append('%s' % (sorted(counts.items()) or [round(v.float_value, 4) for v in node.leaf.vector.value]))
        else:
            split = node.binary_node
            test = split.inequality_left_child_test
            words.append('%s<=%.3f?%d:%d' % (test.feature_id.id.value, test.threshold.float_value, split.left_child_id.value,
                                             split.right_child_id.value))
    return ' '.join(words)


def train(title, features=FEATURES, labels=LABELS, steps=12, weights=None, bytes_matter=True, **kwargs):
    """Prints what becomes of a forest."""
    print('==', title)
    settings = dict(num_classes=3, num_features=4, num_trees=2, max_nodes=40, split_after_samples=25, base_random_seed=11)
    settings.update(kwargs)
    with tf.Graph().as_default(), session() as sess:
        hparams = tensor_forest.ForestHParams(**settings).fill()
        forest = tensor_forest.RandomForestGraphs(hparams)
        x, y = features() if callable(features) else tf.constant(features), tf.constant(labels)
        more = {} if weights is None else {'input_weights': tf.constant(weights)}
        train_op = forest.training_graph(x, y, **more)
        loss = forest.training_loss(x, y)
        inferred, paths, variance = forest.inference_graph(x)
        counts = [tree.feature_usage_counts() for tree in forest.trees]
        serialized = [model_ops.gen_model_ops.tree_serialize(v.tree) for v in forest.variables.variables]
        stats = [gen_stats_ops.fertile_stats_serialize(v.stats, params=hparams.serialized_params_proto)
                 for v in forest.variables.variables]
        sess.run([tf.global_variables_initializer(), resources.initialize_resources(resources.shared_resources())])
        losses = []
        for _ in range(steps):
            sess.run(train_op)
            losses.append(float(sess.run(loss)))
        print('losses', losses)
        values, tree_paths, spread = sess.run([inferred, paths, variance])
        print('inferred', values.shape, rounded(values[::37]), 'variance', rounded(spread[::37]))
        if not hparams.regression:
            print('right', int(np.sum(np.argmax(values, 1) == np.reshape(labels, [-1]))))
        print('paths', tree_paths.shape, [digest(path) for path in tree_paths.ravel()[:3]])
        print('features', [list(c) for c in sess.run(counts)])
        trees = sess.run(serialized)
        print('first tree', tree_text(trees[0]))
        written = sess.run(stats)
        if bytes_matter:
            print('bytes', [digest(tree) for tree in trees], [digest(s) for s in written])
        else:
            print('slots', [len(fertile_stats_pb2.FertileStats.FromString(s).node_to_slot) for s in written])
        return trees, written


hparams = tensor_forest.ForestHParams(num_classes=3, num_features=784).fill()
for name in sorted(hparams.values()):
    print(name, hparams.values()[name])
print(tensor_forest.build_params_proto(hparams).SerializeToString())
linear = tensor_forest.ForestHParams(num_classes=3, num_features=4, split_after_samples='linear {slope: 2 y_intercept: 20 max_val: 50}',
                                     num_splits_to_consider='7').fill()
print(tensor_forest.build_params_proto(linear).SerializeToString())

with tf.Graph().as_default() as graph:
    forest = tensor_forest.RandomForestGraphs(tensor_forest.ForestHParams(num_classes=3, num_features=4, num_trees=2).fill())
    forest.training_graph(tf.placeholder(tf.float32, [None, 4], 'x'), tf.placeholder(tf.int64, [None], 'y'))
    forest.inference_graph(tf.constant(FEATURES[:2]))
    forest.training_loss(None, None)
    forest.feature_importances()
    tf.train.Saver()
    for op in graph.get_operations():
        print(op.name, op.type, [i.name for i in op.inputs], [i.name for i in op.control_inputs], [t.shape for t in op.outputs])
    print([s.name for s in tf.get_collection(tf.GraphKeys.SAVEABLE_OBJECTS)])
    print([r.handle.name for r in resources.shared_resources()])

train('iris')
train('iris, statistics written', checkpoint_stats=True, steps=8)
train('sparse counts', model_name='all_sparse', checkpoint_stats=True, bytes_matter=False)
train('running sums', use_running_stats_method=True)
train('averaged thresholds', initialize_average_splits=True)
train('less', split_name='less')
train('collated', collate_examples=True, steps=25)
train('pruned', split_pruning_name='half', prune_every_samples=10)
train('pruned a quarter', split_pruning_name='quarter', prune_every_samples=8)
train('pruned by bound', split_pruning_name='hoeffding', prune_every_samples=8)
train('paths', inference_tree_paths=True, num_trees=1, steps=5)
train('weights', weights=np.linspace(0.25, 2, 150).astype(np.float32))
train('bagging', bagging_fraction=0.6)
train('depth', split_after_samples='linear {slope: 5 y_intercept: 20 min_val: 1 max_val: 50}')
train('few nodes', max_nodes=5)
train('regression', labels=FEATURES[:, 3], features=FEATURES[:, :3], num_classes=1, num_features=3, regression=True, checkpoint_stats=True)
train('two outputs', labels=FEATURES[:, 2:], features=FEATURES[:, :2], num_classes=2, num_features=2, regression=True)


def param_file(text):
    with open('params.pbtxt', 'w') as file:
        file.write(text)
    return 'params.pbtxt'


FIXED_SIZE = 'leaf_type: MODEL_SPARSE_CLASSIFICATION stats_type: STATS_FIXED_SIZE_SPARSE_GINI num_classes_to_track: 2'
train('fixed size', bytes_matter=False, checkpoint_stats=True, param_file=param_file(FIXED_SIZE))
MANY = (np.arange(150) * 7 % 13).astype(np.int32)
train('fixed size, many classes', labels=MANY, num_classes=13, bytes_matter=False, param_file=param_file(FIXED_SIZE),
      weights=np.linspace(0.25, 2, 150).astype(np.float32))
train('sparse counts, many classes', labels=MANY, num_classes=13, bytes_matter=False, model_name='all_sparse',
      weights=np.linspace(0.25, 2, 150).astype(np.float32))
train('many nodes', labels=MANY, num_classes=13, max_nodes=300, split_after_samples=5, steps=40)
EARLY = 'min_split_samples {constant_value: 10} finish_type {check_every_steps {constant_value: 5}}'
train('ends early', split_finish_name='hoeffding', early_finish_check_every_samples=5, dominate_fraction=0.2, split_after_samples=60,
      param_file=param_file(EARLY))
train('bootstrap', split_finish_name='bootstrap', early_finish_check_every_samples=5, dominate_fraction=0.9, split_after_samples=60,
      param_file=param_file(EARLY))
train('pruned by bound, low', split_pruning_name='hoeffding', prune_every_samples=8, dominate_fraction=0.05)
train('a tenth', split_pruning_name='10_percent', prune_every_samples=3, num_splits_to_consider=20)
train('exponential', split_after_samples='exponential {bias: 10 base: 2 multiplier: 3 depth_multiplier: 1.5}')
train('threshold', split_after_samples='threshold {on_value: 10 off_value: 40 threshold: 2}',
      num_splits_to_consider='linear {slope: 1 y_intercept: 5 min_val: 0 max_val: 9}')


def columns():
    colours = np.where(LABELS == 2, 'red', np.where(FEATURES[:, 0] > 5.5, 'green', 'blue'))[:, None]
    return {'length': tf.constant(FEATURES[:, :2]), 'colour': tf.constant(colours.astype(object)), 'whole': tf.constant(ROWS[:, 2:3])}


train('columns', features=columns)


def sparse():
    return tf.SparseTensor([[i, j] for i in range(150) for j in range(4) if (i + j) % 3], [
        FEATURES[i, j] for i in range(150) for j in range(4) if (i + j) % 3], [150, 4])


train('sparse features', features=sparse)
train('sparse and dense', features=lambda: {'a': tf.constant(FEATURES[:, 1:]), 'b': tf.SparseTensor(
    [[i, 0] for i in range(150)], [int(x) for x in ROWS[:, 0]], [150, 1])})

print(data_ops.ParseDataTensorOrDict(tf.constant(FEATURES))[2].SerializeToString())
print(data_ops.ParseDataTensorOrDict(columns())[2].SerializeToString())
with tf.Session() as sess:
    print(sess.run(data_ops.CastToFloat(tf.constant(['red', 'green', '']))))
    print(sess.run(data_ops.ParseLabelTensorOrDict({'b': tf.constant([[1], [2]]), 'a': tf.constant([[3], [4]])})))

print('== saved and restored')
with tf.Graph().as_default(), session() as sess:
    hparams = tensor_forest.ForestHParams(num_classes=3, num_features=4, num_trees=2, max_nodes=40, split_after_samples=25,
                                          base_random_seed=11, checkpoint_stats=True).fill()
    forest = tensor_forest.RandomForestGraphs(hparams)
    x, y = tf.placeholder(tf.float32, [None, 4]), tf.placeholder(tf.int32, [None])
    train_op = forest.training_graph(x, y)
    size = forest.average_size()
    probabilities, _, _ = forest.inference_graph(x)
    saver = tf.train.Saver()
    init = tf.group(tf.global_variables_initializer(), resources.initialize_resources(resources.shared_resources()))
    print(sess.run(resources.report_uninitialized_resources()))
    sess.run(init)
    print(sess.run(resources.report_uninitialized_resources()))
    for _ in range(6):
        sess.run(train_op, {x: FEATURES, y: LABELS})
    print(sess.run(size), os.path.basename(saver.save(sess, 'forest/model')))
    print(tf.train.list_variables('forest/model'))
    before = sess.run(probabilities, {x: FEATURES})
    for _ in range(6):
        sess.run(train_op, {x: FEATURES, y: LABELS})
    print(sess.run(size))
    saver.restore(sess, 'forest/model')
    print(sess.run(size), np.array_equal(before, sess.run(probabilities, {x: FEATURES})))
    for _ in range(6):
        sess.run(train_op, {x: FEATURES, y: LABELS})
    print(sess.run(size))
