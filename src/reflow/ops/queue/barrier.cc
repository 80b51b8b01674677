// Barriers: tuples come in component by component, under keys, and leave once they are whole, in the order in which their
// keys came first.

#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "reflow/op/async_kernel.h"
#include "reflow/op/elements.h"
#include "reflow/op/monitor.h"
#include "reflow/op/op.h"
#include "reflow/op/resource_handle.h"
#include "reflow/ops/queue/queue_op.h"

namespace reflow::ops {
namespace {

class Barrier : public Monitor {
 public:
  static constexpr std::string_view kTypeName = "N10tensorflow7barrier7BarrierE";
  struct Element {
    int64_t index;  // those that came first leave first
    std::string key;
    std::vector<Tensor> components;
  };

  Barrier(std::vector<DType> types, std::vector<Shape> shapes, std::string name)
      : types_(std::move(types)), shapes_(std::move(shapes)), name_(std::move(name)) {}
  std::string debug_string() const override { return "A barrier"; }
  const std::string& name() const { return name_; }
  const std::vector<DType>& types() const { return types_; }
  const std::vector<Shape>& shapes() const { return shapes_; }

  // values[i] becomes component `component` of the tuple keys[i].
  void insert(const Tensor& keys, const Tensor& values, int64_t component, CancellationManager* cancellation, Done done) {
    when([=, this]() -> StatusOr<bool> {
      RETURN_IF_ERROR(locked_insert(keys, values, component));
      return true;
    }, "BarrierInsertMany", cancellation, std::move(done));
  }

  // `n` elements; of a closed barrier, with `allow_small`, those that are left.
  void take(int64_t n, bool allow_small, std::vector<Element>* taken, CancellationManager* cancellation, Done done) {
    when([=, this]() -> StatusOr<bool> { return locked_take(n, allow_small, taken); }, "BarrierTakeMany", cancellation, std::move(done));
  }

  // No new keys come in; with `cancel_pending` no more components of known keys either.
  void close(bool cancel_pending, Done done) {
    when([=, this]() -> StatusOr<bool> {
      if (closed_ && (cancel_pending_ || !cancel_pending)) return cancelled("Barrier '{}' is already closed.", name_);
      closed_ = true;
      cancel_pending_ = cancel_pending;
      if (cancel_pending) incomplete_.clear();
      return true;
    }, "BarrierClose", nullptr, std::move(done));
  }

  int64_t ready_size() const {
    std::lock_guard lock(mutex_);
    return static_cast<int64_t>(ready_.size());
  }
  int64_t incomplete_size() const {
    std::lock_guard lock(mutex_);
    return static_cast<int64_t>(incomplete_.size());
  }

 private:
  static bool comes_later(const Element& a, const Element& b) { return a.index > b.index; }

  Status locked_insert(const Tensor& keys, const Tensor& values, int64_t component) {
    const int64_t n = keys.num_elements();
    if (closed_ && (cancel_pending_ || (n > 0 && incomplete_.empty()))) {
      return cancelled(
          "Barrier {} is closed.  Pending enqueues cancelled: {}.  Number of new insertions: {}.  Number of incomplete keys: {}.",
          name_, cancel_pending_ ? 1 : 0, n, incomplete_.size());
    }
    bool has_new = false;
    Status status;
    for (int64_t i = 0; i < n && status.ok(); ++i) {
      status = insert_one(keys.data<std::string>()[i], values.rows(i, i + 1), component, i, &has_new);
    }
    if (status.ok() && has_new) ++next_index_;
    return status;
  }

  Status insert_one(const std::string& key, const Tensor& row, int64_t component, int64_t i, bool* has_new) {
    auto at = incomplete_.find(key);
    if (at == incomplete_.end()) {
      if (closed_) {
        return cancelled("Barrier {} is closed, but attempted to insert a brand new key: {}.  Pending enqueues cancelled: {}.  "
                         "Insertion index: {}.  Number of incomplete keys: {}.",
                         name_, key, cancel_pending_ ? 1 : 0, i, incomplete_.size());
      }
      at = incomplete_.emplace(key, Element{next_index_, key, std::vector<Tensor>(types_.size())}).first;
      *has_new = true;
    }
    Element& element = at->second;
    if (element.components[component].valid()) {
      return invalid_argument("Key {} already has a value for component {} in barrier {}", key, component, name_);
    }
    // A copy of its own: the rows of one batch leave at different times.
    element.components[component] = row.reshaped(row.shape().sub_shape(1, row.rank())).copy();
    if (std::all_of(element.components.begin(), element.components.end(), [](const Tensor& t) { return t.valid(); })) {
      ready_.push_back(std::move(element));
      std::push_heap(ready_.begin(), ready_.end(), comes_later);
      incomplete_.erase(at);
    }
    return OkStatus();
  }

