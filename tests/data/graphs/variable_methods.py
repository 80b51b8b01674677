v = tf.Variable([[1., 2.], [3., 4.]], name='v')
r = tf.Variable([[1., 2.], [3., 4.]], name='r', use_resource=True)
for x in [v, r]:
    x.assign_add([[1., 1.], [1., 1.]], name='aa'); x.assign_sub([[1., 1.], [1., 1.]], read_value=False)
    x.assign([[0., 0.], [0., 0.]], name='as', read_value=False)
    s = tf.IndexedSlices(tf.constant([[1., 1.]]), tf.constant([0]))
    for f in ['scatter_add', 'scatter_sub', 'scatter_mul', 'scatter_div', 'scatter_max', 'scatter_min', 'scatter_update']:
        getattr(x, f)(s)
    x.scatter_nd_add([[0]], [[1., 2.]]); x.scatter_nd_sub([[0]], [[1., 2.]]); x.scatter_nd_update([[0]], [[1., 2.]])
    if x is r: x.sparse_read([0]); x.gather_nd([[0, 1]])
    x.initialized_value(); x.read_value()
    x[0, 1].assign(5.); x[:, 0].assign([1., 2.], name='col'); tf.assign(x[1], [1., 1.])
    tf.shape(x); tf.rank(x); tf.size(x)
v.batch_scatter_update(tf.IndexedSlices(tf.constant([[1.], [1.]]), tf.constant([[0], [1]])))
r.batch_scatter_update(tf.IndexedSlices(tf.constant([[1.], [1.]]), tf.constant([[0], [1]])))
n = tf.Variable(0, name='n'); n.count_up_to(3)
nr = tf.Variable(0, name='nr', use_resource=True); nr.count_up_to(3)
r.is_initialized(); v.graph; r.create
tf.scatter_nd_add(v, [[0]], [[1., 2.]]); tf.scatter_nd_sub(v, [[0]], [[1., 2.]]); tf.scatter_nd_update(r, [[0]], [[1., 2.]])
tf.scatter_max(v, [0], [[1., 2.]]); tf.scatter_min(r, [0], [[1., 2.]]); tf.batch_scatter_update(v, [[0], [1]], [[1.], [2.]])
tf.scatter_add(v, [0], [[1., 2.]]); tf.scatter_mul(r, [0], [[1., 2.]])
tf.assert_variables_initialized() if False else None
tf.variables_initializer([v, r])
tf.train.assert_global_step(tf.train.get_or_create_global_step())
tf.global_variables(); tf.contrib.framework.assert_or_get_global_step() if False else None
