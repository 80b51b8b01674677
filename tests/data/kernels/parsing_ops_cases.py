# Cases of ops that parse records and text; read by generate_kernels.py.
LEFT_OUT = set()


def feature(*values):
    if not values:
        return tf.train.Feature()
    if isinstance(values[0], bytes):
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=values))
    if isinstance(values[0], float):
        return tf.train.Feature(float_list=tf.train.FloatList(value=values))
    return tf.train.Feature(int64_list=tf.train.Int64List(value=values))


def features(**named):
    return tf.train.Features(feature={k: v if isinstance(v, tf.train.Feature) else feature(*v) for k, v in named.items()})


def example(**named):
    return tf.train.Example(features=features(**named)).SerializeToString()


def sequence(context, **lists):
    feature_lists = tf.train.FeatureLists(feature_list={
        k: tf.train.FeatureList(feature=[feature(*step) for step in steps]) for k, steps in lists.items()})
    return tf.train.SequenceExample(context=features(**context), feature_lists=feature_lists).SerializeToString()


def keys(names):
    return [strings(n) for n in names.split()]


NONE = {'f': f32([]), 'i': i64([]), 's': strings([])}
TYPES = {'f': tf.float32, 'i': tf.int64, 's': tf.string}


def parse(serialized, sparse='', dense='', defaults=(), names=(), single=False):
    """sparse: 'a:f b:i'; dense: 'a:f:2,3'; a default is an array, or None where there is none."""
    sparse = [d.split(':') for d in sparse.split()]
    dense = [d.split(':') for d in dense.split()]
    shapes = [[None if n == '?' else int(n) for n in d[2].split(',')] if d[2] else [] for d in dense]
    defaults = list(defaults) + [None] * (len(dense) - len(defaults))
    defaults = [NONE[d[1]] if v is None else v for v, d in zip(defaults, dense)]
    sparse_keys, dense_keys = [d[0] for d in sparse], [d[0] for d in dense]
    sparse_types = [TYPES[d[1]] for d in sparse]
    if single:
        case('ParseSingleExample', strings(serialized), defaults, num_sparse=len(sparse), sparse_keys=sparse_keys,
             dense_keys=dense_keys, sparse_types=sparse_types, dense_shapes=shapes)
    else:
        case('ParseExample', strings(serialized), strings(list(names)), [strings(k) for k in sparse_keys],
             [strings(k) for k in dense_keys], defaults, sparse_types=sparse_types, dense_shapes=shapes)


a = example(f=[1.5, -2.0], i=[1, -1, 2 ** 62], s=[b'one', b''])
b = example(f=[0.25], i=[7], s=[b'x\x00y'], other=[1])
c = example(f=tf.train.Feature(float_list=tf.train.FloatList()), i=feature())
empty = b''
two = example(f=[1.0, 2.0], i=[3, 4], s=[b'a', b'b'])
four = example(f=[1.0, 2.0, 3.0, 4.0], i=[1, 2, 3, 4], s=[b'a', b'b', b'c', b'd'])
unpacked = b'\n\x1f\n\x0b\n\x01i\x12\x06\x1a\x04\x08\x05\x08\x06' + b'\n\x10\n\x01f\x12\x0b\x12\x09\x0d\x00\x00\x80\x3f\x0a\x04'[:18]
unpacked_f = tf.train.Example()
twice = example(f=[1.0], i=[5]) + example(f=[2.0], i=[6])
split_entry = b'\x0a\x0e\x0a\x05\x0a\x01\x69\x12\x00\x0a\x05\x0a\x01\x69\x12\x00'
unpacked_i = b'\x0a\x0d\x0a\x0b\x0a\x01\x69\x12\x06\x1a\x04\x08\x05\x08\x06'
unpacked_g = b'\x0a\x13\x0a\x11\x0a\x01\x66\x12\x0c\x12\x0a\x0d\x00\x00\x80\x3f\x0d\x00\x00\x00\x40'

