# Cases of ops of the core that are rarely met: quantized numbers, ragged tensors, sound, clusters, names of old graphs;
# read by generate_kernels.py.
LEFT_OUT = {'KmeansPlusPlusInitialization/c2'}  # two points are equally good but for rounding
RANDOM = np.random.RandomState(7)
ZERO = f32(0)


def some(*shape):
    return f32(RANDOM.uniform(-2, 2, shape))


def bytes_of(*shape):
    return quantized(RANDOM.randint(0, 256, shape), tf.quint8)


def ints(low, high, *shape):
    return quantized(RANDOM.randint(low, high, shape), tf.qint32)


# Einsum
for equation, shapes in (('ij,jk->ik', [(2, 3), (3, 4)]), ('ij,kj->ki', [(2, 3), (4, 3)]), ('...ij,...jk->...ik', [(5, 2, 3), (1, 3, 4)]),
                         ('ii->i', [(3, 3)]), ('ii->', [(3, 3)]), ('i->ii', [(3,)]), ('ij->ji', [(2, 3)]), ('ij->j', [(2, 3)]),
                         ('i,i->', [(3,), (3,)]), ('i,j->ij', [(3,), (2,)]), ('bij,bjk->bik', [(2, 3, 4), (2, 4, 5)]), ('a1->a', [(2, 3)]),
                         ('...i->...', [(2, 3)]), ('i...,j...->ij...', [(2, 3), (4, 3)]), ('ijj,k->ik', [(2, 3, 3), (4,)]),
                         ('ij,ij->ij', [(2, 3), (2, 3)]), ('->', [()]), (',->', [(), ()]), ('ij,ij->iji', [(2, 3), (2, 3)]),
                         ('...ij->i...j', [(5, 2, 3)]), ('...,...->...', [(5, 1), (1, 4)]), ('...i,i->...', [(5, 3), (3,)]),
                         ('ij,jk->ik', [(2, 0), (0, 4)]), ('ij->i', [(2, 0)]), ('bij,bik->bkj', [(2, 0, 3), (2, 0, 2)]),
                         ('ij,jk->ik', [(2, 3), (4, 4)]), ('i->', [(2, 3)]), ('i...->i', [(2, 3)]), ('iij->ij', [(3, 2, 2)]),
                         ('ij,jk,kl->il', [(2, 3), (3, 4), (4, 5)]), ('ij->k', [(2, 3)])):
    case('Einsum', [some(*s) for s in shapes], equation=equation)
case('Einsum', [some(2, 3).astype(np.float64), some(3, 2).astype(np.float64)], equation='ij,jk->ki')
case('Einsum', [(some(2, 3) + 1j * some(2, 3)).astype(np.complex64), (some(3, 2)).astype(np.complex64)], equation='ij,jk->ik')

