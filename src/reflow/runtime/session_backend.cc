#include "reflow/runtime/session_backend.h"

#include <algorithm>

#include "reflow/runtime/plan.h"

namespace reflow::runtime {
namespace {

// This process's devices.
class DirectBackend : public SessionBackend {
 public:
  explicit DirectBackend(std::unique_ptr<DirectSession> session) : session_(std::move(session)) {}

  StatusOr<std::shared_ptr<Prepared>> prepare(const Signature& signature) override {
    ASSIGN_OR_RETURN(std::shared_ptr<Plan> plan, session_->prepare(signature));
    return std::shared_ptr<Prepared>(std::make_shared<PreparedPlan>(std::move(plan)));
  }
  Status run(Prepared& prepared, std::span<const Tensor> feeds, std::vector<Tensor>* fetches, const RunOptions& options,
             RunMetadata* metadata) override {
    return session_->run(*static_cast<PreparedPlan&>(prepared).plan, feeds, fetches, options, metadata);
  }
  StatusOr<std::string> partial_run_setup(const Signature& signature) override {
    return session_->partial_run_setup(signature);
  }
  Status partial_run(const std::string& handle, std::span<const std::pair<graph::Endpoint, Tensor>> feeds,
                     std::span<const graph::Endpoint> fetches, std::vector<Tensor>* values) override {
    return session_->partial_run(handle, feeds, fetches, values);
  }
  Status close() override { return session_->close(); }
  StatusOr<std::vector<DeviceDescription>> list_devices() override {
    constexpr int64_t kMemoryLimitBytes = 256 << 20;  // what TensorFlow says of CPUs
    std::vector<DeviceDescription> devices;
    for (std::string& name : session_->list_devices()) devices.push_back({std::move(name), op::kCpu, kMemoryLimitBytes, 0});
    return devices;
  }
  Status reset(std::span<const std::string> containers) override { return session_->reset(containers); }

 private:
  struct PreparedPlan : Prepared {
    explicit PreparedPlan(std::shared_ptr<Plan> p) : plan(std::move(p)) {}
    std::shared_ptr<Plan> plan;
  };
  std::unique_ptr<DirectSession> session_;
};

std::vector<SessionFactory>& factories() {
  static std::vector<SessionFactory> all;
  return all;
}

StatusOr<const SessionFactory*> factory_of(const std::string& target) {
  for (const SessionFactory& factory : factories()) {
    if (target.starts_with(factory.prefix)) return &factory;
  }
  std::string names = "DIRECT_SESSION";
  for (const SessionFactory& factory : factories()) names += ", " + factory.name;
  return not_found("No session factory registered for the given session options: {{target: \"{}\" config: }} Registered "
                   "factories are {{{}}}.", target, names);
}

}  // namespace

SessionFactoryRegistration::SessionFactoryRegistration(SessionFactory factory) { factories().push_back(std::move(factory)); }

StatusOr<std::unique_ptr<SessionBackend>> make_session(const std::string& target, graph::Graph* graph,
                                                       const SessionOptions& options) {
  if (target.empty()) {
    ASSIGN_OR_RETURN(std::unique_ptr<DirectSession> direct, DirectSession::create(graph, options));
    return std::unique_ptr<SessionBackend>(std::make_unique<DirectBackend>(std::move(direct)));
  }
  ASSIGN_OR_RETURN(const SessionFactory* const factory, factory_of(target));
  return factory->make(target, graph, options);
}

Status reset_target(const std::string& target, std::span<const std::string> containers, const SessionOptions& options) {
  ASSIGN_OR_RETURN(const SessionFactory* const factory, factory_of(target));
  return factory->reset(target, containers, options);
}

}  // namespace reflow::runtime
