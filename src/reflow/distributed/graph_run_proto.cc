#include "reflow/distributed/graph_run_proto.h"

#include <map>

#include "reflow/tensor/tensor_proto.h"
#include "tensorflow/core/protobuf/worker.pb.h"

namespace reflow::distributed {

Status to_proto(const GraphRun& run, tensorflow::RunGraphRequest* proto) {
  proto->set_session_handle(run.session);
  proto->set_create_worker_session_called(run.has_session);
  proto->set_graph_handle(run.graph);
  proto->set_step_id(run.step_id);
  for (const auto& [key, value] : run.sends) {
    tensorflow::NamedTensorProto* send = proto->add_send();
    send->set_name(key);
    RETURN_IF_ERROR(tensor_to_proto(value, send->mutable_tensor(), TensorForm::kContent));
  }
  for (const std::string& key : run.recv_keys) proto->add_recv_key(key);
  tensorflow::ExecutorOpts* options = proto->mutable_exec_opts();
  options->set_record_timeline(run.record_timeline);
  options->set_record_costs(run.record_costs);
  options->set_record_partition_graphs(run.record_partition_graphs);
  options->set_report_tensor_allocations_upon_oom(run.report_allocations_on_oom);
  proto->set_is_partial(run.is_partial);
  proto->set_is_last_partial_run(run.is_last_partial_run);
  proto->set_store_errors_in_response_body(true);
  return OkStatus();
}

StatusOr<GraphRun> from_proto(const tensorflow::RunGraphRequest& proto) {
  GraphRun run;
  run.session = proto.session_handle();
  run.has_session = proto.create_worker_session_called();
  run.graph = proto.graph_handle();
  run.step_id = proto.step_id();
  for (const tensorflow::NamedTensorProto& send : proto.send()) {
    ASSIGN_OR_RETURN(Tensor value, tensor_from_proto(send.tensor()));
    run.sends.emplace_back(send.name(), std::move(value));
  }
  run.recv_keys.assign(proto.recv_key().begin(), proto.recv_key().end());
  run.record_timeline = proto.exec_opts().record_timeline();
  run.record_costs = proto.exec_opts().record_costs();
  run.record_partition_graphs = proto.exec_opts().record_partition_graphs();
  run.report_allocations_on_oom = proto.exec_opts().report_tensor_allocations_upon_oom();
  run.is_partial = proto.is_partial();
  run.is_last_partial_run = proto.is_last_partial_run();
  return run;
}

Status to_proto(const GraphRun& run, const GraphRunResult& result, tensorflow::RunGraphResponse* proto) {
  for (size_t i = 0; i < run.recv_keys.size(); ++i) {
    tensorflow::NamedTensorProto* recv = proto->add_recv();
    recv->set_name(run.recv_keys[i]);
    RETURN_IF_ERROR(tensor_to_proto(result.received[i], recv->mutable_tensor(), TensorForm::kContent));
  }
  tensorflow::RunMetadata metadata;
  if (!metadata.ParseFromString(runtime::serialize(result.metadata))) {
    return internal_error("The metadata of a run can't be read");
  }
  if (metadata.has_step_stats()) proto->mutable_step_stats()->Swap(metadata.mutable_step_stats());
  if (metadata.has_cost_graph()) proto->mutable_cost_graph()->Swap(metadata.mutable_cost_graph());
  proto->mutable_partition_graph()->Swap(metadata.mutable_partition_graphs());
  return OkStatus();
}

Status from_proto(const GraphRun& run, const tensorflow::RunGraphResponse& proto, GraphRunResult* result) {
  if (proto.status_code() != 0) {
    return make_status(static_cast<StatusCode>(proto.status_code()), proto.status_error_message());
  }
  std::map<std::string_view, const tensorflow::TensorProto*> received;
  for (const tensorflow::NamedTensorProto& recv : proto.recv()) received[recv.name()] = &recv.tensor();
  for (const std::string& key : run.recv_keys) {
    const auto found = received.find(key);
    if (found == received.end()) return internal_error("The worker has not given {}", key);
    ASSIGN_OR_RETURN(Tensor value, tensor_from_proto(*found->second));
    result->received.push_back(std::move(value));
  }
  if (proto.has_step_stats() || proto.has_cost_graph() || proto.partition_graph_size() > 0) {
    tensorflow::RunMetadata metadata;
    *metadata.mutable_step_stats() = proto.step_stats();
    *metadata.mutable_cost_graph() = proto.cost_graph();
    *metadata.mutable_partition_graphs() = proto.partition_graph();
    result->metadata.message = metadata.SerializeAsString();
  }
  return OkStatus();
}

}  // namespace reflow::distributed
