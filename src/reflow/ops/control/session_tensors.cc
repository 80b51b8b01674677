// Tensors that stay in the session from run to run, under handles: GetSessionHandle, GetSessionTensor,
// DeleteSessionTensor.

#include <map>
#include <mutex>
#include <string>

#include "reflow/op/op.h"
#include "reflow/op/parts.h"
#include "reflow/op/resource_handle.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// The tensors of all sessions of a device by their handles. Thread-safe.
class SessionTensors : public Resource {
 public:
  std::string debug_string() const override { return "SessionTensors"; }

  // Keeps the tensor; gives its handle, "{op's name};{number};{device}".
  std::string add(const std::string& op, const std::string& device, Tensor value) {
    std::lock_guard lock(mutex_);
    std::string handle = fmt::format("{};{};{}", op, next_++, device);
    tensors_.emplace(handle, std::move(value));
    return handle;
  }
  StatusOr<Tensor> find(const std::string& handle) {
    std::lock_guard lock(mutex_);
    const auto at = tensors_.find(handle);
    if (at == tensors_.end()) return missing(handle);
    return at->second;
  }
  Status erase(const std::string& handle) {
    std::lock_guard lock(mutex_);
    return tensors_.erase(handle) > 0 ? OkStatus() : missing(handle);
  }

 private:
  static Status missing(const std::string& handle) {
    return not_found("The tensor with handle '{}' is not in the session store.", handle);
  }
  std::mutex mutex_;
  std::map<std::string, Tensor> tensors_;
  int64_t next_ = 0;
};

StatusOr<std::shared_ptr<SessionTensors>> session_tensors(KernelContext& c) {
  return c.resources().lookup_or_create<SessionTensors>("", "session_tensors", []() -> StatusOr<std::shared_ptr<SessionTensors>> {
    return std::make_shared<SessionTensors>();
  });
}

class GetSessionHandle : public Kernel {
 public:
  explicit GetSessionHandle(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<SessionTensors> tensors, session_tensors(c));
    const Tensor& value = c.input(0);
    std::string handle = tensors->add(c.node().name(), c.env().device->name(), fills_own_buffer(value) ? value : value.copy());
    if (c.node().output_type(0) == DType::kString) {
      c.set_output(0, Tensor::scalar(std::move(handle)));
      return OkStatus();
    }
    ResourceHandle resource;
    resource.device = c.env().device->name();
    resource.container = c.resources().default_container();
    resource.name = std::move(handle);
    resource.type_name = "TensorHandle";
    c.set_output(0, Tensor::scalar(std::move(resource)));
    return OkStatus();
  }
};

Status check_handle(KernelContext& c) {
  if (c.input(0).num_elements() == 1) return OkStatus();
  return invalid_argument("handle must be a scalar, got shape {}", c.input(0).shape().str());
}

class GetSessionTensor : public Kernel {
 public:
  explicit GetSessionTensor(KernelInit& c) : type_(c.attr<DType>("dtype")) {}
  Status compute(KernelContext& c) override {
    RETURN_IF_ERROR(check_handle(c));
    ASSIGN_OR_RETURN(const std::shared_ptr<SessionTensors> tensors, session_tensors(c));
    ASSIGN_OR_RETURN(Tensor value, tensors->find(c.input(0).item<std::string>()));
    if (value.dtype() != type_) {
      return invalid_argument("The tensor with handle '{}' has type {}, and not {}", c.input(0).item<std::string>(),
                              dtype_spec_name(value.dtype()), dtype_spec_name(type_));
    }
    c.set_output(0, std::move(value));
    return OkStatus();
  }

 private:
  DType type_;
};

class DeleteSessionTensor : public Kernel {
 public:
  explicit DeleteSessionTensor(KernelInit&) {}
  Status compute(KernelContext& c) override {
    RETURN_IF_ERROR(check_handle(c));
    ASSIGN_OR_RETURN(const std::shared_ptr<SessionTensors> tensors, session_tensors(c));
    return tensors->erase(c.input(0).item<std::string>());
  }
};

Status handle_input(ShapeContext& c) {
  Shape scalar;
  if (!c.concrete()) RETURN_IF_ERROR(c.with_rank(c.input(0), 0, &scalar));
  return unknown_shape(c);
}

REFLOW_OP("GetSessionHandle")
    .input("value: T")
    .output("handle: string")
    .attr("T: type")
    .stateful()
    .doc("Keeps `value` in the session, and gives a handle to it.")
    .shape(scalar_shape)
    .kernel<GetSessionHandle>(kCpu)
    .sets_outputs()
    .not_differentiable();

REFLOW_OP("GetSessionHandleV2")
    .input("value: T")
    .output("handle: resource")
    .attr("T: type")
    .stateful()
    .doc("GetSessionHandle with a resource for a handle.")
    .shape(scalar_shape)
    .kernel<GetSessionHandle>(kCpu)
    .sets_outputs()
    .not_differentiable();

REFLOW_OP("GetSessionTensor")
    .input("handle: string")
    .output("value: dtype")
    .attr("dtype: type")
    .stateful()
    .doc("The tensor that the session keeps under `handle`.")
    .shape(handle_input)
    .kernel<GetSessionTensor>(kCpu)
    .sets_outputs()
    .not_differentiable();

REFLOW_OP("DeleteSessionTensor")
    .input("handle: string")
    .stateful()
    .doc("Forgets the tensor that the session keeps under `handle`.")
    .shape(handle_input)
    .kernel<DeleteSessionTensor>(kCpu)
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