  StatusOr<bool> locked_take(int64_t n, bool allow_small, std::vector<Element>* taken) {
    const auto ready = static_cast<int64_t>(ready_.size());
    if (closed_) {
      const int64_t available = allow_small ? ready : ready + static_cast<int64_t>(incomplete_.size());
      if (allow_small) n = std::min(n, ready);
      if (available < std::max<int64_t>(n, 1)) {
        return out_of_range("Barrier '{}' is closed and has insufficient elements (requested {}, total size {})", name_, n, available);
      }
    }
    if (ready < n) return false;
    for (int64_t i = 0; i < n; ++i) {
      std::pop_heap(ready_.begin(), ready_.end(), comes_later);
      taken->push_back(std::move(ready_.back()));
      ready_.pop_back();
    }
    return true;
  }

  const std::vector<DType> types_;
  const std::vector<Shape> shapes_;
  const std::string name_;
  std::map<std::string, Element> incomplete_;
  std::vector<Element> ready_;  // a heap
  int64_t next_index_ = std::numeric_limits<int64_t>::min();
  bool closed_ = false, cancel_pending_ = false;
};

class MakeBarrier : public Kernel {
 public:
  explicit MakeBarrier(KernelInit& c) : types_(c.attr<std::vector<DType>>("component_types")), shapes_(c.attr<std::vector<Shape>>("shapes")), names_(DType::kString) {
    if (!c.status().ok()) return;
    if (!shapes_.empty() && shapes_.size() != types_.size()) c.fail(invalid_argument("All of the component shapes must be specified"));
    if (c.attr<int64_t>("capacity") != -1) {
      c.fail(invalid_argument("Barrier only accepts capacity=-1.  Feed the inputs to your Barrier through a queue to enforce a "
                              "limited capacity."));
    }
  }
  ~MakeBarrier() override {
    if (resources_ != nullptr && name_.is_private) (void)resources_->erase<Barrier>(name_.container, name_.name);
  }
  Status compute(KernelContext& c) override {
    const std::lock_guard lock(mutex_);
    if (resources_ == nullptr) {
      name_ = ResourceName::of(c);
      ASSIGN_OR_RETURN(const std::shared_ptr<Barrier> barrier,
                       c.resources().lookup_or_create<Barrier>(name_.container, name_.name, [&]() -> StatusOr<std::shared_ptr<Barrier>> {
                         return std::make_shared<Barrier>(types_, shapes_, name_.name);
                       }));
      if (barrier->types() != types_ || barrier->shapes() != shapes_) {
        return invalid_argument("Shared barrier '{}' has component types {} but requested component types were {}", name_.name,
                                list_types(barrier->types()), list_types(types_));
      }
      resources_ = &c.resources();
      names_.tensor = Tensor::vector<std::string>({name_.container, name_.name});
    }
    c.set_output_ref(0, &names_);
    return OkStatus();
  }

 private:
  const std::vector<DType> types_;
  const std::vector<Shape> shapes_;
  std::mutex mutex_;
  ResourceName name_;
  ResourceManager* resources_ = nullptr;
  Variable names_;
};

class InsertMany : public AsyncKernel {
 public:
  explicit InsertMany(KernelInit& c) : component_(c.attr<int64_t>("component_index")) {}
  void compute_async(KernelContext& c, std::function<void(Status)> done) override {
    auto barrier = resource_at<Barrier>(c, 0);
    Status status = barrier.ok() ? check(c, **barrier) : barrier.status();
    if (!status.ok()) return done(std::move(status));
    (*barrier)->insert(c.input(1), c.input(2), component_, c.cancellation(), std::move(done));
  }

