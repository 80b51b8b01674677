#pragma once

#include <string>

#include "reflow/client/session.h"

namespace reflow::client {

// `config` as a serialized ConfigProto, as far as that has words for it.
std::string config_proto_of(const SessionConfig& config);

}  // namespace reflow::client
