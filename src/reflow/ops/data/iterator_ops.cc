// Iterators: their handles, initialization, and their elements.

#include "reflow/data/dataset_op.h"
#include "reflow/data/iterator_resource.h"
#include "reflow/op/resource_handle.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

ElementSpec spec_of(KernelInit& c) {
  return {c.attr<std::vector<DType>>("output_types"), c.attr<std::vector<Shape>>("output_shapes")};
}

// Iterator, IteratorV2: one iterator for each session, or one that is shared by its name.
class IteratorHandle : public Kernel {
 public:
  explicit IteratorHandle(KernelInit& c) : spec_(spec_of(c)) {}
  ~IteratorHandle() override {
    if (resources_ != nullptr && name_.is_private) (void)resources_->erase<IteratorResource>(name_.container, name_.name);
  }
  Status compute(KernelContext& c) override {
    const std::lock_guard lock(mutex_);
    if (!handle_.valid()) RETURN_IF_ERROR(find_or_make(c));
    c.set_output(0, handle_);
    return OkStatus();
  }

 private:
  Status find_or_make(KernelContext& c) {
    name_ = ResourceName::of(c);
    ASSIGN_OR_RETURN(std::shared_ptr<IteratorResource> iterator,
                     c.resources().lookup_or_create<IteratorResource>(
                         name_.container, name_.name,
                         [&]() -> StatusOr<std::shared_ptr<IteratorResource>> { return std::make_shared<IteratorResource>(spec_); }));
    RETURN_IF_ERROR(check_compatible(spec_, iterator->spec()));
    resources_ = &c.resources();
    handle_ = Tensor::scalar(make_resource_handle(*c.env().device, name_, std::move(iterator)));
    return OkStatus();
  }
  const ElementSpec spec_;
  std::mutex mutex_;
  ResourceName name_;
  ResourceManager* resources_ = nullptr;
  Tensor handle_;
};

// AnonymousIterator, AnonymousIteratorV2: a new iterator each time, which ends with its handle.
class AnonymousIterator : public Kernel {
 public:
  explicit AnonymousIterator(KernelInit& c) : spec_(spec_of(c)) {}
  Status compute(KernelContext& c) override {
    ResourceName name;
    name.container = c.resources().default_container();
    name.name = "AnonymousIterator";
    c.set_output(0, Tensor::scalar(make_resource_handle(*c.env().device, name, std::make_shared<IteratorResource>(spec_))));
    if (c.num_outputs() > 1) c.set_output(1, Tensor::scalar(Variant()));  // nothing to delete: the handle does it all
    return OkStatus();
  }

 private:
  const ElementSpec spec_;
};

class DeleteIterator : public Kernel {
 public:
  explicit DeleteIterator(KernelInit&) {}
  Status compute(KernelContext& c) override { return resource_at<IteratorResource>(c, 0).status(); }
};

class MakeIterator : public Kernel, public CallsUnnamedFunctions {
 public:
  explicit MakeIterator(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const DatasetRef dataset, dataset_of(c.input(0)));
    ASSIGN_OR_RETURN(const std::shared_ptr<IteratorResource> iterator, resource_at<IteratorResource>(c, 1));
    return iterator->initialize(c.env(), dataset);
  }
};

class IteratorGetNext : public Kernel, public CallsUnnamedFunctions {
 public:
  explicit IteratorGetNext(KernelInit& c) : spec_(spec_of(c)) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<IteratorResource> iterator, resource_at<IteratorResource>(c, 0));
    Element element;
    bool end = false;
    RETURN_IF_ERROR(iterator->next(c.env(), &element, &end));
    if (end) return out_of_range("End of sequence");
    RETURN_IF_ERROR(check(element));
    for (size_t i = 0; i < element.size(); ++i) c.set_output(static_cast<int>(i), std::move(element[i]));
    return OkStatus();
  }

 private:
  Status check(const Element& element) const {
    RETURN_IF_ERROR(check_types(element, spec_));
    for (size_t i = 0; i < element.size(); ++i) {
      if (spec_.shapes[i].compatible_with(element[i].shape())) continue;
      return invalid_argument("Incompatible shapes at component {}: expected {} but got {}.", i, spec_.shapes[i].str(),
                              element[i].shape().str());
    }
    return OkStatus();
  }
  const ElementSpec spec_;
};

// The components are as the attributes say; when they have come out, as they are.
Status components_shape(ShapeContext& c) {
  ASSIGN_OR_RETURN(const auto shapes, c.attr<std::vector<Shape>>("output_shapes"));
  if (static_cast<int>(shapes.size()) != c.num_outputs()) {
    return invalid_argument("`output_shapes` must be the same length as `output_types` ({} vs. {})", shapes.size(),
                            c.num_outputs());
  }
  for (int i = 0; i < c.num_outputs(); ++i) c.set_output(i, c.concrete() ? Shape::unknown() : shapes[i]);
  return OkStatus();
}

OpBuilder iterator_op(std::string_view name) {
  return OpBuilder(name)
      .output("handle: resource")
      .attr("shared_name: string")
      .attr("container: string") REFLOW_ELEMENT_ATTRS
      .stateful()
      .doc("A handle to an iterator, which MakeIterator gives a dataset to pass over.")
      .shape(scalar_shape)
      .kernel<IteratorHandle>(kCpu)
      .sets_outputs();
}
const OpRegistrar iterator(iterator_op("Iterator"));
const OpRegistrar iterator_v2(iterator_op("IteratorV2"));

REFLOW_OP("AnonymousIterator")
    .output("handle: resource") REFLOW_ELEMENT_ATTRS
    .stateful()
    .doc("A handle to a new iterator, which ends with it.")
    .shape(scalar_shape)
    .kernel<AnonymousIterator>(kCpu)
    .sets_outputs();

REFLOW_OP("AnonymousIteratorV2")
    .output("handle: resource")
    .output("deleter: variant") REFLOW_ELEMENT_ATTRS
    .stateful()
    .doc("A handle to a new iterator, which ends with it, and what DeleteIterator takes beside it.")
    .shape(scalar_shape)
    .kernel<AnonymousIterator>(kCpu)
    .sets_outputs();

REFLOW_OP("DeleteIterator")
    .input("handle: resource")
    .input("deleter: variant")
    .stateful()
    .doc("Says that the iterator isn't needed any more. It ends with its last handle.")
    .shape(no_outputs)
    .kernel<DeleteIterator>(kCpu);

REFLOW_OP("MakeIterator")
    .input("dataset: variant")
    .input("iterator: resource")
    .stateful()
    .doc("Makes the iterator pass over the dataset, from its beginning.")
    .shape(no_outputs)
    .kernel<MakeIterator>(kCpu)
    .blocking();

OpBuilder get_next_op(std::string_view name) {
  return OpBuilder(name)
      .input("iterator: resource")
      .output("components: output_types") REFLOW_ELEMENT_ATTRS
      .stateful()
      .doc("The next element of the iterator. OutOfRange: there is none.")
      .shape(components_shape)
      .kernel<IteratorGetNext>(kCpu)
      .sets_outputs();
}
// The kernel waits, but on its caller's thread: a step that begins with it goes on in a straight line.
const OpRegistrar get_next(get_next_op("IteratorGetNext"));
const OpRegistrar get_next_sync(get_next_op("IteratorGetNextSync").blocking());

}  // namespace
}  // namespace reflow::ops
