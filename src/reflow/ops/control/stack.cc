// Stacks: last in, first out, for the values of a loop's iterations that its gradient reads in reverse.

#include <atomic>
#include <cstring>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// Lives as long as a handle to it. Thread-safe.
class Stack : public Resource {
 public:
  static constexpr std::string_view kTypeName = "N10tensorflow5StackE";
  explicit Stack(std::string name) : name_(std::move(name)) {}
  std::string debug_string() const override { return "Stack[" + name_ + "]"; }
  const std::string& name() const { return name_; }

  Status push(const Tensor& value) {
    std::lock_guard lock(mutex_);
    RETURN_IF_ERROR(check_open());
    if (values_.empty() && packs(value)) {
      const char* const bytes = static_cast<const char*>(value.raw_data());
      packed_.insert(packed_.end(), bytes, bytes + value.size_bytes());
    } else {
      values_.push_back(value.retained());
    }
    return OkStatus();
  }

  // Makes the value that was pushed last output 0 of `c`.
  Status pop(KernelContext& c, DType type) {
    std::lock_guard lock(mutex_);
    RETURN_IF_ERROR(check_open());
    if (values_.empty() && packed_.empty()) return invalid_argument("Stack[{}] is empty when calling Pop().", name_);
    const DType held = values_.empty() ? packed_type_ : values_.back().dtype();
    if (held != type) {
      return invalid_argument("{} holds values of type {}, and not {}", debug_string(), dtype_spec_name(held), dtype_spec_name(type));
    }
    if (!values_.empty()) {
      c.set_output(0, std::move(values_.back()));
      values_.pop_back();
      return OkStatus();
    }
    RETURN_IF_ERROR(c.allocate_output(0, packed_shape_));
    const size_t left = packed_.size() - static_cast<size_t>(c.output(0).size_bytes());
    std::memcpy(c.output(0).raw_data(), packed_.data() + left, packed_.size() - left);
    packed_.resize(left);
    return OkStatus();
  }

  void close() {
    std::lock_guard lock(mutex_);
    values_.clear();
    packed_ = {};
    closed_ = true;
  }

 private:
  // Small values of one type and shape, which loops leave by the million, lie side by side.
  bool packs(const Tensor& value) {
    constexpr int64_t kMaxBytes = 256;
    if (!is_plain(value.dtype()) || value.num_elements() == 0 || value.size_bytes() > kMaxBytes) return false;
    if (packed_.empty()) {
      packed_type_ = value.dtype();
      packed_shape_ = value.shape();
      return true;
    }
    return value.dtype() == packed_type_ && value.shape() == packed_shape_;
  }

  Status check_open() const {
    return closed_ ? invalid_argument("Stack[{}] has already been closed.", name_) : OkStatus();
  }
  std::mutex mutex_;
  const std::string name_;
  std::vector<char> packed_;    // the values at the bottom
  DType packed_type_ = DType::kInvalid;
  Shape packed_shape_;
  std::vector<Tensor> values_;  // those above
  bool closed_ = false;
};

constexpr std::string_view kContainer = "_stacks";

StatusOr<ResourceManager*> stacks_of_run(KernelContext& c) {
  if (c.env().step_resources == nullptr) return internal_error("Stacks with string handles need a run of a session");
  return c.env().step_resources;
}

StatusOr<Stack*> stack_of(KernelContext& c) {
  const Tensor& input = c.input(0);
  if (input.dtype() == DType::kString) {
    if (input.num_elements() != 2) {
      return invalid_argument("Stack handle must have two elements, but had shape: {}", input.shape().str());
    }
    ASSIGN_OR_RETURN(ResourceManager * stacks, stacks_of_run(c));
    ASSIGN_OR_RETURN(const auto stack, stacks->lookup<Stack>(input.flat<std::string>()[0], input.flat<std::string>()[1]));
    return stack.get();
  }
  if (input.num_elements() < 1) return invalid_argument("The handle of a stack is empty");
  const ResourceHandle& handle = input.item<ResourceHandle>();
  if (handle.resource && handle.type_name == Stack::kTypeName) return static_cast<Stack*>(handle.resource.get());
  return not_found("Resource {}/{}/{} does not exist.", handle.container, handle.name, Stack::kTypeName);
}

class MakeStack : public Kernel {
 public:
  explicit MakeStack(KernelInit& c) : name_(c.attr<std::string>("stack_name")) {
    if (name_.empty()) name_ = c.node().name();
  }

