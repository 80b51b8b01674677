"""import_graph_def: names, inputs, elements, defaults, versions; and what is refused."""
import tensorflow as tf
from google.protobuf import text_format
from tensorflow.core.framework import op_def_pb2

tf.logging.set_verbosity(tf.logging.ERROR)


def graph_def(text, producer=24):
    made = text_format.Parse(text, tf.GraphDef())
    if not made.HasField('versions'):
        made.versions.producer = producer
    return made


def attempt(name, function, graph=None):
    with (graph or tf.Graph()).as_default() as graph:
        try:
            print(name, function())
        except Exception as error:
            print(name, type(error).__name__, str(error).split(' in binary running on ')[0].split('; Op<')[0])
        return graph


def show(graph):
    for op in graph.get_operations():
        print('  ', op.name, op.type, [each.name for each in op.inputs], [each.name for each in op.control_inputs],
              op.device, op.colocation_groups(), [(each.dtype.name, each.shape) for each in op.outputs])


PAIR = '''node { name: "A" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } } attr { key: "shape" value {
shape { dim { size: 2 } dim { size: -1 } } } } }
node { name: "B" op: "Const" attr { key: "dtype" value { type: DT_FLOAT } } attr { key: "value" value { tensor {
dtype: DT_FLOAT tensor_shape { } float_val: 2 } } } }
node { name: "C" op: "Mul" attr { key: "T" value { type: DT_FLOAT } } input: "A" input: "B:0" }
node { name: "D" op: "Split" input: "E" input: "C" attr { key: "T" value { type: DT_FLOAT } }
attr { key: "num_split" value { i: 2 } } device: "/cpu:0" }
node { name: "E" op: "Const" attr { key: "dtype" value { type: DT_INT32 } } attr { key: "value" value { tensor {
dtype: DT_INT32 tensor_shape { } int_val: 0 } } } }
node { name: "F" op: "Neg" input: "D:1" input: "^C" attr { key: "T" value { type: DT_FLOAT } }
attr { key: "_class" value { list { s: "loc:@C" } } } }'''

for name in (None, '', 'scope', 'scope/', 'a/b'):
    print(repr(name))
    show(attempt('import', lambda: tf.import_graph_def(graph_def(PAIR), name=name)))
graph = attempt('first', lambda: tf.import_graph_def(graph_def(PAIR)))
attempt('second', lambda: [each.name for each in tf.import_graph_def(graph_def(PAIR), return_elements=['A', 'D:1'])], graph)
attempt('same name', lambda: tf.import_graph_def(graph_def(PAIR), name='import/'), graph)
attempt('same names', lambda: (tf.import_graph_def(graph_def(PAIR), name=''), tf.import_graph_def(graph_def(PAIR), name='')))


def within_scopes():
    with tf.name_scope('outer'), tf.device('/cpu:1'), tf.control_dependencies([tf.no_op('before')]):
        tf.import_graph_def(graph_def(PAIR), name='inner')


show(attempt('scopes', within_scopes))


def mapped(key, value=None, **kwargs):
    x = tf.constant([[1.], [2.]], name='x') if value is None else value
    elements = tf.import_graph_def(graph_def(PAIR), input_map={key: x}, return_elements=['C', 'F:0'], name='', **kwargs)
    return [each.name for each in elements], [each.name for each in elements[0].inputs]


for key in ('A', 'A:0', b'A:0', 'B', 'E', 'D:1', 'D:7', 'A:1', 'none', 'none:0', '^C'):
    show(attempt(key, lambda: mapped(key)))
attempt('constant', lambda: mapped('A', 3.0))
attempt('wrong type', lambda: mapped('A', 'text'))

attempt('no dict', lambda: tf.import_graph_def(graph_def(PAIR), input_map=['A']))
attempt('keys', lambda: tf.import_graph_def(graph_def(PAIR), input_map={1: 2}))
attempt('several', lambda: tf.import_graph_def(graph_def(PAIR), input_map={'X': tf.constant(1), 'Y:1': tf.constant(2)}))
for elements in ([], ['A', 'A:0'], ['D:1', 'D:0', 'D'], ('C',), ['none'], ['none:0'], ['A:1'], ['D:2'], 'A', [1], 7, ['A:B:0']):
    attempt(elements, lambda: [each.name for each in tf.import_graph_def(graph_def(PAIR), return_elements=elements) or ()])
attempt('mapped and returned', lambda: tf.import_graph_def(
    graph_def(PAIR), input_map={'A:0': tf.constant([[1.], [2.]], name='x')}, return_elements=['A:0'])[0].name)

attempt('no GraphDef', lambda: tf.import_graph_def('text'))
attempt('no GraphDef', lambda: tf.import_graph_def(tf.Graph()))
attempt('no GraphDef', lambda: tf.import_graph_def(tf.NodeDef(name='x')))
attempt('empty', lambda: tf.import_graph_def(tf.GraphDef()))
attempt('empty', lambda: tf.import_graph_def(tf.GraphDef(), return_elements=[]))

