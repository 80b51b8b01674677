#include "reflow/client/queue.h"

#include <fmt/format.h>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/python_text.h"
#include "reflow/client/scopes.h"
#include "reflow/client/selection_ops.h"

namespace reflow {
namespace {

using client::make_op;

std::string last_part(const std::string& name) { return name.substr(name.rfind('/') + 1); }

Shape without_first(const Shape& shape) {
  if (!shape.known_rank()) return shape;
  Shape rest = shape;
  rest.remove_dim(0);
  return rest;
}

void check_compatible(const Shape& found, const Shape& wanted) {
  if (found.compatible_with(wanted)) return;
  throw ValueError(fmt::format("Shapes {} and {} are incompatible", client::python_shape(found),
                               client::python_shape(wanted)));
}

// What is true of both shapes.
Shape common_shape(const Shape& a, const Shape& b) {
  if (!a.known_rank() || !b.known_rank() || a.rank() != b.rank()) return Shape::unknown();
  Shape common = a;
  for (int i = 0; i < a.rank(); ++i) {
    if (a.dim(i) != b.dim(i)) common.set_dim(i, -1);
  }
  return common;
}

// The op of a new queue.
Output make_queue(const char* type, const std::string& name, const char* default_name, int64_t capacity,
                  const std::vector<DType>& types, const std::vector<Shape>& shapes, const std::string& shared_name,
                  graph::AttrMap more = {}) {
  more.set("component_types", types);
  more.set("shapes", shapes);
  more.set("capacity", capacity);
  more.set("shared_name", shared_name);
  return Output(make_op(type, name.empty() ? default_name : name, TensorList(), std::move(more)), 0);
}

const std::vector<Shape>& fully_defined(const std::vector<Shape>& shapes) {
  for (const Shape& shape : shapes) {
    if (!shape.fully_defined()) {
      throw ValueError(fmt::format("All shapes must be fully defined: {}", client::python_shape(shape)));
    }
  }
  return shapes;
}

std::vector<DType> with_priority(std::vector<DType> types) {
  types.insert(types.begin(), DType::kInt64);
  return types;
}
std::vector<Shape> with_priority(std::vector<Shape> shapes) {
  if (!shapes.empty()) shapes.insert(shapes.begin(), Shape{});
  return shapes;
}

graph::AttrMap shuffling(int64_t min_after_dequeue, std::optional<int64_t> seed) {
  const Seeds seeds = get_seed(seed);
  return {{"min_after_dequeue", min_after_dequeue}, {"seed", seeds.seed}, {"seed2", seeds.seed2}};
}

}  // namespace

Queue::Queue(std::vector<DType> dtypes, std::vector<Shape> shapes, Output queue_ref)
    : dtypes_(std::move(dtypes)), shapes_(std::move(shapes)), ref_(queue_ref) {
  if (shapes_.empty()) shapes_.assign(dtypes_.size(), Shape::unknown());
  if (shapes_.size() != dtypes_.size()) throw ValueError("Queue shapes must have the same length as dtypes");
}

Queue Queue::from_list(const TensorLike& index, const std::vector<Queue>& queues) {
  if (queues.empty()) throw TypeError("A list of queues expected");
  std::vector<Shape> shapes = queues[0].shapes_;
  TensorList refs;
  for (const Queue& queue : queues) {
    if (queue.dtypes_ != queues[0].dtypes_) throw TypeError("Queues do not have matching component dtypes.");
    for (size_t i = 0; i < shapes.size(); ++i) shapes[i] = common_shape(shapes[i], queue.shapes_[i]);
    refs.push_back(queue.ref_);
  }
  return Queue(queues[0].dtypes_, std::move(shapes), gather(stack(refs), index));
}

std::string Queue::named(const std::string& name, const char* what) const {
  return name.empty() ? last_part(this->name()) + what : name;
}

std::vector<Output> Queue::convert(const TensorList& vals) const {
  std::vector<Output> tensors;
  for (size_t i = 0; i < std::min(vals.size(), dtypes_.size()); ++i) {
    tensors.push_back(client::convert(vals[i], dtypes_[i], fmt::format("component_{}", i)));
  }
  return tensors;
}

Operation Queue::enqueue(const TensorList& vals, const std::string& name) const {
  const name_scope scope(name, named("", "_enqueue"));
  const std::vector<Output> tensors = convert(vals);
  for (size_t i = 0; i < tensors.size(); ++i) check_compatible(tensors[i].shape(), shapes_[i]);
  return Operation(make_op("QueueEnqueueV2", scope.name(), {ref_, tensors}));
}

Operation Queue::enqueue_many(const TensorList& vals, const std::string& name) const {
  const name_scope scope(name, named("", "_EnqueueMany"));
  const std::vector<Output> tensors = convert(vals);
  for (size_t i = 0; i < tensors.size(); ++i) {
    const Shape shape = tensors[i].shape();
    if (shape.known_rank() && shape.rank() == 0) {
      throw ValueError(fmt::format("Shape {} must have rank at least 1", client::python_shape(shape)));
    }
    check_compatible(without_first(shape), shapes_[i]);
  }
  return Operation(make_op("QueueEnqueueManyV2", scope.name(), {ref_, tensors}));
}

// The components of an element, with what is known of their shapes. `rows`: of a batch, -1 for any number.
std::vector<Output> Queue::taken(graph::Node* node, std::optional<int64_t> rows) const {
  std::vector<Output> outputs = client::all_outputs(node);
  for (size_t i = 0; i < outputs.size(); ++i) {
    Shape shape = shapes_[i];
    if (rows && shape.known_rank()) shape.insert_dim(0, *rows);
    if (!rows || shape.known_rank()) outputs[i].set_shape(shape);
  }
  return outputs;
}

std::vector<Output> Queue::dequeue(const std::string& name) const {
  return taken(make_op("QueueDequeueV2", named(name, "_Dequeue"), {ref_}, {{"component_types", dtypes_}}), std::nullopt);
}

std::vector<Output> Queue::dequeue_many(const TensorLike& n, const std::string& name) const {
  graph::Node* const node =
      make_op("QueueDequeueManyV2", named(name, "_DequeueMany"), {ref_, n}, {{"component_types", dtypes_}});
  const Tensor rows = constant_value(client::to_output(node->input(1)));
  return taken(node, rows.valid() ? int64_t{rows.item<int32_t>()} : -1);
}

std::vector<Output> Queue::dequeue_up_to(const TensorLike& n, const std::string& name) const {
  return taken(make_op("QueueDequeueUpToV2", named(name, "_DequeueUpTo"), {ref_, n}, {{"component_types", dtypes_}}), -1);
}

Operation Queue::close(const CloseOptions& options) const {
  return Operation(make_op("QueueCloseV2", named(options.name, "_Close"), {ref_},
                           {{"cancel_pending_enqueues", options.cancel_pending_enqueues}}));
}

Output Queue::is_closed(const std::string& name) const {
  return client::apply_op("QueueIsClosedV2", named(name, "_Is_Closed"), {ref_});
}

Output Queue::size(const std::string& name) const { return client::apply_op("QueueSizeV2", named(name, "_Size"), {ref_}); }

FIFOQueue::FIFOQueue(int64_t capacity, std::vector<DType> dtypes, const QueueOptions& options)
    : Queue(dtypes, options.shapes, make_queue("FIFOQueueV2", options.name, "fifo_queue", capacity, dtypes,
                                               fully_defined(options.shapes), options.shared_name)) {}

PaddingFIFOQueue::PaddingFIFOQueue(int64_t capacity, std::vector<DType> dtypes, const QueueOptions& options)
    : Queue(dtypes, options.shapes, make_queue("PaddingFIFOQueueV2", options.name, "padding_fifo_queue", capacity, dtypes,
                                               options.shapes, options.shared_name)) {
  if (options.shapes.size() != dtypes.size()) {
    throw ValueError(fmt::format("Shapes must be provided for all components, but received {} dtypes and {} shapes.",
                                 dtypes.size(), options.shapes.size()));
  }
}

PriorityQueue::PriorityQueue(int64_t capacity, const std::vector<DType>& types, const QueueOptions& options)
    : Queue(with_priority(types), with_priority(options.shapes),
            make_queue("PriorityQueueV2", options.name, "priority_queue", capacity, types, fully_defined(options.shapes),
                       options.shared_name)) {}

RandomShuffleQueue::RandomShuffleQueue(int64_t capacity, int64_t min_after_dequeue, std::vector<DType> dtypes,
                                       const RandomShuffleQueueOptions& options)
    : Queue(dtypes, options.shapes,
            make_queue("RandomShuffleQueueV2", options.name, "random_shuffle_queue", capacity, dtypes,
                       fully_defined(options.shapes), options.shared_name,
                       shuffling(min_after_dequeue, options.seed))) {}

}  // namespace reflow
