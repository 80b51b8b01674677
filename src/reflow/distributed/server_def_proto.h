#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/base/status.h"

// Servers for those who know no protocol buffers.
namespace reflow::distributed {

class Server;

// A serialized ServerDef.
std::string server_def_of(const std::map<std::string, std::vector<std::string>>& cluster, const std::string& job, int task);
// InvalidArgument: not a ServerDef. Others as of Server::create.
StatusOr<std::shared_ptr<Server>> make_server(std::string_view server_def);

}  // namespace reflow::distributed
