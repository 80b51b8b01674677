S = tf.contrib.slim
D = S.tfexample_decoder
K = {
    'image/encoded': tf.FixedLenFeature((), tf.string, default_value=''),
    'image/format': tf.FixedLenFeature((), tf.string, default_value='png'),
    'label': tf.FixedLenFeature([1], tf.int64, default_value=tf.zeros([1], dtype=tf.int64)),
    'box/ymin': tf.VarLenFeature(tf.float32),
    'box/xmin': tf.VarLenFeature(tf.float32),
    'box/ymax': tf.VarLenFeature(tf.float32),
    'box/xmax': tf.VarLenFeature(tf.float32),
    'v': tf.VarLenFeature(tf.int64),
    'i': tf.VarLenFeature(tf.int64),
}

with tf.variable_scope('s1'):  # decoder
    d = D.TFExampleDecoder(K, {
        'image': D.Image(shape=[4, 4, 3]),
        'label': D.Tensor('label', shape=[]),
        'box': D.BoundingBox(['ymin', 'xmin', 'ymax', 'xmax'], 'box/'),
        'v': D.Tensor('v', default_value=1),
        'sp': D.SparseTensor('i', 'v', shape=[7], densify=True),
        'cb': D.ItemHandlerCallback(['v'], lambda k: k['v'].values),
        'bk': D.BackupHandler(D.Tensor('v'), D.Tensor('i')),
        'sh': D.Tensor('v', shape_keys=['i', 'label']),
    })
    d.decode(tf.placeholder(tf.string, []))
with tf.variable_scope('s2'):  # provider
    d = D.TFExampleDecoder(K, {'image': D.Image(channels=1), 'label': D.Tensor('label')})
    ds = S.dataset.Dataset(['a', 'b'], tf.TFRecordReader, d, 10, {'image': 'x', 'label': 'y'}, num_classes=3)
    p = S.dataset_data_provider.DatasetDataProvider(ds, num_readers=2, common_queue_capacity=20,
                                                      common_queue_min=10, seed=1)
    im, l = p.get(['image', 'label'])
    q = S.prefetch_queue.prefetch_queue([l], capacity=4, num_threads=2)
    q.dequeue()
    S.parallel_reader.single_pass_read('a', tf.TFRecordReader)
    S.prefetch_queue.prefetch_queue({'l': l, 'k': l}, dynamic_pad=True)