# Ragged tensors
splits = i64([0, 2, 2, 5])
case('RaggedRange', i32([0, 5, 8]), i32([3, 5, 12]), i32(1))
case('RaggedRange', i32([10, 5]), i32(0), i32([-3, -5]), Tsplits=tf.int32)
case('RaggedRange', f32([0, 1.5]), f32([1, 3.2]), f32([.25, .5]))
case('RaggedRange', i64(3), i64(9), i64(2))
case('RaggedRange', i32([0, 1]), i32([3, 4]), i32([1, 0]))
case('RaggedRange', i32([0, 1]), i32([3, 4, 5]), i32(1))
case('RaggedRange', i32([[0, 1]]), i32([3, 4]), i32(1))
case('RaggedTensorToSparse', [splits], f32([1, 2, 3, 4, 5]))
case('RaggedTensorToSparse', [i64([0, 1, 3]), splits], some(5, 2))
case('RaggedTensorToSparse', [i32([0, 2, 2, 5])], strings([b'a', b'b', b'c', b'd', b'e']))
case('RaggedTensorToSparse', [i64([0])], f32([]))
case('RaggedGather', [splits], f32([1, 2, 3, 4, 5]), i32([2, 0, 2]), OUTPUT_RAGGED_RANK=1)
case('RaggedGather', [splits], some(5, 2), i64([[2, 1], [0, 0]]), OUTPUT_RAGGED_RANK=2)
case('RaggedGather', [i64([0, 1, 3]), splits], f32([1, 2, 3, 4, 5]), i32([1, 0, 1]), OUTPUT_RAGGED_RANK=2)
case('RaggedGather', [splits], f32([1, 2, 3, 4, 5]), i32(2), OUTPUT_RAGGED_RANK=0)
case('RaggedGather', [splits], strings([b'a', b'b', b'c', b'd', b'e']), i32([2]), OUTPUT_RAGGED_RANK=1)
case('RaggedGather', [splits], f32([1, 2, 3, 4, 5]), i32([0, 3]), OUTPUT_RAGGED_RANK=1)
case('RaggedGather', [i64([1, 2, 2, 5])], f32([1, 2, 3, 4, 5]), i32([0]), OUTPUT_RAGGED_RANK=1)
for shape in (i64([-1, -1]), i64([4, 2]), i64([2, -1]), i64(-1)):
    case('RaggedTensorToTensor', shape, f32([1, 2, 3, 4, 5]), f32(9), [splits], row_partition_types=['ROW_SPLITS'])
    case('RaggedTensorToTensor', shape, f32([1, 2, 3, 4, 5]), f32(9), [i64(4), i64([0, 0, 2, 2, 2])],
         row_partition_types=['FIRST_DIM_SIZE', 'VALUE_ROWIDS'])
case('RaggedTensorToTensor', i64([-1, -1, 2]), some(5, 2), f32([7, 8]), [splits], row_partition_types=['ROW_SPLITS'])
case('RaggedTensorToTensor', i64([-1, -1, -1]), f32([1, 2, 3, 4, 5]), f32(0), [i64([0, 1, 3]), splits],
     row_partition_types=['ROW_SPLITS', 'ROW_SPLITS'])
case('RaggedTensorToTensor', i64([2, 3]), strings([b'a', b'b', b'c', b'd', b'e']), strings(b'-'), [splits], row_partition_types=['ROW_SPLITS'])
case('RaggedTensorToTensor', i64([-1, -1]), f32([1, 2]), f32(9), [i64(1), i64([0, 3])], row_partition_types=['FIRST_DIM_SIZE', 'VALUE_ROWIDS'])
case('RaggedTensorToTensor', i64([-1, -1]), f32([1, 2]), f32(9), [i64([0, 0])], row_partition_types=['VALUE_ROWIDS'])

# Quantized numbers
R = (f32(-3), f32(5))
S = (f32(-1), f32(2))
case('QuantizedAdd', bytes_of(2, 3), bytes_of(2, 3), *(R + S))
case('QuantizedAdd', bytes_of(2, 3), bytes_of(3), *(R + S))
case('QuantizedAdd', bytes_of(2, 3), bytes_of(), *(S + R))
case('QuantizedMul', bytes_of(2, 3), bytes_of(2, 3), *(R + S))
case('QuantizedMul', bytes_of(3), bytes_of(2, 3), *(R + S))
case('QuantizedMul', bytes_of(2, 3), bytes_of(), *(S + R))
case('QuantizedBiasAdd', bytes_of(2, 2, 3), bytes_of(3), *(R + S), out_type=tf.qint32)
case('QuantizedBiasAdd', quantized(RANDOM.randint(-128, 128, (2, 3)), tf.qint8), quantized([3, -4, 100], tf.qint8), *(R + S), out_type=tf.qint32)
case('QuantizedBiasAdd', bytes_of(2, 3), bytes_of(4), *(R + S), out_type=tf.qint32)
for op in ('QuantizedRelu', 'QuantizedRelu6'):
    case(op, bytes_of(4, 5), *R, out_type=tf.quint8)
    case(op, bytes_of(4, 5), f32(-3), f32(9), out_type=tf.quint8)
    case(op, ints(-2**31, 2**31 - 1, 4, 5), f32(-30), f32(20), out_type=tf.qint32)