  Status compute(KernelContext& c) override {
    if (c.num_inputs() > 0 && c.input(0).rank() != 0) {
      return invalid_argument("Stack size must be a scalar, but had shape: {}", c.input(0).shape().str());
    }
    static std::atomic<int64_t> counter{0};
    auto stack = std::make_shared<Stack>(fmt::format("{}_{}", name_, counter.fetch_add(1, std::memory_order_relaxed)));
    if (is_ref(c.node().output_type(0))) return give_reference(c, std::move(stack));
    ResourceHandle handle;
    handle.device = c.env().device->name();
    handle.container = kContainer;
    handle.name = stack->name();
    handle.type_name = Stack::kTypeName;
    handle.resource = std::move(stack);
    c.set_output(0, Tensor::scalar(std::move(handle)));
    return OkStatus();
  }

 private:
  // Old graphs' handles are references to two strings, which name a stack that lives as long as the run.
  static Status give_reference(KernelContext& c, std::shared_ptr<Stack> stack) {
    ASSIGN_OR_RETURN(ResourceManager * stacks, stacks_of_run(c));
    auto handle = std::make_shared<Variable>(DType::kString);
    handle->tensor = Tensor::vector<std::string>({std::string(kContainer), stack->name()});
    RETURN_IF_ERROR(stacks->create<Variable>(kContainer, stack->name(), handle));
    c.set_output_ref(0, handle.get());
    const std::string name = stack->name();
    return stacks->create<Stack>(kContainer, name, std::move(stack));
  }

  std::string name_;
};

class StackPush : public Kernel {
 public:
  explicit StackPush(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(Stack * stack, stack_of(c));
    c.set_output(0, c.input(1));
    return stack->push(c.input(1));
  }
};

class StackPop : public Kernel {
 public:
  explicit StackPop(KernelInit& c) : type_(c.attr<DType>("elem_type")) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(Stack * stack, stack_of(c));
    return stack->pop(c, type_);
  }

 private:
  DType type_;
};

class StackClose : public Kernel {
 public:
  explicit StackClose(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(Stack * stack, stack_of(c));
    stack->close();
    return OkStatus();
  }
};

// TensorFlow says that handles have two elements, which is what they once had.
Status handle_shape_fn(ShapeContext& c) {
  c.set_output(0, c.concrete() && !is_ref(c.node().output_type(0)) ? Shape{} : Shape{2});
  return OkStatus();
}

Status pushed_shape(ShapeContext& c) {
  c.set_output(0, c.input(1));
  return OkStatus();
}

REFLOW_OP("StackV2")
    .input("max_size: int32")
    .output("handle: resource")
    .attr("elem_type: type")
    .attr("stack_name: string = ''")
    .stateful()
    .doc("Makes an empty stack, which lasts as long as the run. `max_size` bounds it where memory has to be reserved.")
    .shape(handle_shape_fn)
    .kernel<MakeStack>(kCpu)
    .sets_outputs();

REFLOW_OP("StackPushV2")
    .input("handle: resource")
    .input("elem: T")
    .output("output: T")
    .attr("T: type")
    .attr("swap_memory: bool = false")
    .stateful()
    .doc("Puts `elem` on the stack, and passes it on.")
    .shape(pushed_shape)
    .kernel<StackPush>(kCpu)
    .sets_outputs();

REFLOW_OP("StackPopV2")
    .input("handle: resource")
    .output("elem: elem_type")
    .attr("elem_type: type")
    .stateful()
    .doc("Takes the element that was put on the stack last.")
    .shape(unknown_shape)
    .kernel<StackPop>(kCpu)
    .sets_outputs();

REFLOW_OP("StackCloseV2")
    .input("handle: resource")
    .stateful()
    .doc("Frees what the stack holds; it can't be used any more.")
    .shape(no_outputs)
    .kernel<StackClose>(kCpu)
    .sets_outputs();

REFLOW_OP("Stack")
    .output("handle: Ref(string)")
    .attr("elem_type: type")
    .attr("stack_name: string = ''")
    .stateful()
    .doc("StackV2 with a handle that is a reference to strings.")
    .shape(handle_shape_fn)
    .kernel<MakeStack>(kCpu)
    .sets_outputs()
    .not_differentiable();

REFLOW_OP("StackPush")
    .input("handle: Ref(string)")
    .input("elem: T")
    .output("output: T")
    .attr("T: type")
    .attr("swap_memory: bool = false")
    .doc("StackPushV2 of Stack.")
    .shape(pushed_shape)
    .kernel<StackPush>(kCpu)
    .sets_outputs()
    .not_differentiable();

REFLOW_OP("StackPop")
    .input("handle: Ref(string)")
    .output("elem: elem_type")
    .attr("elem_type: type")
    .doc("StackPopV2 of Stack.")
    .shape(unknown_shape)
    .kernel<StackPop>(kCpu)
    .sets_outputs()
    .not_differentiable();

REFLOW_OP("StackClose")
    .input("handle: Ref(string)")
    .doc("StackCloseV2 of Stack.")
    .shape(no_outputs)
    .kernel<StackClose>(kCpu)
    .sets_outputs()
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