for s in ([a, b], [a, b, c, empty], [], [c], [two, four, two], [twice], [split_entry], [unpacked_i], [unpacked_g]):
    parse(s, 'f:f i:i s:s')
for s in ([two, two], [two, four], [two, empty], [two, c], [], [two, a], [b], [twice, twice], [unpacked_i]):
    parse(s, '', 'f:f:2 i:i:2 s:s:2')
    parse(s, '', 'f:f:2 i:i:2 s:s:2', (f32([8, 9]), i64([8, 9]), strings(['p', 'q'])))
parse([four], '', 'f:f:2,2 i:i:4,1 s:s:1,4')
parse([two], '', 'f:f:2,2')
parse([b], '', 'f:f: i:i: s:s:')
parse([b], '', 'f:i:')
parse([b], '', 'i:f:')
parse([b], '', 's:f:')
parse([b], '', 's:i:1', (i64([3]),))
parse([b], 'f:s')
parse([b], 'f:i')
parse([b], 's:f')
parse([two, four, empty, c], '', 'f:f:?,2 i:i:?,1 s:s:?', (f32(-1), i64(-1), strings('pad')))
parse([two, b], '', 'f:f:?,2', (f32(-1),))
parse([two, b], '', 'i:i:?,2', (i64(-1),))
parse([two, b], '', 's:s:?,2', (strings(''),))
parse([two, b], '', 'f:i:?', (i64(-1),))
parse([empty, c], '', 'f:f:?', (f32(0),))
parse([], '', 'f:f:?,3', (f32(0),))
parse([two, four], 'other:i i:i', 'f:f:?', (f32(0),), ['first', 'second'])
parse([two, empty], '', 'f:f:2', (), ['first', 'second'])
parse([two, b], '', 'f:f:2', (), ['first', 'second'])
parse([b], '', 's:f:2', (), ['first'])
parse([b], 's:f', '', (), ['first'])
parse([two], '', 'f:f:2', (), ['first', 'second'])
parse([b'junk'], 'f:f')
parse([two, two[:-1]], 'f:f')
parse([two, b'\x0a'], 'f:f')
parse([b'\x12\x03abc' + two], 'f:f i:i')
parse([b'\x0a\x09\x0a\x07\x0a\x01f\x12\x02\x12\x09'], 'f:f')
parse([b'\x0a\x0a\x0a\x08\x0a\x01f\x12\x03\x22\x01\x00'], 'f:f')
parse([b'\x0a\x0c\x0a\x0a\x0a\x01f\x12\x05\x12\x03\x0a\x01\x00'], 'f:f')
parse([b'\x0a\x0c\x0a\x0a\x0a\x01i\x12\x05\x1a\x03\x0a\x01\xff'], 'i:i')
parse(two, 'f:f')
parse([[two]], 'f:f')
parse([two], '', 'f:f:2', (f32([1]),))
parse([two], '', 'f:f:?', (f32([1, 2]),))
parse([two], '', 'f:f:?', (None,))
parse([two], '', 'f:f:2,?')

for s in (a, b, c, empty, two, four, twice, unpacked_i, unpacked_g, b'junk', two[:-1]):
    parse(s, 'f:f i:i s:s', single=True)
for s in (two, four, empty, c, b, twice):
    parse(s, '', 'f:f:2 i:i:2 s:s:2', single=True)
    parse(s, '', 'f:f:2 i:i:2 s:s:2', (f32([8, 9]), i64([8, 9]), strings(['p', 'q'])), single=True)
    parse(s, '', 'f:f:?,2 i:i:?,1 s:s:?', (f32(-1), i64(-1), strings('pad')), single=True)
parse(b, '', 'f:f: i:i: s:s:', single=True)
parse(b, '', 'f:i:', single=True)
parse(b, '', 'f:i:?', (i64(0),), single=True)
parse(b, 'f:i', single=True)
parse([b], 'f:f', single=True)


