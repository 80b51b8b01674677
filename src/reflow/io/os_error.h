#pragma once

#include <string_view>

#include "reflow/base/status.h"

namespace reflow::io {

// What the operating system's error number `error` about `path` is, with TensorFlow's code and text:
// NotFound "/no/such/file; No such file or directory".
Status os_error(std::string_view path, int error);

}  // namespace reflow::io