INPUT = 'node { name: "A" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } } } '
for name, text in (
        ('unknown op', 'node { name: "A" op: "Nothing" }'),
        ('no input', 'node { name: "A" op: "Neg" attr { key: "T" value { type: DT_FLOAT } } }'),
        ('unknown input', 'node { name: "A" op: "Neg" input: "B" attr { key: "T" value { type: DT_FLOAT } } }'),
        ('unknown control', 'node { name: "A" op: "NoOp" input: "^B" }'),
        ('too many', INPUT + 'node { name: "B" op: "NoOp" input: "A" }'),
        ('index', INPUT + 'node { name: "B" op: "Neg" input: "A:1" attr { key: "T" value { type: DT_FLOAT } } }'),
        ('type', INPUT + 'node { name: "B" op: "Neg" input: "A" attr { key: "T" value { type: DT_INT32 } } }'),
        ('not allowed', INPUT + 'node { name: "B" op: "Neg" input: "A" attr { key: "T" value { type: DT_STRING } } }'),
        ('no attr', 'node { name: "A" op: "Placeholder" }'),
        ('attr kind', 'node { name: "A" op: "Placeholder" attr { key: "dtype" value { i: 1 } } }'),
        ('twice', INPUT + INPUT),
        ('name', 'node { name: "a b" op: "NoOp" }'),
        ('no name', 'node { op: "NoOp" }'),
        ('order', INPUT + 'node { name: "B" op: "Neg" input: "^A" input: "A" attr { key: "T" value { type: DT_FLOAT } } }'),
        ('cycle', 'node { name: "A" op: "Neg" input: "B" attr { key: "T" value { type: DT_FLOAT } } } '
                  'node { name: "B" op: "Neg" input: "A" attr { key: "T" value { type: DT_FLOAT } } }'),
        ('colocation', 'node { name: "A" op: "NoOp" attr { key: "_class" value { list { s: "loc:@B" } } } }'),
        ('shapes', INPUT + 'node { name: "B" op: "MatMul" input: "A" input: "A" attr { key: "T" value { type: DT_FLOAT } } } '
                           'node { name: "C" op: "ConcatV2" input: "A" input: "A" attr { key: "N" value { i: 2 } } }'),
        ('min consumer', 'versions { producer: 200 min_consumer: 199 }'),
        ('bad consumer', 'versions { producer: 200 bad_consumers: 134 }'),
        ('old producer', 'versions { producer: -1 }'),
        ('private', 'node { name: "A" op: "_Arg" }')):
    attempt(name, lambda: tf.import_graph_def(graph_def(text), name=''))

print('defaults')
old = graph_def(INPUT + 'node { name: "B" op: "AvgPool" input: "A" attr { key: "T" value { type: DT_FLOAT } } attr {'
                ' key: "ksize" value { list { i: [1, 1, 1, 1] } } } attr { key: "strides" value { list {'
                ' i: [1, 1, 1, 1] } } } attr { key: "padding" value { s: "SAME" } } }')
show(attempt('import', lambda: tf.import_graph_def(old, name='')))
attempt('attr', lambda: tf.import_graph_def(old, name='', return_elements=['B'])[0].get_attr('data_format'))
print(len(old.node[1].attr))

newer = graph_def(INPUT + 'node { name: "B" op: "Neg" input: "A" attr { key: "T" value { type: DT_FLOAT } } '
                  'attr { key: "later" value { i: 3 } } attr { key: "_own" value { i: 4 } } }')
attempt('later attr', lambda: tf.import_graph_def(newer, name=''))
for default in (3, 5):
    op_list = op_def_pb2.OpList()
    op = op_list.op.add(name='Neg')
    op.attr.add(name='T', type='type')
    op.attr.add(name='later', type='int').default_value.i = default
    op_list.op.add(name='Placeholder').attr.add(name='dtype', type='type')
    graph = attempt('producer %d' % default, lambda: tf.import_graph_def(newer, name='', producer_op_list=op_list))
    if graph.get_operations():
        print(sorted(graph.get_operation_by_name('B').node_def.attr))
attempt('producer', lambda: tf.import_graph_def(newer, name='', producer_op_list=7))

print('versions')
graph = attempt('import', lambda: tf.import_graph_def(graph_def(INPUT, 21), name=''))
print(graph.graph_def_versions.producer, graph.as_graph_def().versions.min_consumer)
graph = attempt('min', lambda: tf.import_graph_def(graph_def(INPUT + 'versions { producer: 30 min_consumer: 12 }'), name=''))
print(' '.join(str(graph.as_graph_def().versions).split()))
print(' '.join(str(tf.Graph().as_graph_def().versions).split()))

for producer in (20, 21, 22):
    scalar = graph_def('node { name: "A" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } } '
                       'attr { key: "shape" value { shape { } } } }', producer)
    print(producer, attempt('scalar', lambda: tf.import_graph_def(scalar, name='')).get_tensor_by_name('A:0').shape)
print('as_graph_def')
with tf.Graph().as_default() as graph:
    tf.placeholder(tf.float32, [None, 2], 'a')
    version = graph.version
    tf.constant(1.5, name='b')
    tf.no_op('c')
    print(version, graph.version)
    for arguments in ({}, {'from_version': version}, {'add_shapes': True}, {'from_version': version, 'add_shapes': True},
                      {'from_version': 100}):
        made = graph.as_graph_def(**arguments)
        print(sorted(arguments.items()), [(node.name, sorted(node.attr)) for node in made.node], made.versions.producer)
    print(text_format.MessageToString(graph.as_graph_def(add_shapes=True)))
