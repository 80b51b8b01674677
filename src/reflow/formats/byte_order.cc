#include "reflow/formats/byte_order.h"

#include <algorithm>

namespace reflow::formats {

void swap_bytes(Tensor& tensor) {
  // A complex number is two numbers.
  const int64_t size = dtype_size(tensor.dtype()) / (is_complex(tensor.dtype()) ? 2 : 1);
  char* p = static_cast<char*>(tensor.raw_data());
  for (char* const end = p + tensor.size_bytes(); size > 1 && p < end; p += size) std::reverse(p, p + size);
}

}  // namespace reflow::formats