case('QuantizedMatMul', bytes_of(2, 3), bytes_of(3, 4), *(R + S))
case('QuantizedMatMul', bytes_of(3, 2), bytes_of(4, 3), *(R + S), transpose_a=True, transpose_b=True)
case('QuantizedMatMul', bytes_of(17, 70), bytes_of(70, 33), *(R + S))
case('QuantizedMatMul', bytes_of(2, 3), bytes_of(4, 3), *(R + S))
case('QuantizedMatMul', bytes_of(2, 3, 1), bytes_of(3, 4), *(R + S))
for padding in ('SAME', 'VALID'):
    case('QuantizedConv2D', bytes_of(2, 5, 6, 3), bytes_of(3, 3, 3, 2), *(R + S), strides=[1, 1, 1, 1], padding=padding)
    case('QuantizedConv2D', bytes_of(1, 5, 6, 3), bytes_of(2, 3, 3, 2), *(S + R), strides=[1, 2, 2, 1], padding=padding)
    case('QuantizedMaxPool', bytes_of(2, 5, 6, 3), *R, ksize=[1, 2, 3, 1], strides=[1, 2, 2, 1], padding=padding)
    case('QuantizedAvgPool', bytes_of(2, 5, 6, 3), *R, ksize=[1, 2, 3, 1], strides=[1, 2, 1, 1], padding=padding)
case('QuantizedConcat', i32(0), [bytes_of(2, 3), bytes_of(1, 3)], [f32(-1), f32(-1)], [f32(2), f32(2)])
case('QuantizedConcat', i32(1), [bytes_of(2, 3), bytes_of(2, 1)], [f32(-1), f32(-3)], [f32(2), f32(1)])
case('QuantizedConcat', i32(-1), [ints(-10**9, 10**9, 2, 3), ints(-10**9, 10**9, 2, 1)], [f32(-1), f32(-3)], [f32(2), f32(1)])
case('QuantizedConcat', i32(2), [bytes_of(2, 3), bytes_of(2, 1)], [f32(-1), f32(-3)], [f32(2), f32(1)])
case('QuantizedReshape', bytes_of(2, 3), i32([3, -1]), *R)
case('QuantizedReshape', bytes_of(2, 3), i32([4]), *R)
for keys in ({}, {'align_corners': True}):
    case('QuantizedResizeBilinear', bytes_of(1, 3, 4, 2), i32([5, 7]), *R, **keys)
    case('QuantizedResizeBilinear', bytes_of(1, 3, 4, 2), i32([2, 2]), *R, **keys)
    case('QuantizedResizeBilinear', some(1, 3, 4, 2), i32([5, 7]), *R, **keys)
case('QuantizedResizeBilinear', bytes_of(1, 3, 4, 2), i32([5, 7]), *R, half_pixel_centers=True)
case('QuantizedResizeBilinear', bytes_of(1, 3, 4, 9), i32([6, 8]), *R)
case('QuantizedInstanceNorm', bytes_of(2, 4, 5, 3), *R)
case('QuantizedInstanceNorm', bytes_of(1, 4, 5, 3), *R, output_range_given=True, given_y_min=-1., given_y_max=1.)
case('QuantizedInstanceNorm', bytes_of(1, 4, 5, 3), f32(1), f32(1))
case('QuantizedBatchNormWithGlobalNormalization', bytes_of(1, 2, 3, 2), f32(-10), f32(10), bytes_of(2), f32(-3), f32(3), bytes_of(2), f32(0), f32(4),
     bytes_of(2), f32(-2), f32(2), bytes_of(2), f32(-1), f32(3), out_type=tf.qint32, variance_epsilon=.1, scale_after_normalization=True)
case('QuantizedBatchNormWithGlobalNormalization', bytes_of(1, 2, 3, 2), f32(-10), f32(10), bytes_of(2), f32(-3), f32(3), bytes_of(2), f32(0), f32(4),
     bytes_of(2), f32(-2), f32(2), bytes_of(2), f32(-1), f32(3), out_type=tf.qint32, variance_epsilon=.1, scale_after_normalization=False)
