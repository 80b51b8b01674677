// PaddingFIFOQueue: elements of different sizes, which batches fill up with zeros.

#include <deque>

#include "reflow/op/elements.h"
#include "reflow/ops/queue/queue_op.h"

namespace reflow::ops {
namespace {

// Copies `from` into the corner of a block of shape `to_shape`.
void copy_into_corner(const Tensor& from, const Shape& to_shape, void* to) {
  const int rank = from.rank();
  const CopyElementsFn copy = copy_elements_fn(from.dtype());
  if (rank == 0 || from.num_elements() == 0) return copy(to, from.raw_data(), from.num_elements());
  const int64_t row = from.dim(rank - 1), size = dtype_size(from.dtype());
  std::vector<int64_t> at(rank, 0);
  for (int64_t i = 0; i < from.num_elements() / row; ++i) {
    int64_t offset = 0;
    for (int d = 0; d < rank; ++d) offset = offset * to_shape.dim(d) + at[d];
    copy(static_cast<char*>(to) + offset * size, static_cast<const char*>(from.raw_data()) + i * row * size, row);
    for (int d = rank - 2; d >= 0 && ++at[d] == from.dim(d); --d) at[d] = 0;
  }
}

class PaddingFifoQueue : public Queue {
 public:
  struct Options {};
  static Options read_options(KernelInit& c, QueueSpec* spec) {
    if (spec->shapes.size() != spec->types.size()) {
      c.fail(invalid_argument("Shapes must be provided for all components, but received {} dtypes and {} shapes.",
                              spec->types.size(), spec->shapes.size()));
    }
    for (const Shape& shape : spec->shapes) {
      if (!shape.known_rank()) c.fail(invalid_argument("shape {} must have known rank.", shape.str()));
    }
    return {};
  }
  PaddingFifoQueue(QueueSpec spec, std::string name, Options) : Queue(std::move(spec), std::move(name)) {}

 protected:
  void push(Tuple element) override { elements_.push_back(std::move(element)); }
  Tuple pop() override {
    Tuple element = std::move(elements_.front());
    elements_.pop_front();
    return element;
  }
  void put_back(Tuple element) override { elements_.push_front(std::move(element)); }
  int64_t num_elements() const override { return static_cast<int64_t>(elements_.size()); }
  bool fits(const Shape& wanted, const Shape& shape) const override { return wanted.compatible_with(shape); }

  StatusOr<Tuple> batch(const std::vector<Tuple>& elements) const override {
    Tuple result;
    for (size_t i = 0; i < spec().types.size(); ++i) {
      const DType type = spec().types[i];
      Shape largest = spec().shapes[i];
      for (int d = 0; d < largest.rank(); ++d) {
        int64_t size = std::max<int64_t>(largest.dim(d), 0);
        for (const Tuple& element : elements) size = std::max(size, element[i].dim(d));
        largest.set_dim(d, size);
      }
      Shape shape = largest;
      shape.insert_dim(0, static_cast<int64_t>(elements.size()));
      ASSIGN_OR_RETURN(Tensor rows, allocate_tensor(type, shape));
      if (is_plain(type) && rows.num_elements() > 0) std::memset(rows.raw_data(), 0, rows.size_bytes());
      char* to = static_cast<char*>(rows.raw_data());
      const int64_t row_bytes = elements.empty() ? 0 : rows.size_bytes() / static_cast<int64_t>(elements.size());
      for (size_t k = 0; k < elements.size(); ++k) {
        if (row_bytes > 0) copy_into_corner(elements[k][i], largest, to + static_cast<int64_t>(k) * row_bytes);
      }
      result.push_back(std::move(rows));
    }
    return result;
  }

  Status check_shared_shapes(const Queue& wanted) const override {
    for (size_t i = 0; i < spec().shapes.size(); ++i) {
      if (spec().shapes[i].compatible_with(wanted.spec().shapes[i])) continue;
      return invalid_argument("Shared queue '{}' has component shapes {} but requested component shapes were {}", name(),
                              list_shapes(spec().shapes), list_shapes(wanted.spec().shapes));
    }
    return OkStatus();
  }

 private:
  std::deque<Tuple> elements_;
};

#define PADDING_FIFO_ATTRS                           \
  .attr("component_types: list(type) >= 1")          \
  .attr("shapes: list(shape) >= 0 = []")             \
  .attr("capacity: int = -1")                        \
  .attr("container: string = ''")                    \
  .attr("shared_name: string = ''")                  \
  .stateful()                                        \
  .shape(queue_handle_shape)                         \
  .kernel<QueueHandle<PaddingFifoQueue>>(kCpu)       \
  .sets_outputs()

REFLOW_OP("PaddingFIFOQueueV2")
    .output("handle: resource")
    .doc("A first-in first-out queue of tuples whose components may differ in the dimensions that `shapes` leaves open. "
         "In a batch they are as large as the largest, filled up with zeros or empty strings.")
    PADDING_FIFO_ATTRS;

REFLOW_OP("PaddingFIFOQueue")
    .output("handle: Ref(string)")
    .doc("PaddingFIFOQueueV2 as old graphs have it, with a reference to its name for a handle.")
    PADDING_FIFO_ATTRS;

}  // namespace
}  // namespace reflow::ops
