"""Layers of Keras: outputs under a seed, names and shapes of weights, configurations."""
import numpy as np
import tensorflow as tf

K, L = tf.keras.backend, tf.keras.layers
tf.logging.set_verbosity(tf.logging.ERROR)
image, sequence, vector = (2, 6, 5, 3), (2, 6, 4), (3, 5)


def show(expression, *shapes, config=True, training=False, ints=False):
    K.clear_session()
    tf.set_random_seed(4)
    np.random.seed(4)
    inputs = [L.Input(shape[1:]) for shape in shapes]
    layer = eval(expression, {'L': L, 'tf': tf, 'K': K})
    output = layer(inputs[0] if len(inputs) == 1 else inputs)
    random = np.random.RandomState(1)
    values = [random.randint(0, 5, shape) if ints else random.randn(*shape).astype('f') for shape in shapes]
    function = K.function(inputs + [K.learning_phase()], tf.nest.flatten(output))
    results = function(values + [training])
    print(expression, layer.name, [(w.name, tuple(w.shape.as_list())) for w in layer.weights])
    for tensor, result in zip(tf.nest.flatten(output), results):
        print('  =', K.int_shape(tensor), np.round(result, 3).ravel()[:6].tolist(), round(float(np.abs(result).mean()), 3))
    print('  ', layer.count_params(), layer.input_shape, layer.output_shape)
    if config:
        again = type(layer).from_config(layer.get_config())
        assert again.get_config() == layer.get_config(), expression
        print('  ', sorted((key, str(value)) for key, value in layer.get_config().items() if key != 'layer' and key != 'function'))


show("L.Dense(4, activation='relu')", vector)
show("L.Activation('tanh')", vector)
show("L.Flatten()", image)
show("L.Reshape((-1, 3))", image)
show("L.Permute((2, 1))", sequence)
show("L.RepeatVector(3)", vector)
show("L.Lambda(lambda x: x * 2)", vector, config=False)
show("L.ActivityRegularization(l1=0.1)", vector)
show("L.Conv1D(3, 2, padding='causal', dilation_rate=2)", sequence)
show("L.Conv2D(4, (3, 2), strides=2, padding='same', use_bias=False)", image)
show("L.Conv2DTranspose(2, 3, strides=2, padding='same')", image)
show("L.SeparableConv2D(4, 3, depth_multiplier=2)", image)
show("L.SeparableConv1D(4, 3)", sequence)
show("L.DepthwiseConv2D(3, depth_multiplier=2, padding='same')", image)
show("L.Conv3D(2, 2)", (1, 3, 4, 3, 2))
show("L.MaxPooling2D()", image)
show("L.AveragePooling2D((3, 2), strides=1, padding='same')", image)
show("L.MaxPooling1D(2)", sequence)
show("L.GlobalAveragePooling2D()", image)
show("L.GlobalMaxPooling1D()", sequence)
show("L.ZeroPadding2D(((1, 0), (2, 1)))", image)
show("L.Cropping2D(((1, 0), (1, 2)))", image)
show("L.UpSampling2D((2, 3), interpolation='bilinear')", image, config=False)
show("L.UpSampling1D(2)", sequence)
show("L.LocallyConnected2D(2, (2, 2))", image)
show("L.LocallyConnected1D(2, 3)", sequence)
show("L.BatchNormalization()", image)
show("L.BatchNormalization(momentum=0.9, scale=False)", sequence, training=True)
show("L.LayerNormalization()", sequence)
show("L.LeakyReLU(0.2)", vector)
show("L.PReLU()", vector)
show("L.ELU(0.5)", vector)
show("L.ThresholdedReLU(0.5)", vector)
show("L.Softmax()", vector)
show("L.ReLU(max_value=1., negative_slope=0.1)", vector)
show("L.Dropout(0.4, seed=3)", vector, training=True)
show("L.SpatialDropout1D(0.4)", sequence)
show("L.GaussianNoise(0.5)", vector, training=True)
show("L.GaussianDropout(0.5)", vector, training=True)
show("L.AlphaDropout(0.5)", vector, training=True)
for merge in ('Add', 'Subtract', 'Multiply', 'Average', 'Maximum', 'Minimum', 'Concatenate'):
    show("L.%s()" % merge, vector, vector)
show("L.Dot(1, normalize=True)", vector, vector)
show("L.Dot((2, 2))", sequence, sequence)
show("L.Attention(use_scale=True)", sequence, sequence)
show("L.AdditiveAttention()", sequence, sequence)
show("L.SimpleRNN(3)", sequence)
show("L.GRU(3, return_sequences=True)", sequence)
show("L.GRU(3, reset_after=True, implementation=2)", sequence)
show("L.LSTM(3, return_state=True)", sequence)
show("L.LSTM(3, unroll=True, go_backwards=True, implementation=2)", sequence)
show("L.RNN([L.LSTMCell(3), L.GRUCell(2)])", sequence, config=False)
show("L.Bidirectional(L.LSTM(3, return_sequences=True))", sequence)
show("L.Bidirectional(L.GRU(3), merge_mode='sum')", sequence)
show("L.TimeDistributed(L.Dense(2))", sequence)
show("L.ConvLSTM2D(2, 3, padding='same')", (1, 3, 4, 4, 2))
show("L.Embedding(5, 3)", vector, ints=True)
show("L.Masking(0.)", sequence)

print('text')
text = tf.keras.preprocessing.text
tokenizer = text.Tokenizer(num_words=6, oov_token='<oov>')
tokenizer.fit_on_texts(['The cat sat on the mat.', 'The dog, the cat!'])
print(tokenizer.word_index, tokenizer.texts_to_sequences(['the cat ate the mat']), tokenizer.sequences_to_texts([[2, 3, 9]]))
for mode in ('binary', 'count', 'freq', 'tfidf'):
    print(mode, np.round(tokenizer.texts_to_matrix(['the cat the dog'], mode), 4).tolist())
print(text.text_to_word_sequence('Some, text; here'), text.hashing_trick('a b c', 10, 'md5'))
pad = tf.keras.preprocessing.sequence.pad_sequences
print(pad([[1, 2, 3], [4]], 2).tolist(), pad([[1, 2, 3], [4]], padding='post', value=-1).tolist())
