#include "reflow/distributed/worker_stub.h"

#include "reflow/distributed/graph_run_proto.h"
#include "tensorflow/core/protobuf/worker.pb.h"

namespace reflow::distributed {
namespace {

using google::protobuf::MessageLite;

class LocalWorker : public WorkerStub {
 public:
  explicit LocalWorker(Worker* worker) : worker_(worker) {}
  bool is_local() const override { return true; }
  void call(std::string_view method, const MessageLite& request, MessageLite* response, const RpcOptions&, Done done) override {
    done(worker_->call(method, request, response));
  }
  void run_graph(const GraphRun& run, const RpcOptions& options, GraphRunResult* result, Done done) override {
    done(worker_->run_graph(run, options.cancellation, options.deadline, result));
  }

 private:
  Worker* const worker_;
};

class RemoteWorker : public WorkerStub {
 public:
  explicit RemoteWorker(std::shared_ptr<Channel> channel) : channel_(std::move(channel)) {}
  bool is_local() const override { return false; }
  void call(std::string_view method, const MessageLite& request, MessageLite* response, const RpcOptions& options,
            Done done) override {
    start_rpc(*channel_, std::string(kWorkerService).append(method), request, response, options, std::move(done));
  }
  void run_graph(const GraphRun& run, const RpcOptions& options, GraphRunResult* result, Done done) override {
    tensorflow::RunGraphRequest request;
    if (const Status status = to_proto(run, &request); !status.ok()) return done(status);
    const auto response = std::make_shared<tensorflow::RunGraphResponse>();
    start_rpc(*channel_, std::string(kWorkerService) + "RunGraph", request, response.get(), options,
              [&run, response, result, done = std::move(done)](const Status& status) {
                done(status.ok() ? from_proto(run, *response, result) : status);
              });
  }

 private:
  const std::shared_ptr<Channel> channel_;
};

}  // namespace

std::unique_ptr<WorkerStub> local_worker(Worker* worker) { return std::make_unique<LocalWorker>(worker); }
std::unique_ptr<WorkerStub> remote_worker(std::shared_ptr<Channel> channel) {
  return std::make_unique<RemoteWorker>(std::move(channel));
}

}  // namespace reflow::distributed
