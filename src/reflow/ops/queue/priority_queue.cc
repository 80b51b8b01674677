// PriorityQueue: the elements with the smallest priority leave first.

#include <algorithm>

#include "reflow/ops/queue/queue_op.h"

namespace reflow::ops {
namespace {

class PriorityQueue : public Queue {
 public:
  struct Options {};
  // The priority is the first component, which the op doesn't name.
  static Options read_options(KernelInit& c, QueueSpec* spec) {
    spec->types.insert(spec->types.begin(), DType::kInt64);
    spec->shapes.insert(spec->shapes.begin(), Shape{});
    for (const Shape& shape : spec->shapes) {
      if (shape.known_rank() && !shape.fully_defined()) {
        c.fail(invalid_argument("Shape {} is not fully defined", shape.str()));
      }
    }
    return {};
  }
  PriorityQueue(QueueSpec spec, std::string name, Options) : Queue(std::move(spec), std::move(name)) {}

 protected:
  void push(Tuple element) override {
    heap_.push_back(std::move(element));
    std::push_heap(heap_.begin(), heap_.end(), comes_later);
  }
  Tuple pop() override {
    std::pop_heap(heap_.begin(), heap_.end(), comes_later);
    Tuple element = std::move(heap_.back());
    heap_.pop_back();
    return element;
  }
  void put_back(Tuple element) override { push(std::move(element)); }
  int64_t num_elements() const override { return static_cast<int64_t>(heap_.size()); }

 private:
  static bool comes_later(const Tuple& a, const Tuple& b) { return a[0].item<int64_t>() > b[0].item<int64_t>(); }
  std::vector<Tuple> heap_;
};

#define PRIORITY_ATTRS                               \
  .attr("component_types: list(type) >= 0 = []")     \
  .attr("shapes: list(shape) >= 0")                  \
  .attr("capacity: int = -1")                        \
  .attr("container: string = ''")                    \
  .attr("shared_name: string = ''")                  \
  .stateful()                                        \
  .shape(queue_handle_shape)                         \
  .kernel<QueueHandle<PriorityQueue>>(kCpu)          \
  .sets_outputs()

REFLOW_OP("PriorityQueueV2")
    .output("handle: resource")
    .doc("A queue of tuples whose first component, an int64 scalar, is a priority: the smallest leave first.")
    PRIORITY_ATTRS;

REFLOW_OP("PriorityQueue")
    .output("handle: Ref(string)")
    .doc("PriorityQueueV2 as old graphs have it, with a reference to its name for a handle.")
    PRIORITY_ATTRS;

}  // namespace
}  // namespace reflow::ops
