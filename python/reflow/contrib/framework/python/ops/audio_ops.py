"""Operations on sound."""
from reflow.ops.gen_audio_ops import audio_spectrogram, decode_wav, encode_wav, mfcc  # noqa: F401
