#pragma once

#include <tensorflow/core/framework/tensor_slice.pb.h>

#include "reflow/formats/tensor_slice.h"

namespace reflow::formats {

// TensorSliceProto to and fro. InvalidArgument: a negative start or length.
void slice_to_proto(const TensorSlice& slice, tensorflow::TensorSliceProto* proto);
StatusOr<TensorSlice> slice_from_proto(const tensorflow::TensorSliceProto& proto);

}  // namespace reflow::formats
