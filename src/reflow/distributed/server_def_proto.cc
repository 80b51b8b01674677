#include "reflow/distributed/server_def_proto.h"

#include "reflow/distributed/server.h"
#include "tensorflow/core/protobuf/tensorflow_server.pb.h"

namespace reflow::distributed {

std::string server_def_of(const std::map<std::string, std::vector<std::string>>& cluster, const std::string& job, int task) {
  tensorflow::ServerDef def;
  for (const auto& [name, addresses] : cluster) {
    tensorflow::JobDef* job_def = def.mutable_cluster()->add_job();
    job_def->set_name(name);
    for (size_t i = 0; i < addresses.size(); ++i) (*job_def->mutable_tasks())[static_cast<int>(i)] = addresses[i];
  }
  def.set_job_name(job);
  def.set_task_index(task);
  def.set_protocol("grpc");
  return def.SerializeAsString();
}

StatusOr<std::shared_ptr<Server>> make_server(std::string_view server_def) {
  tensorflow::ServerDef def;
  if (!def.ParseFromArray(server_def.data(), static_cast<int>(server_def.size()))) {
    return invalid_argument("Could not parse provided bytes into a ServerDef protocol buffer");
  }
  return Server::create(def);
}

}  // namespace reflow::distributed
