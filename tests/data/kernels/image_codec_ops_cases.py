# Cases of ops that read and write image and sound files; read by generate_kernels.py.
import base64 as _base64
exec(open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'images.py')).read())
IMAGES = {name: _base64.b64decode(text) for name, text in IMAGES.items()}
LEFT_OUT = set()


def data(name):
    return strings(IMAGES[name])


for name in IMAGES:
    kind = name.split('_')[0]
    if kind == 'png':
        for channels in (0, 1, 2, 3, 4):
            case('DecodePng', data(name), channels=channels)
        case('DecodePng', data(name), dtype=tf.uint16)
        case('DecodePng', data(name), channels=3, dtype=tf.uint16)
    elif kind == 'jpeg':
        for channels in (0, 1, 3):
            case('DecodeJpeg', data(name), channels=channels)
        case('DecodeJpeg', data(name), ratio=2)
        case('DecodeJpeg', data(name), ratio=8, channels=1)
        case('DecodeJpeg', data(name), fancy_upscaling=False)
        case('DecodeJpeg', data(name), dct_method='INTEGER_FAST')
        case('DecodeJpeg', data(name), dct_method='INTEGER_ACCURATE')
        case('ExtractJpegShape', data(name))
        case('ExtractJpegShape', data(name), output_type=tf.int64)
        case('DecodeAndCropJpeg', data(name), i32([1, 2, 5, 7]))
    elif kind == 'gif':
        case('DecodeGif', data(name))
        case('DecodePng', data(name))
        case('DecodeJpeg', data(name))
    elif kind == 'bmp':
        for channels in (0, 1, 3, 4):
            case('DecodeBmp', data(name), channels=channels)
for name in ('png_rgb', 'jpeg_rgb'):
    case('DecodeGif', data(name))
    case('DecodePng', data(name))
    case('DecodeJpeg', data(name), channels=3)
    case('DecodeBmp', data(name))
rgb, png, gif, bmp = IMAGES['jpeg_rgb'], IMAGES['png_rgb'], IMAGES['gif_three'], IMAGES['bmp_rgb']
for broken in (b'', b'junk', rgb[:100], rgb[:400], rgb[:-40], rgb[:-2]):
    case('DecodeJpeg', strings(broken))
    case('ExtractJpegShape', strings(broken))
case('DecodeJpeg', strings(rgb[:-40]), try_recover_truncated=True)
case('DecodeJpeg', strings(rgb[:-40]), try_recover_truncated=True, acceptable_fraction=0.5)
case('DecodeJpeg', strings(rgb[:-40]), acceptable_fraction=0.5)
for broken in (b'', b'junk', png[:8], png[:40], png[:-20], png[:60] + b'xxxx' + png[64:]):
    case('DecodePng', strings(broken))
for broken in (b'', b'junk', gif[:30], gif[:200], gif[:-1]):
    case('DecodeGif', strings(broken))
for broken in (b'', b'BM', bmp[:40], bmp[:60], bmp[:-1]):
    case('DecodeBmp', strings(broken))
case('DecodeJpeg', strings([rgb]))
case('DecodePng', strings([png]))
case('DecodeJpeg', data('jpeg_rgb'), channels=4)
case('DecodeJpeg', data('jpeg_rgb'), ratio=3)
case('DecodeJpeg', data('jpeg_rgb'), dct_method='FAST')
case('DecodePng', data('png_rgb'), channels=5)
for window in ([0, 0, 9, 13], [0, 0, 10, 13], [-1, 0, 2, 2], [0, 0, 0, 2], [8, 12, 1, 1], [1, 2, 3]):
    case('DecodeAndCropJpeg', data('jpeg_rgb'), i32(window))
case('DecodeAndCropJpeg', data('jpeg_444'), i32([2, 3, 4, 5]), channels=1)

R = np.random.RandomState(3)
for channels in (1, 2, 3, 4):
    image = R.randint(0, 256, (5, 6, channels)).astype(np.uint8)
    case('EncodePng', image)
    case('EncodePng', image.astype(np.uint16) * 201, compression=9)
case('EncodePng', image, compression=0)
case('EncodePng', image, compression=10)
case('EncodePng', image[0])
case('EncodePng', image[:0])
case('EncodePng', R.randint(0, 256, (2, 2, 5)).astype(np.uint8))
for channels in (1, 3):
    image = np.tile(np.arange(20)[:, None, None] * 9, (1, 17, channels)).astype(np.uint8)
    case('EncodeJpeg', image)
    case('EncodeJpeg', image, quality=40, progressive=True)
    case('EncodeJpeg', image, optimize_size=True, chroma_downsampling=False)
    case('EncodeJpeg', image, density_unit='cm', x_density=72, y_density=96)
    case('EncodeJpeg', image, xmp_metadata='<x/>')
    case('EncodeJpeg', image, format='grayscale')
    case('EncodeJpeg', image, format='rgb')
for quality in (0, 50, 100, 101, -1, [50]):
    case('EncodeJpegVariableQuality', image, i32(quality))
case('EncodeJpegVariableQuality', image[:, :, :1], i32(80))
case('EncodeJpeg', image, quality=101)
case('EncodeJpeg', image[:, :, :2])
case('EncodeJpeg', image[0])
case('EncodeJpeg', image, x_density=-1)

sound = f32(R.uniform(-1, 1, (6, 2)))
case('EncodeWav', sound, i32(44100))
case('EncodeWav', sound[:, :1], i32(8000))
case('EncodeWav', sound[:, 0], i32(8000))
case('EncodeWav', sound, i32([8000]))
case('EncodeWav', sound[:0], i32(8000))
wav = b'RIFF\x2c\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x02\x00\x40\x1f\x00\x00\x00\x7d\x00\x00\x04\x00\x10\x00data\x08\x00\x00\x00\x00\x80\xff\x7f\x00\x00\x34\x12'
for attrs in ({}, dict(desired_channels=1), dict(desired_channels=2), dict(desired_channels=3), dict(desired_samples=1),
              dict(desired_samples=4), dict(desired_channels=1, desired_samples=3)):
    case('DecodeWav', strings(wav), **attrs)
for broken in (b'', b'junk', wav[:30], wav[:46], wav[:-1], wav.replace(b'fmt ', b'fmx '), wav.replace(b'data', b'dada')):
    case('DecodeWav', strings(broken))
case('DecodeWav', strings([wav]))
