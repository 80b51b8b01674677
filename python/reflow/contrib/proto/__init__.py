"""`tf.contrib.proto`: fields of serialized messages as tensors, and back."""
from reflow.ops.gen_decode_proto_ops import decode_proto_v2 as decode_proto
from reflow.ops.gen_encode_proto_ops import encode_proto

__all__ = ['decode_proto', 'encode_proto']
