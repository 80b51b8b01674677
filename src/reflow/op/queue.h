#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/op/cancellation.h"
#include "reflow/op/resource_manager.h"
#include "reflow/tensor/tensor.h"

namespace reflow::op {

// What a queue is made with.
struct QueueSpec {
  std::string kind;      // "FIFOQueue", the op without its version
  int64_t capacity = 0;
  std::vector<DType> types;   // of the components of an element
  std::vector<Shape> shapes;  // of the same; empty: any
};

// A queue of tuples of tensors, with callers that wait: those who put in while it is full, those who take out while
// there isn't enough. Both are served in the order of their coming. Order and choice of elements are up to the
// subclasses in ops/queue. Thread-safe.
//
// Functions with a `done` call it once, here or later on another thread, without a lock held. Errors: Cancelled, "Enqueue
// operation was cancelled", when `cancellation` (may be null) is; Cancelled, "FIFOQueue '_0_q' is closed."; OutOfRange,
// "FIFOQueue '_0_q' is closed and has insufficient elements (requested 1, current size 0)"; InvalidArgument: shapes.
class Queue : public Resource, public std::enable_shared_from_this<Queue> {
 public:
  static constexpr std::string_view kTypeName = "N10tensorflow14QueueInterfaceE";
  using Tuple = std::vector<Tensor>;
  using Done = std::function<void(Status)>;
  using Taken = std::function<void(Status, Tuple)>;

  Queue(QueueSpec spec, std::string name);

  void enqueue(Tuple element, CancellationManager* cancellation, Done done);
  // The rows of the components are the elements.
  void enqueue_many(Tuple batch, CancellationManager* cancellation, Done done);
  void dequeue(CancellationManager* cancellation, Taken taken);
  // `n` elements as the rows of one tuple; with `allow_fewer` also less of them, once the queue is closed.
  // InvalidArgument: the shapes of elements aren't known.
  void dequeue_many(int64_t n, bool allow_fewer, CancellationManager* cancellation, Taken taken);
  // No more elements come in: after those who wait to put in, or, with `cancel_pending`, now, and they fail.
  // Cancelled: "Queue '{}' is already closed.".
  void close(bool cancel_pending, Done done);

  int64_t size() const;
  bool is_closed() const;
  const QueueSpec& spec() const { return spec_; }
  const std::string& name() const { return name_; }
  std::string debug_string() const override;

  // Is this the queue that a node of op `op` with `wanted` means? InvalidArgument tells what is another.
  virtual Status matches(const std::string& op, const Queue& wanted) const;

 protected:
  // The elements themselves; the queue's mutex is held.
  virtual void push(Tuple element) = 0;
  virtual Tuple pop() = 0;                  // REQUIRES: num_elements() > 0
  virtual void put_back(Tuple element) = 0;  // what had been taken for a batch that doesn't come about
  virtual int64_t num_elements() const = 0;
  // How many stay behind as long as the queue is open.
  virtual int64_t min_after_dequeue() const { return 0; }
  // Elements to a batch of [elements.size(), shape of the component].
  virtual StatusOr<Tuple> batch(const std::vector<Tuple>& elements) const;
  // Does `shape` fit a component of shape `wanted`?
  virtual bool fits(const Shape& wanted, const Shape& shape) const { return wanted == shape; }
  virtual bool allows_batches() const { return !spec_.shapes.empty(); }
  virtual Status check_shared_shapes(const Queue& wanted) const;

 private:
  enum class Progress { kNone, kSome, kComplete };
  // One caller that waits.
  struct Attempt {
    std::function<Progress(Attempt&)> run;
    std::function<void(Attempt&)> finish;  // tells the caller
    CancellationManager* cancellation = nullptr;
    CancellationManager::Token token = 0;
    Status status;
    Tuple result;
    std::vector<Tuple> elements;  // of a batch to be
  };
  using Attempts = std::deque<std::unique_ptr<Attempt>>;

  Status check_element(const Tuple& element) const;
  Status check_batch(const Tuple& batch) const;
  std::string_view base_kind() const;
  Status closed_error() const;
  Status insufficient_error(std::string_view kind, int64_t wanted) const;
  Progress take_batch(Attempt& attempt, int64_t* wanted, bool allow_fewer);
  // Queues the attempt, to be cancelled with its manager, and serves all that can be.
  void wait_for(Attempts& attempts, std::unique_ptr<Attempt> attempt, const char* what);
  void cancel(Attempts& attempts, const CancellationManager* cancellation, CancellationManager::Token token,
              const char* what);
  void flush();
  static bool serve(Attempts& attempts, Attempts* finished);
  static void end(Attempts& finished);

  const QueueSpec spec_;
  const std::string name_;
  mutable std::mutex mutex_;
  bool closed_ = false;
  Attempts enqueues_, dequeues_;
};

// "float, int32", "[[], [2,3]]": as messages list them.
std::string list_types(const std::vector<DType>& types);
std::string list_shapes(const std::vector<Shape>& shapes);

}  // namespace reflow::op