wide = ints(-2**30, 2**30, 4, 5)
case('Requantize', wide, f32(-50), f32(60), f32(-20), f32(25), out_type=tf.quint8)
case('Requantize', wide, f32(-50), f32(60), f32(-20), f32(25), out_type=tf.qint8)
case('Requantize', wide, f32(-50), f32(60), f32(1), f32(25), out_type=tf.quint8)
case('Requantize', wide, f32(-50), f32(60), f32(-1), f32(-25), out_type=tf.quint8)
case('RequantizationRange', wide, f32(-50), f32(60))
case('RequantizationRange', quantized([5, 1000000], tf.qint32), f32(-50), f32(60))
case('QuantizeDownAndShrinkRange', wide, f32(-50), f32(60), out_type=tf.quint8)
case('QuantizeDownAndShrinkRange', quantized([5, 1000000, 77777], tf.qint32), f32(-5), f32(60), out_type=tf.quint8)

# Convolution of padded and resized images; of a batch TensorFlow pads the first image only as it should
pads = i32([[0, 0], [1, 2], [2, 1], [0, 0]])
for mode in ('REFLECT', 'SYMMETRIC'):
    for padding in ('SAME', 'VALID'):
        case('FusedPadConv2D', some(2, 5, 6, 3)[:1], pads, some(3, 2, 3, 2), mode=mode, strides=[1, 1, 1, 1], padding=padding)
        case('FusedResizeAndPadConv2D', some(1, 3, 4, 2), i32([5, 7]), pads, some(3, 2, 2, 2), mode=mode, strides=[1, 1, 1, 1], padding=padding)
case('FusedResizeAndPadConv2D', some(1, 3, 4, 2), i32([5, 7]), pads, some(3, 2, 2, 2), mode='REFLECT', strides=[1, 2, 2, 1], padding='VALID',
     resize_align_corners=True)
case('FusedPadConv2D', some(1, 3, 4, 2), i32([[0, 0], [4, 0], [0, 0], [0, 0]]), some(1, 1, 2, 1), mode='SYMMETRIC', strides=[1, 1, 1, 1], padding='VALID')
case('FusedPadConv2D', some(1, 3, 4, 2), i32([[0, 0], [-1, 0], [0, 0], [0, 0]]), some(1, 1, 2, 1), mode='SYMMETRIC', strides=[1, 1, 1, 1], padding='VALID')

# Sound
sound = f32(np.sin(np.arange(200) * .7)[:, None] * [.5, .3] + RANDOM.uniform(-.1, .1, (200, 2)))
case('AudioSpectrogram', sound[:, :1], window_size=32, stride=16)
case('AudioSpectrogram', sound[:32, :1], window_size=32, stride=16)
case('AudioSpectrogram', sound[:, :1], window_size=16, stride=16)
case('AudioSpectrogram', sound[:, :1], window_size=33, stride=20, magnitude_squared=True)
case('AudioSpectrogram', sound, window_size=1, stride=16)
spectra = f32(RANDOM.uniform(0, 3, (2, 3, 65)))
case('Mfcc', spectra, i32(16000))
case('Mfcc', spectra, i32(8000), upper_frequency_limit=3500., lower_frequency_limit=100., filterbank_channel_count=20, dct_coefficient_count=7)
case('Mfcc', f32(np.zeros((1, 2, 65))), i32(16000))

# Clusters
points = some(9, 3)
for retries in (0, 2, -1):
    case('KmeansPlusPlusInitialization', points, i64(4), i64(11), i64(retries))
case('KmeansPlusPlusInitialization', points, i64(10), i64(11), i64(0))
case('KmeansPlusPlusInitialization', points, i64(0), i64(11), i64(0))
for seed in (1, 2, 3):
    case('KMC2ChainInitialization', f32(RANDOM.uniform(0, 3, 20)), i64(seed))
