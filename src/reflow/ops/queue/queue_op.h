#pragma once

#include <limits>
#include <memory>
#include <mutex>
#include <utility>

#include "reflow/op/op.h"
#include "reflow/op/queue.h"
#include "reflow/op/resource_handle.h"

namespace reflow::ops {

using namespace ::reflow::op;

// The kernel of the ops that make queues: finds or makes a Q when it is first run, and gives out its handle; the first
// form of the ops a reference to a vector with container and name. Q is made from (QueueSpec, KernelInit&) as a plan of
// queues to be, `Q::named` gives one of a name.
template <typename Q>
class QueueHandle : public Kernel {
 public:
  explicit QueueHandle(KernelInit& c) : op_(c.node().type()), names_(DType::kString) {
    QueueSpec spec;
    spec.kind = op_.ends_with("V2") ? op_.substr(0, op_.size() - 2) : op_;
    spec.capacity = c.attr<int64_t>("capacity");
    if (spec.capacity < 0) spec.capacity = std::numeric_limits<int32_t>::max();
    spec.types = c.attr<std::vector<DType>>("component_types");
    spec.shapes = c.attr<std::vector<Shape>>("shapes");
    options_ = Q::read_options(c, &spec);
    spec_ = std::move(spec);
    if (c.status().ok() && !spec_.shapes.empty() && spec_.shapes.size() != spec_.types.size()) {
      c.fail(invalid_argument("Different number of component types.  Types: {}, Shapes: {}", list_types(spec_.types),
                              list_shapes(spec_.shapes)));
    }
  }

  ~QueueHandle() override {
    if (resources_ != nullptr && name_.is_private) (void)resources_->erase<Queue>(name_.container, name_.name);
  }

  Status compute(KernelContext& c) override {
    const std::lock_guard lock(mutex_);
    if (!handle_.valid()) RETURN_IF_ERROR(find_or_make(c));
    if (is_ref(c.node().output_type(0))) {
      c.set_output_ref(0, &names_);
    } else {
      c.set_output(0, handle_);
    }
    return OkStatus();
  }

 private:
  Status find_or_make(KernelContext& c) {
    name_ = ResourceName::of(c);
    const auto wanted = std::make_shared<Q>(spec_, name_.name, options_);
    ASSIGN_OR_RETURN(std::shared_ptr<Queue> queue,
                     c.resources().lookup_or_create<Queue>(
                         name_.container, name_.name,
                         [&]() -> StatusOr<std::shared_ptr<Queue>> { return std::shared_ptr<Queue>(wanted); }));
    if (queue != wanted) RETURN_IF_ERROR(queue->matches(op_, *wanted));
    resources_ = &c.resources();
    names_.tensor = Tensor::vector<std::string>({name_.container, name_.name});
    handle_ = Tensor::scalar(make_resource_handle<Queue>(*c.env().device, name_, std::move(queue)));
    return OkStatus();
  }

  const std::string op_;
  QueueSpec spec_;
  typename Q::Options options_;
  std::mutex mutex_;
  ResourceName name_;
  ResourceManager* resources_ = nullptr;
  Tensor handle_;
  Variable names_;
};

// A handle is a scalar; a reference to container and name has two elements.
Status queue_handle_shape(ShapeContext& c);

}  // namespace reflow::ops
