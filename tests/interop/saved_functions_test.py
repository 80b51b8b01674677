"""Objects with functions as SavedModels, in both directions with a real TensorFlow."""
import pytest
from peer import needs_build, needs_peer, run_peer, run_reflow

pytestmark = [needs_peer, needs_build]
directions = pytest.mark.parametrize('saves,loads', [(run_reflow, run_peer), (run_peer, run_reflow)], ids=['ours', 'theirs'])

SAVE = '''
tf.enable_eager_execution()
class Model(tf.Module):
    def __init__(self):
        super().__init__()
        self.w = tf.Variable([[1., 2.], [3., 4.]], name='w')
        self.many = [tf.Variable(1.), tf.Variable(2, dtype=tf.int64, trainable=False)]
        self.words = tf.lookup.StaticHashTable(
            tf.lookup.TextFileInitializer(sys.argv[2], tf.string, -2, tf.int64, -1), -1)
    @tf.function(input_signature=[tf.TensorSpec([None, 2]), tf.TensorSpec([], name='factor')])
    def dense(self, x, by):
        y = tf.matmul(x, self.w) * by
        if tf.reduce_sum(y) > 10.:
            y = y + 100.
        return {'y': y, 'sum': tf.reduce_sum(x)}
    @tf.function
    def scale(self, x, by=2):
        return x * by
    @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
    def look(self, x):
        return self.words.lookup(x)
    @tf.function(input_signature=[])
    def bump(self):
        return self.many[0].assign_add(1.)
model = Model()
model.scale(tf.constant([1., 2.]))
model.scale(tf.constant(3), 5)
tf.saved_model.save(model, sys.argv[1], signatures={'dense': model.dense, 'look': model.look})
'''
LOAD = '''
tf.enable_eager_execution()
model = tf.saved_model.load_v2(sys.argv[1])
print(model.w.numpy().tolist(), [v.numpy().tolist() for v in model.many], [v.trainable for v in model.many])
for x in ([[0., 1.]], [[0., .5]]):
    found = model.dense(tf.constant(x), tf.constant(2.))
    print(found['y'].numpy().tolist(), found['sum'].numpy())
print(model.scale(tf.constant([1., 2.])).numpy().tolist(), model.scale(tf.constant(3), 5).numpy(), model.bump().numpy())
print(model.look(tf.constant(['a', 'c', 'z'])).numpy().tolist())
signature = model.signatures['dense']
print(signature(x=tf.constant([[0., 1.]]), factor=tf.constant(1.))['y'].numpy().tolist())
print(model.signatures['look'](x=tf.constant(['b']))['output_0'].numpy().tolist())
'''


@directions
def test_objects_with_functions(tmp_path, saves, loads):
    vocabulary = tmp_path / 'vocabulary.txt'
    vocabulary.write_text('a\nb\nc\n')
    saves(tmp_path, SAVE, tmp_path / 'model', vocabulary)
    vocabulary.unlink()
    assert loads(tmp_path, LOAD, tmp_path / 'model').splitlines() == [
        '[[1.0, 2.0], [3.0, 4.0]] [1.0, 2] [True, False]', '[[106.0, 108.0]] 1.0',
        '[[3.0, 4.0]] 0.5', '[2.0, 4.0] 15 2.0', '[0, 2, -1]', '[[3.0, 4.0]]', '[1]']
