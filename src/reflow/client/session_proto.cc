// ConfigProto and RunOptions as Python and saved programs have them.

#include "reflow/client/errors.h"
#include "reflow/client/session.h"
#include "reflow/client/session_proto.h"
#include "reflow/runtime/optimizer_switches_proto.h"
#include "tensorflow/core/protobuf/config.pb.h"

namespace reflow {
namespace {

template <typename Message>
Message parse_message(std::string_view bytes, const char* what) {
  Message message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    throw ValueError(std::string("Not a serialized ") + what);
  }
  return message;
}

}  // namespace

SessionConfig SessionConfig::parse(std::string_view bytes) {
  const auto proto = parse_message<tensorflow::ConfigProto>(bytes, "ConfigProto");
  SessionConfig config;
  for (const auto& [device, count] : proto.device_count()) config.device_count[device] = count;
  config.intra_op_parallelism_threads = proto.intra_op_parallelism_threads();
  config.inter_op_parallelism_threads = proto.inter_op_parallelism_threads();
  config.allow_soft_placement = proto.allow_soft_placement();
  config.log_device_placement = proto.log_device_placement();
  config.operation_timeout_in_ms = proto.operation_timeout_in_ms();
  config.build_cost_model = proto.graph_options().build_cost_model();
  config.build_cost_model_after = proto.graph_options().build_cost_model_after();
  config.disabled_passes = runtime::passes_disabled_by(proto.graph_options());
  return config;
}

RunOptions RunOptions::parse(std::string_view bytes) {
  const auto proto = parse_message<tensorflow::RunOptions>(bytes, "RunOptions");
  RunOptions options;
  options.trace_level = static_cast<TraceLevel>(proto.trace_level());
  options.timeout_in_ms = proto.timeout_in_ms();
  options.inter_op_thread_pool = proto.inter_op_thread_pool();
  options.output_partition_graphs = proto.output_partition_graphs();
  options.report_tensor_allocations_upon_oom = proto.report_tensor_allocations_upon_oom();
  return options;
}

namespace client {

std::string config_proto_of(const SessionConfig& config) {
  tensorflow::ConfigProto proto;
  for (const auto& [device, count] : config.device_count) (*proto.mutable_device_count())[device] = count;
  proto.set_intra_op_parallelism_threads(config.intra_op_parallelism_threads);
  proto.set_inter_op_parallelism_threads(config.inter_op_parallelism_threads);
  proto.set_allow_soft_placement(config.allow_soft_placement);
  proto.set_log_device_placement(config.log_device_placement);
  proto.set_operation_timeout_in_ms(config.operation_timeout_in_ms);
  if (config.disabled_passes.contains("all")) {
    proto.mutable_graph_options()->mutable_rewrite_options()->set_disable_meta_optimizer(true);
  }
  return proto.SerializeAsString();
}

}  // namespace client
}  // namespace reflow
