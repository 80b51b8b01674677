#pragma once

#include <string>

namespace reflow {

// What a Variant holds that has been read from a file or a message, or is to go there: the bytes of its
// VariantTensorDataProto.
struct SerializedVariant {
  std::string bytes;
};

}  // namespace reflow