 private:
  Status check(KernelContext& c, const Barrier& barrier) const {
    const Tensor &keys = c.input(1), &values = c.input(2);
    const auto n = static_cast<int64_t>(barrier.types().size());
    if (component_ < 0 || component_ >= n) {
      return invalid_argument("The component ID is out of range {} > num_components (= {})", component_, n);
    }
    const DType type = barrier.types()[component_];
    if (values.dtype() != type) {
      return invalid_argument("Signature mismatch, have: string_ref, string, {}-> expected: string_ref, string, {}->",
                              dtype_spec_name(values.dtype()), dtype_spec_name(type));
    }
    if (keys.num_elements() > 0 && values.num_elements() == 0) {
      return invalid_argument("Tensors with no elements are not supported {}: received shape {}", barrier.name(), values.shape().str());
    }
    if (keys.rank() != 1 || values.rank() < 1 || values.dim(0) != keys.dim(0)) {
      return invalid_argument("Number of keys and of values differ: {} vs. {}", keys.shape().str(), values.shape().str());
    }
    if (barrier.shapes().empty()) return OkStatus();
    const Shape row = values.shape().sub_shape(1, values.rank());
    if (barrier.shapes()[component_].compatible_with(row)) return OkStatus();
    return invalid_argument("Shape mismatch in tuple component {}. Expected {}, got {}", component_,
                            barrier.shapes()[component_].str(), row.str());
  }
  int64_t component_;
};

class TakeMany : public AsyncKernel {
 public:
  explicit TakeMany(KernelInit& c) : allow_small_(c.attr<bool>("allow_small_batch")), types_(c.attr<std::vector<DType>>("component_types")) {
    if (c.attr<int64_t>("timeout_ms") != -1) c.fail(invalid_argument("Timeout not supported yet."));
  }
  void compute_async(KernelContext& c, std::function<void(Status)> done) override {
    auto barrier = resource_at<Barrier>(c, 0);
    if (!barrier.ok()) return done(barrier.status());
    if (c.input(1).num_elements() != 1) return done(invalid_argument("num_elements must be a scalar."));
    const int32_t n = c.input(1).item<int32_t>();
    if (n < 0) return done(invalid_argument("num_elements must not be negative: {}", n));
    if ((*barrier)->types() != types_) {
      return done(invalid_argument("Barrier has components of types {}, and not {}", list_types((*barrier)->types()), list_types(types_)));
    }
    const auto taken = std::make_shared<std::vector<Barrier::Element>>();
    (*barrier)->take(n, allow_small_, taken.get(), c.cancellation(), [&c, taken, done = std::move(done)](Status status) {
      done(status.ok() ? give_out(c, *taken) : std::move(status));
    });
  }

 private:
  static Status give_out(KernelContext& c, const std::vector<Barrier::Element>& taken) {
    const auto n = static_cast<int64_t>(taken.size());
    Tensor indices(DType::kInt64, Shape{n}), keys(DType::kString, Shape{n});
    for (int64_t i = 0; i < n; ++i) {
      indices.data<int64_t>()[i] = taken[i].index;
      keys.data<std::string>()[i] = taken[i].key;
    }
    c.set_output(0, std::move(indices));
    c.set_output(1, std::move(keys));
    for (int k = 0; k + 2 < c.num_outputs(); ++k) {
      Shape shape = n == 0 ? Shape{} : taken[0].components[k].shape();
      for (const auto& element : taken) {
        if (element.components[k].shape() == shape) continue;
        return invalid_argument("Shapes of component {} differ: {} vs. {}", k, shape.str(), element.components[k].shape().str());
      }
      const int64_t size = shape.num_elements();
      shape.insert_dim(0, n);
      ASSIGN_OR_RETURN(Tensor values, allocate_tensor(c.node().output_type(2 + k), shape));
      const CopyElementsFn copy = copy_elements_fn(values.dtype());
      for (int64_t i = 0; i < n; ++i) {
        copy(static_cast<char*>(values.raw_data()) + i * size * dtype_size(values.dtype()), taken[i].components[k].raw_data(), size);
      }
      c.set_output(2 + k, std::move(values));
    }
    return OkStatus();
  }
  bool allow_small_;
  std::vector<DType> types_;
};

class CloseBarrier : public AsyncKernel {
 public:
  explicit CloseBarrier(KernelInit& c) : cancel_pending_(c.attr<bool>("cancel_pending_enqueues")) {}
  void compute_async(KernelContext& c, std::function<void(Status)> done) override {
    auto barrier = resource_at<Barrier>(c, 0);
    if (!barrier.ok()) return done(barrier.status());
    (*barrier)->close(cancel_pending_, std::move(done));
  }

