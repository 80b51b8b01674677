"""The parts of SavedModels: signatures, TensorInfos, assets, main ops; and what is refused."""
import os

import tensorflow as tf
from google.protobuf import text_format
from tensorflow.python.saved_model import builder_impl, constants, loader_impl, main_op, saved_model, signature_constants
from tensorflow.python.saved_model import signature_def_utils, tag_constants, utils, utils_impl

tf.logging.set_verbosity(tf.logging.ERROR)


def attempt(name, function):
    try:
        print(name, function())
    except Exception as error:
        print(name, type(error).__name__, error)


def brief(message):
    return ' '.join(text_format.MessageToString(message).split())


def cut(parse):
    """The error without what depends on the version of protobuf."""
    try:
        parse('model')
    except IOError as error:
        return str(error)[:40]


def both(signature_def):
    return brief(signature_def), tf.saved_model.is_valid_signature(signature_def)


x = tf.placeholder(tf.float32, [None, 3], name='x')
texts = tf.placeholder(tf.string, [None], name='texts')
unknown = tf.placeholder(tf.int64, name='unknown')
sparse = tf.sparse_placeholder(tf.float32, name='sparse')

for name, tensor in (('x', x), ('texts', texts), ('unknown', unknown), ('sparse', sparse)):
    info = tf.saved_model.utils.build_tensor_info(tensor)
    print(name, brief(info))
    print('  ', tf.saved_model.utils.get_tensor_from_tensor_info(info))
print(brief(utils.build_tensor_info_from_op(x.op)))
attempt('no encoding', lambda: tf.saved_model.get_tensor_from_tensor_info(tf.MetaGraphDef().signature_def['a'].inputs['b']))
attempt('no tensor', lambda: utils.get_tensor_from_tensor_info(utils.build_tensor_info(x), import_scope='scope'))
attempt('element', lambda: utils_impl.get_element_from_tensor_info(utils.build_tensor_info_from_op(x.op)).name)

attempt('predict', lambda: both(tf.saved_model.predict_signature_def({'x': x}, {'y': x})))
attempt('predict nothing', lambda: tf.saved_model.predict_signature_def({}, {'y': x}))
attempt('predict to nothing', lambda: tf.saved_model.predict_signature_def({'x': x}, None))
attempt('regress', lambda: both(tf.saved_model.regression_signature_def(texts, x)))
attempt('regress floats', lambda: tf.saved_model.regression_signature_def(x, x))
attempt('regress to strings', lambda: tf.saved_model.regression_signature_def(texts, texts))
attempt('regress none', lambda: tf.saved_model.regression_signature_def(None, x))
attempt('regress to none', lambda: tf.saved_model.regression_signature_def(texts, None))
attempt('regress text', lambda: tf.saved_model.regression_signature_def('a', x))
attempt('classify', lambda: both(tf.saved_model.classification_signature_def(texts, None, x)))
attempt('classify classes', lambda: both(tf.saved_model.classification_signature_def(texts, texts, None)))
attempt('classify neither', lambda: tf.saved_model.classification_signature_def(texts, None, None))
attempt('classify classes of floats', lambda: tf.saved_model.classification_signature_def(texts, x, None))
attempt('classify scores of strings', lambda: tf.saved_model.classification_signature_def(texts, None, texts))
attempt('classify floats', lambda: tf.saved_model.classification_signature_def(x, None, x))
attempt('train', lambda: both(signature_def_utils.supervised_train_signature_def({'x': x}, {'loss': x}, {'y': texts})))
attempt('eval', lambda: signature_def_utils.supervised_eval_signature_def(None, {'loss': x}))
wrong = tf.saved_model.build_signature_def({'a': utils.build_tensor_info(x)}, None, signature_constants.REGRESS_METHOD_NAME)
print(both(wrong), tf.saved_model.is_valid_signature(None))
op_signature = signature_def_utils.op_signature_def(x.op, 'key')
print(brief(op_signature), signature_def_utils.load_op_from_signature_def(op_signature, 'key').name)
op_signature.outputs['key'].name = 'nothing'
attempt('no op', lambda: signature_def_utils.load_op_from_signature_def(op_signature, 'key'))

