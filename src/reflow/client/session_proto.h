#pragma once

#include <string>

#include "reflow/client/session.h"

namespace reflow::runtime {
class SessionBackend;
}

namespace reflow::client {

// `config` as a serialized ConfigProto, as far as that has words for it.
std::string config_proto_of(const SessionConfig& config);

// What runs the session, for bindings that know the rooms below. Lives as long as the session.
runtime::SessionBackend& backend_of(const Session& session);

}  // namespace reflow::client
