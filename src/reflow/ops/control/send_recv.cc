// _Send and _Recv: how values pass between the parts of a run, by the rendezvous. A dead value passes as one.

#include "reflow/op/async_kernel.h"
#include "reflow/op/op.h"
#include "reflow/op/rendezvous.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// The key of an edge: the caller's edges belong to no loop.
class EdgeKey {
 public:
  explicit EdgeKey(KernelInit& c)
      : sender_(c.attr<std::string>("send_device")),
        receiver_(c.attr<std::string>("recv_device")),
        name_(c.attr<std::string>("tensor_name")),
        incarnation_(static_cast<uint64_t>(c.attr<int64_t>("send_device_incarnation"))),
        is_callers_(c.attr<bool>("client_terminated")) {}

  std::string of(const KernelContext& c) const {
    return Rendezvous::key(sender_, receiver_, name_, is_callers_ ? 0 : c.frame_id, is_callers_ ? 0 : c.iteration,
                           incarnation_);
  }

 private:
  std::string sender_, receiver_, name_;
  uint64_t incarnation_;
  bool is_callers_;
};

Status no_rendezvous(const Node& node) {
  return internal_error("Op {} needs a rendezvous, and the run has none", node.type());
}

class Send : public Kernel {
 public:
  explicit Send(KernelInit& c) : key_(c) {}
  Status compute(KernelContext& c) override {
    if (c.env().rendezvous == nullptr) return no_rendezvous(c.node());
    const bool dead = c.is_input_dead();
    return c.env().rendezvous->send(key_.of(c), dead ? Tensor() : c.input(0), dead);
  }

 private:
  EdgeKey key_;
};

class Recv : public AsyncKernel {
 public:
  explicit Recv(KernelInit& c) : key_(c), type_(c.attr<DType>("tensor_type")) {}
  void compute_async(KernelContext& c, std::function<void(Status)> done) override {
    Rendezvous* const rendezvous = c.env().rendezvous;
    if (rendezvous == nullptr) return done(no_rendezvous(c.node()));
    CancellationManager* const cancellation = c.cancellation();
    const CancellationManager::Token token = cancellation ? cancellation->next_token() : 0;
    // The rendezvous belongs to the run, which ends as a whole.
    const bool registered = cancellation && cancellation->add_callback(token, [rendezvous] {
      rendezvous->abort(cancelled("Recv operation was cancelled"));
    });
    if (cancellation && !registered) return done(cancelled("Recv operation was cancelled"));
    rendezvous->recv_async(key_.of(c), [this, &c, cancellation, token, done = std::move(done)](
                                           const Status& status, const Tensor& value, bool dead) {
      if (cancellation) cancellation->remove_callback(token);
      if (!status.ok()) return done(status);
      if (dead) {
        c.set_dead(0);
      } else if (value.dtype() != type_) {
        return done(invalid_argument("Received a {}, where {} is expected", dtype_spec_name(value.dtype()), dtype_spec_name(type_)));
      } else {
        c.set_output(0, value);
      }
      done(OkStatus());
    });
  }

 private:
  EdgeKey key_;
  DType type_;
};

OpBuilder send_op(const char* name) {
  return OpBuilder(name)
      .input("tensor: T")
      .attr("T: type")
      .attr("tensor_name: string")
      .attr("send_device: string")
      .attr("send_device_incarnation: int")
      .attr("recv_device: string")
      .attr("client_terminated: bool = false")
      .stateful()
      .doc("Hands `tensor` to the node that receives `tensor_name` from `send_device` on `recv_device`.")
      .shape(no_outputs)
      .kernel<Send>(kCpu);
}

OpBuilder recv_op(const char* name) {
  return OpBuilder(name)
      .output("tensor: tensor_type")
      .attr("tensor_type: type")
      .attr("tensor_name: string")
      .attr("send_device: string")
      .attr("send_device_incarnation: int")
      .attr("recv_device: string")
      .attr("client_terminated: bool = false")
      .stateful()
      .doc("Waits for the tensor that the node with the same names sends.")
      .shape(unknown_shape)
      .kernel<Recv>(kCpu)
      .blocking()
      .sets_outputs();
}

const OpRegistrar send(send_op("_Send")), host_send(send_op("_HostSend"));
const OpRegistrar recv(recv_op("_Recv")), host_recv(recv_op("_HostRecv"));

}  // namespace
}  // namespace reflow::ops
