#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reflow/base/status.h"

namespace reflow::io {

// The paths that match `pattern`, sorted: * ? [abc] [!abc] and backslash, none of which matches a slash. Paths below the
// working folder begin with "./". NotFound: the folder before the first wildcard doesn't exist.
StatusOr<std::vector<std::string>> matching_files(std::string_view pattern);

}  // namespace reflow::io
