// OneShotIterator: an iterator over the dataset that a function makes.

#include "reflow/data/dataset_op.h"
#include "reflow/data/iterator_resource.h"
#include "reflow/op/function_runner.h"
#include "reflow/op/resource_handle.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

class OneShotIterator : public Kernel {
 public:
  explicit OneShotIterator(KernelInit& c)
      : spec_{c.attr<std::vector<DType>>("output_types"), c.attr<std::vector<Shape>>("output_shapes")},
        factory_(c, "dataset_factory") {}
  ~OneShotIterator() override {
    if (resources_ != nullptr && name_.is_private) (void)resources_->erase<IteratorResource>(name_.container, name_.name);
  }

  // The first run makes the iterator; where that fails every run does.
  Status compute(KernelContext& c) override {
    const std::lock_guard lock(mutex_);
    if (!handle_.valid() && status_.ok()) status_ = make(c);
    RETURN_IF_ERROR(status_);
    c.set_output(0, handle_);
    return OkStatus();
  }

 private:
  Status make(KernelContext& c) {
    ASSIGN_OR_RETURN(const std::vector<Tensor> made, factory_.call(c.env(), {}, 1));
    if (made[0].dtype() != DType::kVariant || made[0].rank() != 0) {
      return invalid_argument("The `dataset_factory` function must return a single scalar of dtype DT_VARIANT.");
    }
    ASSIGN_OR_RETURN(const DatasetRef dataset, dataset_of(made[0]));
    name_ = ResourceName::of(c);
    bool is_new = false;
    ASSIGN_OR_RETURN(std::shared_ptr<IteratorResource> iterator,
                     c.resources().lookup_or_create<IteratorResource>(
                         name_.container, name_.name, [&]() -> StatusOr<std::shared_ptr<IteratorResource>> {
                           is_new = true;
                           return std::make_shared<IteratorResource>(spec_);
                         }));
    resources_ = &c.resources();
    if (is_new) RETURN_IF_ERROR(iterator->initialize(c.env(), dataset));
    handle_ = Tensor::scalar(make_resource_handle(*c.env().device, name_, std::move(iterator)));
    return OkStatus();
  }

  const ElementSpec spec_;
  const CalledFunction factory_;
  std::mutex mutex_;
  Status status_;
  ResourceName name_;
  ResourceManager* resources_ = nullptr;
  Tensor handle_;
};

REFLOW_OP("OneShotIterator")
    .output("handle: resource")
    .attr("dataset_factory: func") REFLOW_ELEMENT_ATTRS
    .attr("container: string = ''")
    .attr("shared_name: string = ''")
    .stateful()
    .doc("A handle to an iterator over the dataset that `dataset_factory` makes. It can't be initialized again.")
    .shape(scalar_shape)
    .kernel<OneShotIterator>(kCpu)
    .sets_outputs();

}  // namespace
}  // namespace reflow::ops
