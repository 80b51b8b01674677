"""Hyperparameters, py_func, an optimizer of one's own, sparse tensors, tables, strings, CTC, frozen graphs."""
import numpy as np
import tensorflow as tf
import os
import tempfile
tf.logging.set_verbosity(tf.logging.ERROR)
hp = tf.contrib.training.HParams(learning_rate=0.1, layers=[1, 2], name='m', use=True, n=3)
print(hp, hp.to_json(), hp.values())
hp.parse('learning_rate=0.5,layers=[3,4,5],name=zz,use=false')
print(hp.learning_rate, hp.layers, hp.name, hp.use)
hp.add_hparam('new', 4.)
print(hp.new, 'n' in hp, hp.get('n'), hp.get('zzz', 7))
hp.set_hparam('n', 9)
print(hp.n)
hp.override_from_dict({'n': 10})
print(hp.n)
hp.del_hparam('n')
print(sorted(hp.values()))
try:
    hp.parse('nope=3')
except ValueError as e:
    print(e)
try:
    hp.parse('learning_rate=abc')
except ValueError as e:
    print(e)
try:
    hp.add_hparam('new', 1)
except ValueError as e:
    print(e)


def my(x): return np.sinh(x).astype(np.float32)
@tf.RegisterGradient('SinhGradX')
def _g(op, grad): return grad * tf.cosh(op.inputs[0])


def py_func(func, inp, Tout, stateful=True, name=None, grad=None):
    with tf.get_default_graph().gradient_override_map({'PyFunc': grad, 'PyFuncStateless': grad}):
        return tf.py_func(func, inp, Tout, stateful=stateful, name=name)


x = tf.constant([0.5, 1.])
y = py_func(my, [x], [tf.float32], grad='SinhGradX')[0]
with tf.Session() as s:
    print(s.run([y, tf.gradients(y, x)[0]]))
    print(s.run(tf.py_func(lambda a, b: (a + b, np.array([b'x', 'y'], object)), [x, x], (tf.float32, tf.string))))
try:
    with tf.Session() as s:
        def bad(a): raise ValueError('bad thing')
        s.run(tf.py_func(bad, [x], tf.float32))
except Exception as e:
    print(type(e).__name__, e.message.split('\n')[0])


class Sign(tf.train.Optimizer):
    def __init__(self, lr=0.1, use_locking=False, name='Sign'): super(
        Sign, self).__init__(use_locking, name); self._lr = lr

    def _prepare(self): self._lr_t = tf.convert_to_tensor(self._lr, name='lr')

    def _create_slots(self, vl):
        for v in vl:
            self._zeros_slot(v, 'm', self._name)

    def _apply_dense(self, g, v):
        m = self.get_slot(v, 'm')
        mt = m.assign(0.9 * m + g)
        return tf.group(tf.assign_sub(v, tf.cast(self._lr_t, v.dtype.base_dtype) * tf.sign(mt)), mt)

    def _apply_sparse(self, g, v): raise NotImplementedError('sparse')


v = tf.Variable([1., -2.], name='v')
opt = Sign()
tr = opt.minimize(tf.reduce_sum(v ** 2))
print(opt.get_slot_names(), opt.get_name(), opt.get_slot(v, 'm'))
with tf.Session() as s:
    s.run(tf.global_variables_initializer())
    for _ in range(3):
        s.run(tr)
    print(s.run(v))
st = tf.SparseTensor([[0, 1], [2, 0]], [1., 2.], [3, 4])
print(st)
spp = tf.sparse_placeholder(tf.float32, [None, 4])
with tf.Session() as s:
    print(s.run(tf.sparse_tensor_to_dense(st)), s.run(tf.sparse_tensor_dense_matmul(
        st, tf.ones([4, 2]))), s.run(tf.sparse_reduce_sum(st, 1)), s.run(st))
    print(s.run(tf.sparse_add(st, st)), s.run(tf.sparse_transpose(st)).dense_shape, s.run(
        tf.sparse_tensor_to_dense(spp), {spp: tf.SparseTensorValue([[0, 0]], [5.], [2, 4])}))
    print(s.run(tf.sparse_concat(1, [st, st])).indices.tolist(), s.run(
        tf.sparse_retain(st, [True, False])), s.run(tf.sparse_to_dense([[0, 1]], [2, 2], 7)))
    emb = tf.nn.embedding_lookup_sparse(tf.constant(np.arange(8.).reshape(4, 2)), tf.SparseTensor(
        [[0, 0], [0, 1], [1, 0]], tf.constant([1, 3, 2], tf.int64), [2, 2]), None, combiner='mean')
    print(s.run(emb))
