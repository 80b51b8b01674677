#pragma once

// The only header of tensor/ that knows protocol buffers: TensorProto and TensorShapeProto to and fro.

#include "reflow/base/status.h"
#include "reflow/tensor/serialized_variant.h"
#include "reflow/tensor/shape.h"
#include "reflow/tensor/tensor.h"

namespace tensorflow {
class TensorProto;
class TensorShapeProto;
}  // namespace tensorflow

namespace reflow {

// How elements are laid down in a TensorProto.
enum class TensorForm {
  // As tf.make_tensor_proto does: tensor_content for more than one element of most number types, else one value for
  // each element. A tensor that came from a proto, or from repeated(), is written as that proto was.
  kPython,
  kFields,      // one value for each element
  kContent,     // tensor_content
  kCompressed,  // values, the last repeated, where that is less than half of the elements; else as kContent
};

// The tensor of a proto. A shorter list of values is filled up with its last, an empty one means zeros, a longer one is
// cut. InvalidArgument: unknown type, bad shape, tensor_content of the wrong size. ResourceExhausted: no memory.
// Variants are kept as they are written (see SerializedVariant); nothing but tensor_to_proto understands them.
StatusOr<Tensor> tensor_from_proto(const tensorflow::TensorProto& proto);

// InvalidArgument: more than the 2 GB that a proto holds. Unimplemented: a variant that came from no proto.
Status tensor_to_proto(const Tensor& tensor, tensorflow::TensorProto* proto, TensorForm form = TensorForm::kPython);

// The shape with unknown dimensions or rank. InvalidArgument: "Shape [..] has negative dimensions",
// "Shape [..] is too large (more than 2**63 - 1 entries)", "Shape .. has too many dimensions".
StatusOr<Shape> shape_from_proto(const tensorflow::TensorShapeProto& proto);
void shape_to_proto(const Shape& shape, tensorflow::TensorShapeProto* proto);

// `value`, one element, repeated to `shape`, as tf.constant(value, shape) has it: written as one value. Errors as of
// allocate_tensor.
StatusOr<Tensor> repeated(const Tensor& value, const Shape& shape);

}  // namespace reflow