case('KMC2ChainInitialization', f32([]), i64(1))
for k in (1, 3, 9, 0):
    case('NearestNeighbors', points, some(5, 3), i64(k))
case('NearestNeighbors', points, some(5, 2), i64(1))
case('NearestNeighbors', points, some(5, 3), i64(-1))

# Debuggers
strange = f32([[1, -2, 0, np.nan], [np.inf, -np.inf, 5, 3]])
case('Copy', strange)
case('CopyHost', strings([b'a', b'b']))
case('DebugIdentity', strange, tensor_name='x:0')
case('DebugGradientIdentity', strange)
case('DebugNanCount', strange, tensor_name='x:0')
case('DebugNanCount', i32([1, 2]), tensor_name='x:0')
case('DebugNanCount', i32([1, 2]), tensor_name='x:y')
case('DebugNanCount', i32([1, 2]))
case('DebugNumericSummary', strange, tensor_name='x:0')
case('DebugNumericSummary', i32([[1, -2, 0]]), tensor_name='x:0')
case('DebugNumericSummary', f32([]), tensor_name='x:0')
case('DebugNumericSummary', strange, lower_bound=-1., upper_bound=4., tensor_name='x:0')
case('DebugNumericSummary', f32([1, 2]), mute_if_healthy=True, tensor_name='x:0')

# Names of old graphs
matrix = f32([[4, 1, .5], [1, 3, -1], [.5, -1, 5]])
for op in ('BatchCholesky', 'BatchMatrixInverse', 'BatchMatrixDeterminant'):
    case(op, np.stack([matrix, matrix * 2]), producer=7)
    case(op, matrix[:2], producer=7)
case('BatchCholeskyGrad', np.linalg.cholesky(matrix), some(3, 3), producer=7)
case('BatchMatrixSolve', matrix, some(3, 2), producer=7)
case('BatchMatrixSolve', matrix, some(3, 2), adjoint=True, producer=7)
case('BatchMatrixTriangularSolve', matrix, some(3, 2), lower=False, producer=7)
case('BatchMatrixSolveLs', some(4, 3), some(4, 2), np.float64(.1), producer=7)
case('MatrixExponential', np.stack([matrix, -matrix]), producer=7)
case('MatrixExponential', (matrix * 1j).astype(np.complex64), producer=7)
case('MatrixExponential', matrix[:2], producer=7)
image = RANDOM.randint(0, 100, (2, 3, 4, 3))
for t in (np.uint8, np.int32, np.float32, np.float64):
    case('AdjustContrast', image.astype(t), f32(2), f32(3), f32(70), producer=1)
case('AdjustContrast', f32(image[0, 0]), f32(2), f32(3), f32(70), producer=1)
case('AdjustContrast', f32(image), f32([2]), f32(3), f32(70), producer=1)
case('AdjustContrast', f32(image), f32(2), f32([3]), f32(70), producer=1)
case('RandomCrop', f32(image[0]), i64([2, 2]), seed=3, seed2=5, producer=7)
case('RandomCrop', image[0].astype(np.uint8), i64([3, 2]), seed=3, seed2=5, producer=7)
case('RandomCrop', f32(image[0]), i64([4, 2]), seed=3, seed2=5, producer=7)
case('RandomCrop', f32(image[0]), i64([2, 2, 3]), seed=3, seed2=5, producer=7)
normed = [some(2, 2, 3, 2), f32([.1, .2]), f32([1, 2]), f32([3, 4]), f32([.5, .7])]
for scale in (True, False):
    case('BatchNormWithGlobalNormalization', *normed, variance_epsilon=.1, scale_after_normalization=scale, producer=7)
    case('BatchNormWithGlobalNormalizationGrad', *(normed[:3] + normed[4:] + [some(2, 2, 3, 2)]), variance_epsilon=.1,
         scale_after_normalization=scale, producer=7)
case('BatchNormWithGlobalNormalization', normed[0][0], *normed[1:], variance_epsilon=.1, scale_after_normalization=True, producer=7)