def parse_sequence(serialized, context='', lists='', context_sparse='', lists_sparse='', assumed_empty='', defaults=(),
                   names=(), single=False):
    def split(text):
        return [d.split(':') for d in text.split()]
    def shapes(specs):
        return [[None if n == '?' else int(n) for n in d[2].split(',')] if d[2] else [] for d in specs]
    context, lists, context_sparse, lists_sparse = map(split, (context, lists, context_sparse, lists_sparse))
    defaults = list(defaults) + [None] * (len(context) - len(defaults))
    defaults = [NONE[d[1]] if v is None else v for v, d in zip(defaults, context)]
    attrs = dict(context_sparse_types=[TYPES[d[1]] for d in context_sparse], context_dense_shapes=shapes(context),
                 feature_list_dense_types=[TYPES[d[1]] for d in lists], feature_list_dense_shapes=shapes(lists),
                 feature_list_sparse_types=[TYPES[d[1]] for d in lists_sparse])
    groups = [[d[0] for d in g] for g in (context_sparse, context, lists_sparse, lists)]
    if single:
        case('ParseSingleSequenceExample', strings(serialized), strings(assumed_empty.split()),
             *[[strings(k) for k in g] for g in groups], defaults, strings(names or ''), **attrs)
    else:
        case('ParseSequenceExample', strings(serialized), strings(list(names)), defaults,
             feature_list_dense_missing_assumed_empty=assumed_empty.split(), context_sparse_keys=groups[0],
             context_dense_keys=groups[1], feature_list_sparse_keys=groups[2], feature_list_dense_keys=groups[3],
             Ncontext_sparse=len(groups[0]), Nfeature_list_sparse=len(groups[2]), Nfeature_list_dense=len(groups[3]),
             **attrs)


s1 = sequence(dict(n=[3], name=[b'one']), w=[[1, 2], [3, 4], [5, 6]], v=[[0.5], [], [1.5, 2.5]], t=[[b'a'], [b'b']])
s2 = sequence(dict(n=[1], name=[b'two'], extra=[1.0, 2.0]), w=[[7, 8]], v=[[9.5]])
s3 = sequence(dict(n=[0]))
s4 = sequence(dict(n=[0]), w=[[1]], v=[[1]])
s5 = sequence(dict(n=[0]), w=[])
for single in (False, True):
    for batch in ([s1, s2], [s1], [s2], [s3], [s4], [s5], [s1, s3], [b''], [b'junk'], []):
        if single and len(batch) != 1:
            continue
        value = batch[0] if single else batch
        parse_sequence(value, 'n:i:', 'w:i:2', single=single)
        parse_sequence(value, 'n:i:', 'w:i:2', assumed_empty='w', single=single)
        parse_sequence(value, '', '', 'n:i name:s extra:f', 'w:i v:f t:s', single=single)
        parse_sequence(value, 'n:i: name:s:', 't:s:', defaults=(i64(5), strings('none')), assumed_empty='t', single=single)
    one = s1 if single else [s1]
    parse_sequence(one, 'n:f:', single=single)
    parse_sequence(one, 'n:i:2', single=single)
    parse_sequence(one, 'name:s:', 'v:f:1', single=single)
    parse_sequence(one, 'absent:i:', single=single)
    parse_sequence(one, '', 'w:f:2', single=single)
    parse_sequence(one, '', 'w:i:3', single=single)
    parse_sequence(one, '', 'w:i:1,2', single=single)
    parse_sequence(one, '', 'absent:i:3', assumed_empty='absent', single=single)
    parse_sequence(one, '', '', 'n:f', single=single)
    parse_sequence(one, '', '', '', 'w:f', single=single)
    parse_sequence(one, 'n:f:', names='first' if single else ['first'], single=single)
    parse_sequence(one, '', 'w:f:2', names='first' if single else ['first'], single=single)
    parse_sequence(one, '', 'absent:f:2', names='first' if single else ['first'], single=single)
