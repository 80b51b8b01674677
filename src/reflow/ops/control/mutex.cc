// Mutexes: MutexV2 makes one, MutexLock gives a value that holds it. It is free again when the last copy of that value has
// gone, of which ConsumeMutexLock is the last use in a graph.

#include <deque>
#include <string>

#include "reflow/op/async_kernel.h"
#include "reflow/op/monitor.h"
#include "reflow/op/op.h"
#include "reflow/op/resource_handle.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

class Mutex : public Monitor {
 public:
  explicit Mutex(std::string name) : name_(std::move(name)) {}
  std::string debug_string() const override { return "Mutex " + name_; }

  void lock(CancellationManager* cancellation, Done done) {
    when([this]() -> StatusOr<bool> {
      if (is_held_) return false;
      return is_held_ = true;
    }, "MutexLock", cancellation, std::move(done));
  }
  void unlock() {
    when([this]() -> StatusOr<bool> {
      is_held_ = false;
      return true;
    }, "unlock", nullptr, [](Status) {});
  }

 private:
  const std::string name_;
  bool is_held_ = false;
};

// Unlocks when it goes.
struct HeldMutex {
  explicit HeldMutex(std::shared_ptr<Mutex> m) : mutex(std::move(m)) {}
  HeldMutex(HeldMutex&& other) noexcept = default;
  HeldMutex& operator=(HeldMutex&&) = delete;
  ~HeldMutex() {
    if (mutex) mutex->unlock();
  }
  std::shared_ptr<Mutex> mutex;
};

class MakeMutex : public Kernel {
 public:
  explicit MakeMutex(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const std::lock_guard lock(mutex_);
    if (!handle_.valid()) {
      const ResourceName name = ResourceName::of(c);
      ASSIGN_OR_RETURN(std::shared_ptr<Mutex> made,
                       c.resources().lookup_or_create<Mutex>(name.container, name.name, [&]() -> StatusOr<std::shared_ptr<Mutex>> {
                         return std::make_shared<Mutex>(name.name);
                       }));
      handle_ = Tensor::scalar(make_resource_handle<Mutex>(*c.env().device, name, std::move(made)));
    }
    c.set_output(0, handle_);
    return OkStatus();
  }

 private:
  std::mutex mutex_;
  Tensor handle_;
};

class MutexLock : public AsyncKernel {
 public:
  explicit MutexLock(KernelInit&) {}
  void compute_async(KernelContext& c, std::function<void(Status)> done) override {
    auto mutex = resource_at<Mutex>(c, 0);
    if (!mutex.ok()) return done(mutex.status());
    (*mutex)->lock(c.cancellation(), [&c, mutex = *mutex, done = std::move(done)](Status status) {
      if (status.ok()) c.set_output(0, Tensor::scalar(Variant::of("tensorflow::SharedLockReleaser", HeldMutex(mutex))));
      done(std::move(status));
    });
  }
};

class ConsumeMutexLock : public Kernel {
 public:
  explicit ConsumeMutexLock(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor& held = c.input(0);
    if (held.num_elements() != 1 || held.item<Variant>().get<HeldMutex>() == nullptr) {
      return invalid_argument("Expected input to be a SharedLockReleaser variant, but saw variant: '{}'",
                              held.num_elements() == 1 ? held.item<Variant>().type_name() : "");
    }
    return OkStatus();
  }
};

Status scalar_outputs(ShapeContext& c) {
  for (int i = 0; i < c.num_outputs(); ++i) c.set_output(i, Shape{});
  return OkStatus();
}

REFLOW_OP("MutexV2")
    .output("resource: resource")
    .attr("container: string = ''")
    .attr("shared_name: string = ''")
    .stateful()
    .doc("Makes a mutex, which MutexLock locks.")
    .shape(scalar_outputs)
    .kernel<MakeMutex>(kCpu)
    .sets_outputs();

REFLOW_OP("MutexLock")
    .input("mutex: resource")
    .output("mutex_lock: variant")
    .stateful()
    .doc("Waits until the mutex is free and locks it, as long as `mutex_lock` is there.")
    .shape(scalar_outputs)
    .kernel<MutexLock>(kCpu)
    .blocking()
    .sets_outputs();

REFLOW_OP("ConsumeMutexLock")
    .input("mutex_lock: variant")
    .stateful()
    .doc("Uses what MutexLock gave, so that the mutex stays locked until then.")
    .shape(no_outputs)
    .kernel<ConsumeMutexLock>(kCpu);

}  // namespace
}  // namespace reflow::ops
