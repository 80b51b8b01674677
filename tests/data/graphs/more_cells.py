R = tf.nn.rnn_cell
C = tf.contrib.rnn
x = tf.placeholder(tf.float32, [4, 3, 5], 'x')
i = tf.placeholder(tf.float32, [4, 5], 'i')
n = tf.placeholder(tf.int32, [4], 'n')
s3 = tf.placeholder(tf.float32, [4, 3], 's3')
s3b = tf.placeholder(tf.float32, [4, 3], 's3b')
N = [0]


def step(cell, inp=i, *st):
    N[0] += 1
    with tf.variable_scope('v%d' % N[0]):
        st = st[0] if st else cell.zero_state(4, tf.float32)
        return cell(inp, st)[0]


def grads(o):
    tf.gradients(o, tf.trainable_variables())


with tf.variable_scope('s1'):  # residual device
    step(R.ResidualWrapper(R.GRUCell(5)))
    step(R.DeviceWrapper(R.GRUCell(3), '/cpu:0'))
    step(R.ResidualWrapper(R.GRUCell(5), residual_fn=lambda a, b: a - b))
    step(C.HighwayWrapper(R.GRUCell(5)))
    step(C.HighwayWrapper(R.GRUCell(5), couple_carry_transform_gates=False, carry_bias_init=2.0))
with tf.variable_scope('s2'):  # lstm block
    grads(step(C.LSTMBlockCell(3)))
    step(C.LSTMBlockCell(3, use_peephole=True, cell_clip=2.0, forget_bias=0.5, name='q'))
with tf.variable_scope('s3'):  # gru block
    grads(step(C.GRUBlockCell(3)))
    step(C.GRUBlockCellV2(3))
    step(C.GRUBlockCell(cell_size=3, name='z'))
with tf.variable_scope('s4'):  # fused lstm
    o, s = C.LSTMBlockFusedCell(3)(x, dtype=tf.float32)
    grads(o)
    C.LSTMBlockFusedCell(3, use_peephole=True, cell_clip=1.0)(x, sequence_length=tf.placeholder(tf.int32, [3]),
                                                              dtype=tf.float32)
with tf.variable_scope('s5'):  # fused adaptor
    C.FusedRNNCellAdaptor(R.GRUCell(3))(x, dtype=tf.float32)
    C.TimeReversedFusedRNN(C.LSTMBlockFusedCell(3))(x, dtype=tf.float32, sequence_length=[1, 2, 3])
    C.TimeReversedFusedRNN(C.FusedRNNCellAdaptor(R.GRUCell(3), use_dynamic_rnn=True))(x, dtype=tf.float32, scope='q')
with tf.variable_scope('s6'):  # lnlstm
    grads(step(C.LayerNormBasicLSTMCell(3)))
    step(C.LayerNormBasicLSTMCell(3, layer_norm=False, dropout_keep_prob=0.5, dropout_prob_seed=3, forget_bias=0.0))
    step(C.LayerNormBasicLSTMCell(3, norm_gain=2.0, norm_shift=0.5, dropout_keep_prob=tf.constant(0.4)))
with tf.variable_scope('s7'):  # ugrnn etc
    step(C.UGRNNCell(3))
    step(C.UGRNNCell(3, initializer=tf.ones_initializer(), forget_bias=0.0, activation=tf.nn.relu))
with tf.variable_scope('s8'):  # intersection
    step(C.IntersectionRNNCell(5))
with tf.variable_scope('s9'):  # intersection2
    step(C.IntersectionRNNCell(3, num_in_proj=3))
    step(C.IntersectionRNNCell(3, num_in_proj=3, y_activation=tf.tanh, forget_bias=0.0,
                               initializer=tf.ones_initializer()))
with tf.variable_scope('s10'):  # nas
    grads(step(C.NASCell(3)))
    step(C.NASCell(3, num_proj=2, use_bias=True))
with tf.variable_scope('s11'):  # coupled
    grads(step(C.CoupledInputForgetGateLSTMCell(3)))
    step(C.CoupledInputForgetGateLSTMCell(3, use_peepholes=True, num_proj=2, proj_clip=1.0,
                                          initializer=tf.ones_initializer(), layer_norm=True, norm_gain=2.0))
    step(C.CoupledInputForgetGateLSTMCell(3, state_is_tuple=False, use_peepholes=True))
with tf.variable_scope('s12'):  # timefreq
    step(C.TimeFreqLSTMCell(3, feature_size=2, frequency_skip=1))
    step(C.TimeFreqLSTMCell(3, use_peepholes=True, cell_clip=1.0, feature_size=3, frequency_skip=2, forget_bias=0.5))
with tf.variable_scope('s13'):  # gridlstm
    step(C.GridLSTMCell(3, feature_size=2, frequency_skip=1, num_frequency_blocks=[4]))
with tf.variable_scope('s14'):  # gridlstm2
    step(C.GridLSTMCell(3, use_peepholes=True, share_time_frequency_weights=True, cell_clip=1.0, feature_size=3,
                        frequency_skip=1, num_frequency_blocks=[3], couple_input_forget_gates=True,
            state_is_tuple=False))
