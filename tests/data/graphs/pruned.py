"""tf.contrib.model_pruning: layers and cells with masks, and what updates these."""
pruning = tf.contrib.model_pruning
tf.set_random_seed(1)
images = tf.placeholder(tf.float32, [2, 8, 8, 3])
x = pruning.masked_conv2d(images, 4, 3, scope='conv')
x = pruning.masked_convolution(x, 4, [3, 3], 2, padding='VALID', normalizer_fn=tf.contrib.layers.batch_norm)
x = pruning.masked_fully_connected(tf.contrib.layers.flatten(x), 6, weights_regularizer=tf.contrib.layers.l2_regularizer(.1))
pruning.masked_fully_connected(images, 5, activation_fn=None, biases_initializer=None)
with tf.variable_scope('cells', initializer=tf.zeros_initializer()):
    tf.nn.static_rnn(pruning.MaskedBasicLSTMCell(3), [x, x], dtype=tf.float32)
    tf.nn.static_rnn(pruning.MaskedLSTMCell(3, use_peepholes=True, cell_clip=2.), [x], dtype=tf.float32, scope='peepholes')
with tf.variable_scope('own'):
    own = tf.get_variable('own', [6, 4], initializer=tf.zeros_initializer())
    pruning.apply_mask(own, tf.get_variable_scope())
step = tf.train.get_or_create_global_step()
hparams = pruning.get_pruning_hparams()
hparams.parse('target_sparsity=0.7,threshold_decay=0.5,end_pruning_step=50,block_dims_map=[own:2x2]')
hparams.weight_sparsity_map = ['conv/weights:0.9', 'cells:0.5']
p = pruning.Pruning(hparams)
p.conditional_mask_update_op()
p.add_pruning_summaries()
with tf.variable_scope('parts', partitioner=tf.fixed_size_partitioner(2)):
    parts = tf.get_variable('parts', [4, 2], initializer=tf.zeros_initializer())
    pruning.apply_mask(parts, tf.get_variable_scope())
hparams = pruning.get_pruning_hparams()
hparams.parse('name=second,block_height=-1,block_width=2,block_pooling_function=MAX')
pruning.Pruning(hparams, global_step=tf.constant(3), sparsity=tf.constant(.5)).mask_update_op()
pruning.get_weight_sparsity()
