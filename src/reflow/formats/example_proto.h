#pragma once

#include <string>
#include <string_view>

#include "reflow/base/status.h"

namespace reflow::formats {

// The bytes of the Example that is written as JSON, as protobuf maps messages to it.
// InvalidArgument: "Error while parsing JSON: {what protobuf says}".
StatusOr<std::string> example_from_json(std::string_view json);

// A serialized Feature in protobuf's text format, for messages.
std::string feature_text(std::string_view bytes);
// A serialized Example, or another message of TensorFlow's records, in protobuf's text format: on one line or several.
// InvalidArgument: the bytes aren't one.
StatusOr<std::string> example_text(std::string_view bytes, bool one_line);

}  // namespace reflow::formats
