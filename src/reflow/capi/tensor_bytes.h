#pragma once

// Tensors whose elements the C interface lays down as bytes: strings and resource handles.

#include <string>

#include "reflow/base/status.h"
#include "reflow/tensor/tensor.h"

namespace reflow::capi {

// Strings: an offset for each element, then lengths as varints and texts. InvalidArgument: "Malformed TF_STRING tensor;
// too short to hold number of elements", "...; element {} out of range", "invalid string encoding or truncated src buffer".
StatusOr<Tensor> read_strings(const Shape& shape, const void* data, size_t size_bytes);
size_t size_of_strings(const Tensor& tensor);
void write_strings(const Tensor& tensor, char* to);

// A scalar as a ResourceHandleProto. InvalidArgument: "Malformed TF_RESOURCE tensor: ...".
StatusOr<Tensor> read_resource(const Shape& shape, const void* data, size_t size_bytes);
StatusOr<std::string> resource_bytes(const Tensor& tensor);

}  // namespace reflow::capi
