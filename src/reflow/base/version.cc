#include "reflow/base/version.h"

namespace reflow {

std::string_view version() { return REFLOW_VERSION; }
std::string_view tensorflow_version() { return "1.15.5"; }

}  // namespace reflow
