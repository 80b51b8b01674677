// FIFOQueue: elements leave in the order in which they came.

#include <deque>

#include "reflow/ops/queue/queue_op.h"

namespace reflow::ops {

Status queue_handle_shape(ShapeContext& c) {
  c.set_output(0, is_ref(c.node().output_type(0)) ? Shape{2} : Shape{});
  return OkStatus();
}

namespace {

class FifoQueue : public Queue {
 public:
  struct Options {};
  static Options read_options(KernelInit& c, QueueSpec* spec) {
    for (const Shape& shape : spec->shapes) {
      if (shape.known_rank() && !shape.fully_defined()) {
        c.fail(invalid_argument("Shape {} is not fully defined", shape.str()));
      }
    }
    return {};
  }
  FifoQueue(QueueSpec spec, std::string name, Options) : Queue(std::move(spec), std::move(name)) {}

 protected:
  void push(Tuple element) override { elements_.push_back(std::move(element)); }
  Tuple pop() override {
    Tuple element = std::move(elements_.front());
    elements_.pop_front();
    return element;
  }
  void put_back(Tuple element) override { elements_.push_front(std::move(element)); }
  int64_t num_elements() const override { return static_cast<int64_t>(elements_.size()); }

 private:
  std::deque<Tuple> elements_;
};

#define FIFO_ATTRS                                   \
  .attr("component_types: list(type) >= 1")          \
  .attr("shapes: list(shape) >= 0 = []")             \
  .attr("capacity: int = -1")                        \
  .attr("container: string = ''")                    \
  .attr("shared_name: string = ''")                  \
  .stateful()                                        \
  .shape(queue_handle_shape)                         \
  .kernel<QueueHandle<FifoQueue>>(kCpu)              \
  .sets_outputs()

REFLOW_OP("FIFOQueueV2")
    .output("handle: resource")
    .doc("A queue of tuples that leave in the order in which they came. At most `capacity` wait in it; -1: no limit. It "
         "is known by `shared_name` within `container`, else to this node alone.")
    FIFO_ATTRS;

REFLOW_OP("FIFOQueue")
    .output("handle: Ref(string)")
    .doc("FIFOQueueV2 as old graphs have it, with a reference to its name for a handle.")
    FIFO_ATTRS;

}  // namespace
}  // namespace reflow::ops