 private:
  bool cancel_pending_;
};

template <bool kIncomplete>
class BarrierSize : public Kernel {
 public:
  explicit BarrierSize(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<Barrier> barrier, resource_at<Barrier>(c, 0));
    *c.output(0).data<int32_t>() = static_cast<int32_t>(kIncomplete ? barrier->incomplete_size() : barrier->ready_size());
    return OkStatus();
  }
};

// The handle has two elements.
Status check_handle(ShapeContext& c) {
  if (c.concrete()) return OkStatus();
  Shape handle;
  int64_t two;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 1, &handle));
  return c.with_value(handle.dim(0), 2, &two);
}

Status insert_shape(ShapeContext& c) {
  RETURN_IF_ERROR(check_handle(c));
  if (c.concrete()) return OkStatus();
  Shape keys, values;
  int64_t n;
  RETURN_IF_ERROR(c.with_rank(c.input(1), 1, &keys));
  RETURN_IF_ERROR(c.with_rank_at_least(c.input(2), 1, &values));
  return values.known_rank() ? c.merge_dim(keys.dim(0), values.dim(0), &n) : OkStatus();
}

Status close_shape(ShapeContext& c) { return check_handle(c); }

Status size_shape(ShapeContext& c) {
  RETURN_IF_ERROR(check_handle(c));
  return scalar_shape(c);
}

REFLOW_OP("Barrier")
    .output("handle: Ref(string)")
    .attr("component_types: list(type) >= 1")
    .attr("shapes: list(shape) >= 0 = []")
    .attr("capacity: int = -1")
    .attr("container: string = ''")
    .attr("shared_name: string = ''")
    .stateful()
    .doc("A barrier: tuples come in component by component, under keys, and can be taken once they are whole.")
    .shape(queue_handle_shape)
    .kernel<MakeBarrier>(kCpu)
    .sets_outputs();

REFLOW_OP("BarrierInsertMany")
    .input("handle: Ref(string)")
    .input("keys: string")
    .input("values: T")
    .attr("T: type")
    .attr("component_index: int")
    .doc("Makes the rows of `values` the components `component_index` of the tuples `keys`.")
    .shape(insert_shape)
    .kernel<InsertMany>(kCpu)
    .blocking();

REFLOW_OP("BarrierTakeMany")
    .input("handle: Ref(string)")
    .input("num_elements: int32")
    .output("indices: int64")
    .output("keys: string")
    .output("values: component_types")
    .attr("component_types: list(type) >= 1")
    .attr("allow_small_batch: bool = false")
    .attr("wait_for_incomplete: bool = false")
    .attr("timeout_ms: int = -1")
    .doc("Takes `num_elements` whole tuples, waiting for them: when their keys came, the keys, and the components as rows.")
    .shape(unknown_shape)
    .kernel<TakeMany>(kCpu)
    .blocking()
    .sets_outputs();

REFLOW_OP("BarrierClose")
    .input("handle: Ref(string)")
    .attr("cancel_pending_enqueues: bool = false")
    .doc("Closes the barrier: no new keys come in, with `cancel_pending_enqueues` nothing any more.")
    .shape(close_shape)
    .kernel<CloseBarrier>(kCpu)
    .blocking();

REFLOW_OP("BarrierReadySize")
    .input("handle: Ref(string)")
    .output("size: int32")
    .doc("How many tuples are whole.")
    .shape(size_shape)
    .kernel<BarrierSize<false>>(kCpu);

REFLOW_OP("BarrierIncompleteSize")
    .input("handle: Ref(string)")
    .output("size: int32")
    .doc("How many tuples wait for components.")
    .shape(size_shape)
    .kernel<BarrierSize<true>>(kCpu);

// What takes a queue's reference to its name can be given a handle by way of this.
class FakeQueue : public Kernel {
 public:
  explicit FakeQueue(KernelInit&) : names_(DType::kString) {}
  Status compute(KernelContext& c) override {
    if (c.input(0).num_elements() != 1) return invalid_argument("Input 0 is not a resource handle");
    const ResourceHandle& handle = c.input(0).item<ResourceHandle>();
    const std::lock_guard lock(mutex_);
    names_.tensor = Tensor::vector<std::string>({handle.container, handle.name});
    c.set_output_ref(0, &names_);
    return OkStatus();
  }

 private:
  std::mutex mutex_;
  Variable names_;
};

REFLOW_OP("FakeQueue")
    .input("resource: resource")
    .output("handle: Ref(string)")
    .stateful()
    .doc("The reference to the name of the queue `resource`, as old ops take it.")
    .shape(unknown_shape)
    .kernel<FakeQueue>(kCpu)
    .sets_outputs();

}  // namespace
}  // namespace reflow::ops