parse_sequence([s1], 'n:i:', names=['a', 'b'])
parse_sequence([[s1]], 'n:i:')
parse_sequence([s1], 'n:i:', single=True)

csv = dict(field_delim=',')
D = {'f': f32([]), 'i': np.array([], np.int32), 'l': i64([]), 's': strings([]), 'd': np.array([], np.float64)}
for text in ('1,2', '-3, 4', '"5",6', ',', '1', '1,2,3', 'a,2', '1,b', '1.5,2', '1,"2', '"a"b,2', 'a"b,2', '"a""b",2',
             '99999999999,1', '1,\r\n', '1\n,2', '', '1,2\n', '"1,2"', '"1"2,3', '1 ,2', 'NA,1', '"x\ny",2'):
    for kinds in ('ii', 'sf', 'ld', 'ss'):
        case('DecodeCSV', strings([text]), [D[k] for k in kinds])
case('DecodeCSV', strings(['1,NA', 'NA,2.5']), [np.array([7], np.int32), f32([0.5])], na_value='NA')
case('DecodeCSV', strings(['1,', ',2.5']), [np.array([7], np.int32), f32(0.5)])
case('DecodeCSV', strings([['1;2', '3;4']]), [np.array([7], np.int32), strings(['x'])], field_delim=';')
case('DecodeCSV', strings('1\t2'), [D['i'], D['i']], field_delim='\t')
case('DecodeCSV', strings(['"1",2']), [D['s'], D['i']], use_quote_delim=False)
case('DecodeCSV', strings(['1,2,3,4']), [D['i'], D['s']], select_cols=[1, 3])
case('DecodeCSV', strings(['1,2,3']), [D['i'], D['s']], select_cols=[1, 3])
case('DecodeCSV', strings(['1,2,3']), [D['i'], D['s']], select_cols=[1])
case('DecodeCSV', strings(['1,2,3']), [D['i'], D['s']], select_cols=[2, 1])
case('DecodeCSV', strings(['1,2']), [D['i'], D['i']], field_delim='ab')
case('DecodeCSV', strings(['1,2']), [np.array([1, 2], np.int32), D['i']])
case('DecodeCSV', strings(['1,2']), [np.array([[1]], np.int32), D['i']])
case('DecodeCSV', strings([]), [D['i'], D['i']])

json_examples = ['{}', '{"features": {"feature": {"i": {"int64_list": {"value": [1, "-2"]}}}}}',
                 '{"features": {"feature": {"f": {"floatList": {"value": [1.5, "NaN", -Infinity]}}}}}',
                 '{"features": {"feature": {"f": {"floatList": {"value": [1.5, "NaN", "-Infinity"]}}}}}',
                 '{"features": {"feature": {"s": {"bytesList": {"value": ["YWJj", ""]}}}}}',
                 '{"unknown": 1}', 'junk', '', '[]', '{"features": {"feature": {"i": {"int64_list": {"value": [1.5]}}}}}']
for text in json_examples:
    case('DecodeJSONExample', strings([text]))
case('DecodeJSONExample', strings([[json_examples[0]], [json_examples[1]]]))

import gzip, zlib, io
def gz(data):
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode='wb', mtime=0) as f:
        f.write(data)
    return out.getvalue()
for kind, pack in (('', bytes), ('ZLIB', zlib.compress), ('GZIP', gz)):
    case('DecodeCompressed', strings([pack(b'hello'), pack(b'x' * 1000), pack(b'')]), compression_type=kind)
    case('DecodeCompressed', strings(pack(b'hello')), compression_type=kind)
    case('DecodeCompressed', strings(pack(b'hello')[:-1]), compression_type=kind)
    case('DecodeCompressed', strings([b'junk']), compression_type=kind)
case('DecodeCompressed', strings(['']), compression_type='BZIP')
