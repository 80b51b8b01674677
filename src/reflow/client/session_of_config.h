#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reflow/client/session.h"

namespace reflow {

// A session as `options` say, but for the config, which is a serialized ConfigProto: masters ("grpc://host:port") are
// told all of it. ValueError: not a ConfigProto.
Session session_of_config(const SessionOptions& options, std::string_view config_proto);

// Ends the sessions of a master, with the variables and queues of these containers, or of the default one. config_proto
// may have device_filters. NotFoundError: the target is none.
void reset_target(const std::string& target, const std::vector<std::string>& containers, std::string_view config_proto = {});

// A device of a session.
struct SessionDevice {
  std::string name, type;
  int64_t memory_limit_bytes = 0;
  uint64_t incarnation = 0;
};
std::vector<SessionDevice> devices_of(const Session& session);

}  // namespace reflow
