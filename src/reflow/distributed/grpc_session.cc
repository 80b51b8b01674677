#include "reflow/distributed/grpc_session.h"

#include "reflow/base/logging.h"
#include "reflow/distributed/cluster.h"
#include "reflow/distributed/link.h"
#include "reflow/distributed/server.h"
#include "reflow/graph/graph_def.h"
#include "tensorflow/core/framework/graph.pb.h"
#include "tensorflow/core/protobuf/master.pb.h"

namespace reflow::distributed {

using graph::Endpoint;

namespace {

constexpr std::string_view kPrefix = "grpc://";

StatusOr<std::shared_ptr<MasterStub>> master_of(const std::string& target) {
  if (auto local = Server::local_master(target)) return local;
  ASSIGN_OR_RETURN(Transport* const transport, grpc_transport());
  ASSIGN_OR_RETURN(const std::string address, clean_address(target.substr(kPrefix.size())));
  return std::shared_ptr<MasterStub>(remote_master(transport->connect(address)));
}

// What the trace of a step says of each node.
std::vector<runtime::NodeStats> node_stats(const std::string& metadata) {
  std::vector<runtime::NodeStats> all;
  tensorflow::RunMetadata message;
  if (!message.ParseFromString(metadata)) return all;
  for (const auto& device : message.step_stats().dev_stats()) {
    for (const auto& node : device.node_stats()) {
      runtime::NodeStats stats;
      stats.node = node.node_name();
      stats.device = device.device();
      stats.label = node.timeline_label();
      stats.start_us = node.all_start_micros();
      stats.duration_ns = node.all_end_rel_micros() * 1000;
      all.push_back(std::move(stats));
    }
  }
  return all;
}

const runtime::SessionFactoryRegistration registration({"GRPC_SESSION", std::string(kPrefix), GrpcSession::create,
                                                        GrpcSession::reset_target});

}  // namespace

// A signature by names.
struct GrpcSession::Names : runtime::SessionBackend::Prepared {
  std::vector<std::string> feeds, fetches, targets;
  explicit Names(const runtime::Signature& signature) {
    for (const Endpoint& feed : signature.feeds) feeds.push_back(feed.name());
    for (const Endpoint& fetch : signature.fetches) fetches.push_back(fetch.name());
    for (const graph::Node* target : signature.targets) targets.push_back(target->name());
  }
};

StatusOr<std::unique_ptr<runtime::SessionBackend>> GrpcSession::create(const std::string& target, graph::Graph* graph,
                                                                       const runtime::SessionOptions& options) {
  ASSIGN_OR_RETURN(std::shared_ptr<MasterStub> master, master_of(target));
  return std::unique_ptr<runtime::SessionBackend>(new GrpcSession(target, std::move(master), graph, options));
}

Status GrpcSession::reset_target(const std::string& target, std::span<const std::string> containers,
                                 const runtime::SessionOptions& options) {
  ASSIGN_OR_RETURN(const std::shared_ptr<MasterStub> master, master_of(target));
  tensorflow::ConfigProto config;
  if (!config.ParseFromString(options.config_proto)) return invalid_argument("Not a ConfigProto");
  return master->reset({containers.begin(), containers.end()}, {config.device_filters().begin(), config.device_filters().end()});
}

GrpcSession::~GrpcSession() { close().IgnoreError(); }

Status GrpcSession::tell_graph() {
  const std::lock_guard lock(mutex_);
  if (closed_) return cancelled("Session has been closed.");
  std::unique_lock graph_lock(graph_->mutex());
  const int num_nodes = graph_->num_node_ids();
  if (!handle_.empty() && num_nodes == num_told_) return OkStatus();
  tensorflow::GraphDef def;
  graph::export_graph_def(*graph_, {.from_version = num_told_}, &def);
  graph_lock.unlock();  // the master may take its time
  if (handle_.empty()) {
    ASSIGN_OR_RETURN(handle_, master_->create_session(def, options_.config_proto, target_, options_.operation_timeout_ms,
                                                      &graph_version_));
  } else {
    RETURN_IF_ERROR(master_->extend_session(handle_, def, &graph_version_));
  }
  num_told_ = num_nodes;
  return OkStatus();
}

StatusOr<std::shared_ptr<runtime::SessionBackend::Prepared>> GrpcSession::prepare(const runtime::Signature& signature) {
  return std::shared_ptr<Prepared>(std::make_shared<Names>(signature));
}

Status GrpcSession::wait_for(const Step& step, op::CancellationManager* caller, StepResult* result) {
  op::CancellationManager own;
  const Link of_caller(caller, &own), of_session(&cancellation_, &own);
  const Status status = master_->run_step(step, &own, result);
  if (!status.ok() && closed_) return cancelled("Session has been closed.");
  return status;
}

Status GrpcSession::run(Prepared& prepared, std::span<const Tensor> feeds, std::vector<Tensor>* fetches,
                        const runtime::RunOptions& options, runtime::RunMetadata* metadata) {
  const Names& names = static_cast<Names&>(prepared);
  if (options.cancellation != nullptr && options.cancellation->cancelled()) return cancelled("Run call was cancelled");
  RETURN_IF_ERROR(tell_graph());
  Step step;
  step.session = handle_;
  for (size_t i = 0; i < names.feeds.size(); ++i) step.feeds.emplace_back(names.feeds[i], feeds[i]);
  step.fetches = names.fetches;
  step.targets = names.targets;
  step.timeout_ms = options.timeout_ms > 0 ? options.timeout_ms : options_.operation_timeout_ms;
  tensorflow::RunOptions run_options;
  if (metadata != nullptr && options.trace) run_options.set_trace_level(tensorflow::RunOptions::FULL_TRACE);
  run_options.set_output_partition_graphs(metadata != nullptr && options.partition_graphs);
  run_options.set_report_tensor_allocations_upon_oom(options.report_allocations_on_oom);
  step.options = run_options.SerializeAsString();
  StepResult result;
  RETURN_IF_ERROR(wait_for(step, options.cancellation, &result));
  *fetches = std::move(result.fetched);
  if (metadata != nullptr) {
    metadata->nodes = node_stats(result.metadata);
    metadata->message = std::move(result.metadata);
  }
  return OkStatus();
}

StatusOr<std::string> GrpcSession::partial_run_setup(const runtime::Signature& signature) {
  RETURN_IF_ERROR(tell_graph());
  const Names names(signature);
  return master_->partial_run_setup(handle_, names.feeds, names.fetches, names.targets);
}

Status GrpcSession::partial_run(const std::string& handle, std::span<const std::pair<Endpoint, Tensor>> feeds,
                                std::span<const Endpoint> fetches, std::vector<Tensor>* values) {
  RETURN_IF_ERROR(tell_graph());
  Step step;
  step.session = handle_;
  step.partial_run = handle;
  for (const auto& [feed, value] : feeds) step.feeds.emplace_back(feed.name(), value);
  for (const Endpoint& fetch : fetches) step.fetches.push_back(fetch.name());
  StepResult result;
  RETURN_IF_ERROR(wait_for(step, nullptr, &result));
  *values = std::move(result.fetched);
  return OkStatus();
}

Status GrpcSession::close() {
  if (closed_.exchange(true)) return OkStatus();
  cancellation_.cancel();
  const std::lock_guard lock(mutex_);
  if (handle_.empty()) return OkStatus();
  return master_->close_session(handle_);
}

StatusOr<std::vector<runtime::DeviceDescription>> GrpcSession::list_devices() {
  RETURN_IF_ERROR(tell_graph());
  tensorflow::ListDevicesResponse response;
  RETURN_IF_ERROR(master_->list_devices(handle_, &response));
  std::vector<runtime::DeviceDescription> devices;
  const auto add = [&](const tensorflow::DeviceAttributes& d) {
    devices.push_back({d.name(), d.device_type(), d.memory_limit(), d.incarnation()});
  };
  for (const auto& device : response.local_device()) add(device);
  for (const auto& device : response.remote_device()) add(device);
  return devices;
}

Status GrpcSession::reset(std::span<const std::string> containers) { return reset_target(target_, containers, options_); }

}  // namespace reflow::distributed
