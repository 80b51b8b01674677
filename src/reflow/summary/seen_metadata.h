#pragma once

#include <set>
#include <string>
#include <string_view>

#include "reflow/base/status.h"

namespace reflow::summary {

using TagSet = std::set<std::string, std::less<>>;

// The bytes of `summary` without the metadata of tags in `seen`, as a file needs them once; the other tags that have
// metadata go into `seen`. InvalidArgument: the bytes aren't a Summary.
StatusOr<std::string> without_seen_metadata(std::string_view summary, TagSet* seen);

}  // namespace reflow::summary