print([getattr(constants, name) for name in sorted(dir(constants)) if name.isupper()])
print([getattr(signature_constants, name) for name in sorted(dir(signature_constants)) if name.isupper()])
print([getattr(tag_constants, name) for name in sorted(dir(tag_constants)) if name.isupper()])
print(tf.saved_model.SERVING, tf.saved_model.tag_constants.TRAINING, saved_model.tag_constants.GPU)

# Assets.
for folder in ('one', 'two', 'three'):
    os.mkdir(folder)
    with open(os.path.join(folder, 'words.txt'), 'w') as file:
        file.write('a\n' if folder != 'two' else 'b\n')


def asset_names(*paths):
    names = {}
    for path in paths:
        name = builder_impl.get_asset_filename_to_add(path, names)
        names[name] = path
    return sorted((compat(name), path) for name, path in names.items())


def compat(name):
    return name.decode() if isinstance(name, bytes) else name


print(asset_names('one/words.txt', 'one/words.txt', 'two/words.txt', 'three/words.txt'))
assets = [tf.constant('one/words.txt', name='one'), tf.constant('two/words.txt', name='two')]

builder = tf.saved_model.builder.SavedModelBuilder('model')
print(os.listdir('model'))
with open('model/file', 'w') as file:
    file.write('')
attempt('not empty', lambda: tf.saved_model.Builder('model'))
attempt('no variables', lambda: builder.add_meta_graph(['tag']))
attempt('key', lambda: builder.add_meta_graph_and_variables(None, ['tag'], {constants.INIT_OP_SIGNATURE_KEY: op_signature}))
op_signature.outputs['key'].name = 'x'
attempt('no dtype', lambda: builder.add_meta_graph_and_variables(None, ['tag'], {'a': op_signature}))
op_signature.outputs['key'].ClearField('name')
attempt('no name', lambda: builder.add_meta_graph_and_variables(None, ['tag'], {'a': op_signature}))
attempt('key', lambda: builder.add_meta_graph_and_variables(None, ['tag'], {'__saved_model_train_op': tf.MetaGraphDef().signature_def['a']}))
for wrong in (7, x, unknown, texts, tf.constant(['a', 'b']), tf.constant('')):
    attempt('asset', lambda: builder.add_meta_graph_and_variables(None, ['tag'], assets_collection=[wrong]))
attempt('main op', lambda: builder.add_meta_graph_and_variables(None, ['tag'], assets_collection=assets, main_op='a'))
print(sorted(os.listdir('model/assets')), [item.type_url for item in tf.get_collection('saved_model_assets')])
tf.add_to_collection('legacy_init_op', x.op)
attempt('main op twice', lambda: builder.add_meta_graph_and_variables(None, ['tag'], main_op=x.op))
attempt('train op', lambda: builder._add_train_op('a'))

print(tf.saved_model.maybe_saved_model_directory('model'), tf.saved_model.loader.maybe_saved_model_directory('model'))
attempt('no file', lambda: tf.saved_model.loader.load(None, ['tag'], 'model'))
print(builder.save(as_text=True), tf.saved_model.contains_saved_model('model'))
print(open('model/saved_model.pbtxt').read())
attempt('no tags', lambda: tf.saved_model.load(tf.Session(), ['tag'], 'model'))
attempt('no tags', lambda: tf.saved_model.load(tf.Session(), {'tag'}, 'model'))
with open('model/saved_model.pb', 'wb') as file:
    file.write(b'\x07')
attempt('no message', lambda: cut(loader_impl.parse_saved_model))
os.remove('model/saved_model.pb')
with open('model/saved_model.pbtxt', 'w') as file:
    file.write('meta_graphs {')
attempt('no text', lambda: cut(loader_impl.parse_saved_model))

tf.reset_default_graph()
tf.get_variable('w', [1])
tf.add_to_collection('table_initializer', tf.no_op('table'))
op = main_op.main_op()
print(op.name, [each.name for each in op.control_inputs])
restoring = main_op.main_op_with_restore(tf.get_default_graph().get_operation_by_name('w/Assign'))
attempt('restore by name', lambda: main_op.main_op_with_restore('w/Assign'))
print(restoring.name, [each.name for each in restoring.control_inputs], [op.name for op in tf.get_default_graph().get_operations()][-4:])