table = tf.contrib.lookup.index_table_from_tensor(tf.constant(['a', 'b', 'c']), num_oov_buckets=1, default_value=-1)
rev = tf.contrib.lookup.index_to_string_table_from_tensor(tf.constant(['a', 'b', 'c']), default_value='UNK')
ht = tf.contrib.lookup.HashTable(tf.contrib.lookup.KeyValueTensorInitializer(['x', 'y'], [10, 20]), -1)
mt = tf.contrib.lookup.MutableHashTable(tf.string, tf.int64, -1)
with tf.Session() as s:
    s.run(tf.tables_initializer())
    print(s.run([table.lookup(tf.constant(['c', 'zz'])), rev.lookup(tf.constant(
        [1, 9], tf.int64)), ht.lookup(tf.constant(['y', 'q'])), table.size()]))
    s.run(mt.insert(['k'], tf.constant([3], tf.int64)))
    print(s.run(mt.lookup(tf.constant(['k', 'l']))), s.run(mt.export()))
with tf.Session() as s:
    print(s.run(tf.string_split(['a b c', 'd'])), s.run(tf.string_join(['a', 'b'], '-')), s.run(tf.regex_replace(['aXb'], 'X', '_')), s.run(tf.substr('hello', 1, 3)), s.run(tf.string_to_number(['1.5', '2'])), s.run(tf.as_string([1.5, 2.25], precision=1)),
          s.run(tf.string_to_hash_bucket_fast(['a', 'b'], 10)), s.run(tf.strings.length(['abc'])), s.run(tf.reduce_join([['a', 'b'], ['c', 'd']], 1)), s.run(tf.strings.lower('ABC')), s.run(tf.strings.split(['a,b', 'c'], ',').values) if False else '')
lab = tf.SparseTensor([[0, 0], [0, 1], [1, 0]], [1, 2, 1], [2, 2])
inp = tf.constant(np.random.RandomState(0).randn(6, 2, 4), tf.float32)
ctc = tf.nn.ctc_loss(lab, inp, [6, 5])
dec, lp = tf.nn.ctc_greedy_decoder(inp, [6, 5])
bd, blp = tf.nn.ctc_beam_search_decoder(inp, [6, 5], beam_width=10, top_paths=2)
ler = tf.reduce_mean(tf.edit_distance(tf.cast(dec[0], tf.int32), lab))
with tf.Session() as s:
    print(s.run(ctc), s.run(tf.gradients(ctc, inp)[0])[0], s.run(
        dec[0]), s.run(lp), s.run(bd[0]), s.run(blp), s.run(ler))
folder = tempfile.mkdtemp()
with tf.Graph().as_default() as g:
    a = tf.placeholder(tf.float32, [None, 2], name='in')
    w = tf.Variable([[1.], [2.]], name='w')
    o = tf.nn.relu(tf.matmul(a, w), name='out')
    with tf.Session() as s:
        s.run(tf.global_variables_initializer())
        gd = tf.graph_util.convert_variables_to_constants(s, g.as_graph_def(), ['out'])
        with tf.gfile.GFile(folder + '/f.pb', 'wb') as f:
            f.write(gd.SerializeToString())
        tf.train.write_graph(g, folder, 'g.pbtxt', as_text=True)
        tf.saved_model.simple_save(s, folder + '/sm', {'x': a}, {'y': o})
with tf.Graph().as_default() as g:
    gd = tf.GraphDef()
    gd.ParseFromString(tf.gfile.FastGFile(folder + '/f.pb', 'rb').read())
    i, o = tf.import_graph_def(gd, return_elements=['in:0', 'out:0'], name='imp')
    print([n.name for n in g.as_graph_def().node], i, o)
    with tf.Session() as s:
        print(s.run(o, {i: [[1, 2]]}))
with tf.Session(graph=tf.Graph()) as s:
    mg = tf.saved_model.loader.load(s, ['serve'], folder + '/sm')
    print(sorted(mg.signature_def), s.run('out:0', {'in:0': [[3, 4]]}))
print(tf.nn.moments(tf.ones([2, 3]), [0])[0], tf.flags.FLAGS is not None,
      tf.contrib.framework.nest.flatten({'a': 1, 'b': (2, 3)}))
print(tf.get_variable_scope().name, tf.train.Saver(tf.global_variables()[:1]).saver_def)