with tf.variable_scope('s15'):  # gridlstm3
    step(C.GridLSTMCell(3, use_peepholes=True, feature_size=2, frequency_skip=1, num_frequency_blocks=[2, 1],
                        start_freqindex_list=[0, 3], end_freqindex_list=[3, 5]))
with tf.variable_scope('s16'):  # bigrid
    step(C.BidirectionalGridLSTMCell(3, feature_size=2, frequency_skip=1, num_frequency_blocks=[4], use_peepholes=True))
with tf.variable_scope('s17'):  # bigrid2
    step(C.BidirectionalGridLSTMCell(3, feature_size=2, frequency_skip=1, num_frequency_blocks=[4],
                                     share_time_frequency_weights=True, backward_slice_offset=0))
with tf.variable_scope('s18'):  # convlstm
    z = tf.placeholder(tf.float32, [4, 6, 2])
    step(C.Conv1DLSTMCell(input_shape=[6, 2], output_channels=3, kernel_shape=[3]), z)
    z = tf.placeholder(tf.float32, [4, 6, 5, 2])
    step(C.Conv2DLSTMCell(input_shape=[6, 5, 2], output_channels=3, kernel_shape=[3, 3]), z)
    z = tf.placeholder(tf.float32, [4, 6, 5, 4, 2])
    step(C.Conv3DLSTMCell(input_shape=[6, 5, 4, 2], output_channels=3, kernel_shape=[3, 3, 3]), z)
with tf.variable_scope('s19'):  # convlstm2
    z = tf.placeholder(tf.float32, [4, 6, 5, 2])
    step(C.ConvLSTMCell(2, [6, 5, 2], 3, [2, 2], use_bias=False, skip_connection=True, forget_bias=0.0,
                        initializers=tf.ones_initializer()), z)
with tf.variable_scope('s20'):  # glstm
    step(C.GLSTMCell(6, number_of_groups=2), tf.ones([4, 6]))
    step(C.GLSTMCell(6, num_proj=4, number_of_groups=2), tf.ones([4, 6]))
with tf.variable_scope('s21'):  # glstm proj
    step(C.GLSTMCell(6, num_proj=6, number_of_groups=3, initializer=tf.ones_initializer(), forget_bias=0.0),
         tf.ones([4, 6]))
with tf.variable_scope('s22'):  # phased
    t = tf.placeholder(tf.float32, [4, 1])
    step(C.PhasedLSTMCell(3), (t, i))
    step(C.PhasedLSTMCell(3, use_peepholes=True, leak=0.01, ratio_on=0.2, trainable_ratio_on=False,
                          period_init_min=2.0, period_init_max=50.0), (t, i))
with tf.variable_scope('s23'):  # phased grads
    t = tf.placeholder(tf.float32, [4, 1])
    grads(step(C.PhasedLSTMCell(3), (t, i)))
with tf.variable_scope('s24'):  # sru
    step(C.SRUCell(3))
    step(C.SRUCell(3, activation=tf.nn.relu, name='ss'))
with tf.variable_scope('s25'):  # indrnn
    step(C.IndRNNCell(3))
    step(C.IndRNNCell(3, activation=tf.nn.relu, name='a'))
    step(C.IndyGRUCell(3))
    step(C.IndyGRUCell(3, kernel_initializer=tf.ones_initializer(), bias_initializer=tf.ones_initializer(),
                       activation=tf.nn.relu))
    step(C.IndyLSTMCell(3))
    step(C.IndyLSTMCell(3, forget_bias=0.0, kernel_initializer=tf.ones_initializer(),
                        bias_initializer=tf.ones_initializer()))
with tf.variable_scope('s26'):  # attention
    step(C.AttentionCellWrapper(R.GRUCell(3), 2))
    step(C.AttentionCellWrapper(R.LSTMCell(3), 2, attn_size=4, attn_vec_size=2, input_size=6))
    step(C.AttentionCellWrapper(R.GRUCell(3), 2, state_is_tuple=False))
with tf.variable_scope('s27'):  # embed wrap
    C.EmbeddingWrapper(R.LSTMCell(3), 10, 4, initializer=tf.ones_initializer())(tf.constant([1, 2, 3, 4]), (s3, s3b))
    C.InputProjectionWrapper(R.GRUCell(3), 6, activation=tf.tanh)(i, s3)
    C.OutputProjectionWrapper(R.GRUCell(3), 6, activation=tf.tanh)(i, s3)
with tf.variable_scope('s28'):  # stack bidir
    C.stack_bidirectional_rnn([R.GRUCell(2)] * 1 + [R.GRUCell(3)], [R.GRUCell(2), R.GRUCell(3)], tf.unstack(x,
            axis=1), dtype=tf.float32)
    C.stack_bidirectional_dynamic_rnn([R.GRUCell(2)], [R.GRUCell(2)], x, initial_states_fw=[s3[:, :2]],
                                      initial_states_bw=[s3[:, :2]], sequence_length=n, dtype=tf.float32, scope='z')
