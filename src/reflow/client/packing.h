#pragma once

// Lists with symbolic tensors in them become ops.

#include <string_view>

#include "reflow/client/tensor_like.h"

namespace reflow::client {

// The first type that a symbolic tensor or a variable in `value`, nested lists looked through, brings along; kInvalid:
// there is none.
DType symbolic_dtype(const TensorLike& value);

// `list`, in which there is a symbolic tensor, as a Pack called `name`, inner lists first. Where `dtype` (kInvalid:
// symbolic_dtype()) isn't the type of the first tensor, all tensors of other types are cast to it by Casts in the present
// scope. TypeError: it is, and another tensor has another type.
Output pack(const TensorLike& list, DType dtype, std::string_view name);

}  // namespace reflow::client
