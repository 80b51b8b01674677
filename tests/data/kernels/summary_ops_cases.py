# Cases of ops that make summaries; read by generate_kernels.py.
LEFT_OUT = set()
for values in (f32(1.5), f32([1, 2]), np.float64(-0.0), i64(3), np.uint8(200), np.int8(-1), np.float16(0.1), i32([[1], [2]])):
    values = np.asarray(values)
    case('ScalarSummary', strings(np.full(values.shape, 'loss', object)), values)
case('ScalarSummary', strings(['a', 'b']), f32([0, float('nan')]))
case('ScalarSummary', strings(''), f32(float('inf')))
case('ScalarSummary', strings('a'), f32([1]))
case('ScalarSummary', strings(['a']), f32([1, 2]))
case('ScalarSummary', strings(['a', 'b']), f32([1]))
for values in (f32([0, 1, -1, 1e-13, 1e21, -1e21, 1e-12, 1.1e-12, 0.5, 0.5]), f32([]), f32(3), i32([[1, 2], [2, 1000]]),
               np.array([1e300, -1e300, 1e-300], np.float64), np.array([1, 2, 65504], np.float16), f32([-0.0]),
               f32([1, float('nan')]), f32([float('inf'), float('nan')]), f32([float('-inf')]), np.uint8([0, 255]),
               f32(np.random.RandomState(1).randn(500)), i64([2 ** 62, -2 ** 62])):
    case('HistogramSummary', strings('weights'), values)
case('HistogramSummary', strings(['weights']), f32([1]))
case('HistogramSummary', strings(['a', 'b']), f32([1]))
case('HistogramSummary', strings(''), f32([1]))

R = np.random.RandomState(2)
for channels in (1, 3, 4):
    case('ImageSummary', strings('im'), R.randint(0, 256, (2, 5, 4, channels)).astype(np.uint8))
    case('ImageSummary', strings('im'), R.uniform(0, 3, (4, 3, 4, channels)).astype(np.float32), max_images=2)
    case('ImageSummary', strings('im'), R.uniform(-1, 3, (1, 3, 4, channels)).astype(np.float32), max_images=1)
bad = R.uniform(-1, 1, (2, 3, 2, 3)).astype(np.float32)
bad[0, 1, 1, 1] = float('nan')
bad[1, 0, 0, 0] = float('-inf')
case('ImageSummary', strings('im'), bad)
case('ImageSummary', strings('im'), bad[..., :1], bad_color=np.uint8([7]))
case('ImageSummary', strings('im'), bad, bad_color=np.uint8([7]))
case('ImageSummary', strings('im'), bad[:, :, :, 0])
case('ImageSummary', strings('im'), bad[:, :, :, :2])
case('ImageSummary', strings(['im']), bad)
case('ImageSummary', strings(['a', 'b']), bad)
case('ImageSummary', strings('im'), R.uniform(-1, 1, (1, 6, 6, 1)).astype(np.float64))
case('ImageSummary', strings('im'), R.uniform(-1, 1, (1, 6, 6, 1)).astype(np.float16))
case('ImageSummary', strings('im'), np.zeros((1, 2, 2, 1), np.float32))
case('ImageSummary', strings('im'), np.zeros((0, 2, 2, 1), np.float32))
case('ImageSummary', strings('im'), np.zeros((1, 0, 2, 1), np.float32))
case('ImageSummary', strings('im'), R.randint(0, 256, (1, 28, 28, 1)).astype(np.uint8))

sound = R.uniform(-1.2, 1.2, (4, 10, 2)).astype(np.float32)
for shape in (sound, sound[:, :, 0], sound[:1], sound[:, :0], sound[0, :, 0], sound[None]):
    case('AudioSummaryV2', strings('au'), shape, f32(44100))
    case('AudioSummary', strings('au'), shape, sample_rate=8000.5)
case('AudioSummaryV2', strings('au'), sound, f32(16000), max_outputs=1)
case('AudioSummaryV2', strings('au'), sound, f32(0))
case('AudioSummaryV2', strings('au'), sound, f32(-5))
case('AudioSummaryV2', strings('au'), sound, f32([1, 2]))
case('AudioSummaryV2', strings(['a', 'b']), sound, f32(1))

for value in (f32([[1, 2], [3, 4]]), strings(['a', b'\xff']), i32(3), f32([]), np.array([True])):
    case('TensorSummary', value)
    case('TensorSummaryV2', strings('ts'), value, strings(''))
case('TensorSummary', f32(1), description='d', labels=['x'], display_name='n')
metadata = tf.SummaryMetadata(display_name='shown', summary_description='what it is',
                              plugin_data=tf.SummaryMetadata.PluginData(plugin_name='text', content=b'\x00')).SerializeToString()
case('TensorSummaryV2', strings('ts'), strings(['text']), strings(metadata))
case('TensorSummaryV2', strings('ts'), strings(['text']), strings(b'\xff\xff'))
case('TensorSummaryV2', strings(['ts', 'x']), f32(1), strings(metadata))
case('TensorSummaryV2', strings('ts'), f32(1), strings([metadata]))

one = tf.Summary(value=[tf.Summary.Value(tag='a', simple_value=1)]).SerializeToString()
two = tf.Summary(value=[tf.Summary.Value(tag='b', simple_value=2), tf.Summary.Value(node_name='n', simple_value=3)]).SerializeToString()
case('MergeSummary', [strings(one)])
case('MergeSummary', [strings(one), strings(two)])
case('MergeSummary', [strings([one, two]), strings([])])
case('MergeSummary', [strings(two), strings(one), strings(two)])
case('MergeSummary', [strings(one), strings(b'junk')])
case('MergeSummary', [strings(''), strings(one)])
