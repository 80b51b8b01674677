// ConfigProto and RunOptions as Python and saved programs have them.

#include "reflow/client/errors.h"
#include "reflow/client/session.h"
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

// Which passes TensorFlow's switches turn off.
std::set<std::string> passes_disabled_by(const tensorflow::GraphOptions& options) {
  using tensorflow::RewriterConfig;
  if (options.optimizer_options().opt_level() == tensorflow::OptimizerOptions::L0) return {"all"};
  const RewriterConfig& rewrite = options.rewrite_options();
  if (rewrite.disable_meta_optimizer()) return {"all"};
  std::set<std::string> disabled;
  const auto turned_off = [&](RewriterConfig::Toggle toggle, std::initializer_list<const char*> passes) {
    if (toggle == RewriterConfig::OFF) disabled.insert(passes.begin(), passes.end());
  };
  turned_off(rewrite.constant_folding(), {"constant_folding"});
  turned_off(rewrite.arithmetic_optimization(), {"arithmetic", "common_subexpressions", "product_sums"});
  turned_off(rewrite.dependency_optimization(), {"identity_removal", "dead_nodes"});
  turned_off(rewrite.remapping(), {"matmul_fusion", "batch_norm_folding", "conv_fusion", "fusion"});
  return disabled;
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
  config.disabled_passes = passes_disabled_by(proto.graph_options());
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

}  // namespace reflow
