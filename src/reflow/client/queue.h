#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reflow/client/output.h"
#include "reflow/client/tensor_like.h"

namespace reflow {

struct QueueOptions {
  std::vector<Shape> shapes;  // of the components; empty: any, and no batches
  std::string shared_name;    // "": of this node alone
  std::string name;
};
struct RandomShuffleQueueOptions {
  std::vector<Shape> shapes;
  std::optional<int64_t> seed;
  std::string shared_name;
  std::string name = "random_shuffle_queue";
};
struct CloseOptions {
  bool cancel_pending_enqueues = false;
  std::string name;
};

// A queue of tuples of tensors (tf.QueueBase), which is filled and emptied while graphs run. Runs wait while it is full,
// or has not enough; when it is closed they end with CancelledError and OutOfRangeError. A handle: copies are the same.
//
//   const tf::FIFOQueue queue(10, {tf::int32}, {.shapes = {{}}});
//   sess.run(queue.enqueue({7}));
//   sess.run(queue.dequeue()[0]);
class Queue {
 public:
  // The queue that a tensor names. ValueError: not as many shapes as types.
  Queue(std::vector<DType> dtypes, std::vector<Shape> shapes, Output queue_ref);
  // queues[index], `index` being a tensor. TypeError: none, or their types differ.
  static Queue from_list(const TensorLike& index, const std::vector<Queue>& queues);

  const Output& queue_ref() const { return ref_; }
  const std::string& name() const { return ref_.op().name(); }
  const std::vector<DType>& dtypes() const { return dtypes_; }
  const std::vector<Shape>& shapes() const { return shapes_; }

  // Puts in one element. ValueError: "Shapes () and (2,) are incompatible".
  Operation enqueue(const TensorList& vals, const std::string& name = "") const;
  // Puts in the rows of the components, [rows, shape of the component].
  Operation enqueue_many(const TensorList& vals, const std::string& name = "") const;
  // Takes out one element, as its components.
  std::vector<Output> dequeue(const std::string& name = "") const;
  // Takes out n elements as the rows of a batch.
  std::vector<Output> dequeue_many(const TensorLike& n, const std::string& name = "") const;
  // The same, or fewer once the queue is closed and has no more.
  std::vector<Output> dequeue_up_to(const TensorLike& n, const std::string& name = "") const;
  // Nothing goes in any more; what is in can still be taken out.
  Operation close(const CloseOptions& options = {}) const;
  Output is_closed(const std::string& name = "") const;  // bool
  Output size(const std::string& name = "") const;       // int32

 private:
  std::string named(const std::string& name, const char* what) const;
  std::vector<Output> convert(const TensorList& vals) const;
  std::vector<Output> taken(graph::Node* node, std::optional<int64_t> rows) const;

  std::vector<DType> dtypes_;
  std::vector<Shape> shapes_;
  Output ref_;
};

// Elements come out in the order in which they went in.
class FIFOQueue : public Queue {
 public:
  FIFOQueue(int64_t capacity, std::vector<DType> dtypes, const QueueOptions& options = {});
};

// A FIFOQueue that pads the elements of a batch with zeros, in the dimensions that `shapes` doesn't give.
class PaddingFIFOQueue : public Queue {
 public:
  PaddingFIFOQueue(int64_t capacity, std::vector<DType> dtypes, const QueueOptions& options);
};

// Elements come out by priority, an int64 that is their first component and not among `types`.
class PriorityQueue : public Queue {
 public:
  PriorityQueue(int64_t capacity, const std::vector<DType>& types, const QueueOptions& options = {});
};

// Elements come out in random order, chosen among `min_after_dequeue` and more.
class RandomShuffleQueue : public Queue {
 public:
  RandomShuffleQueue(int64_t capacity, int64_t min_after_dequeue, std::vector<DType> dtypes,
                     const RandomShuffleQueueOptions& options = {});
};

}  // namespace reflow
