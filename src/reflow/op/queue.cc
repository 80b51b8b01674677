#include "reflow/op/queue.h"

#include <algorithm>
#include <utility>

#include "reflow/op/elements.h"
#include "reflow/tensor/checked_size.h"

namespace reflow::op {

namespace {

constexpr char kEnqueueCancelled[] = "Enqueue operation was cancelled";
constexpr char kDequeueCancelled[] = "Dequeue operation was cancelled";

// Row `i` of every component, in memory of its own.
Queue::Tuple row_of(const Queue::Tuple& batch, int64_t i) {
  Queue::Tuple element;
  for (const Tensor& component : batch) {
    const Tensor row = component.rows(i, i + 1);
    element.push_back(row.reshaped(component.shape().sub_shape(1, component.rank())).copy());
  }
  return element;
}

Status mismatch(size_t i, const Shape& wanted, const Shape& shape) {
  return invalid_argument("Shape mismatch in tuple component {}. Expected {}, got {}", i, wanted.str(), shape.str());
}

}  // namespace

std::string list_types(const std::vector<DType>& types) {
  std::string text;
  for (const DType type : types) text += (text.empty() ? "" : ", ") + dtype_spec_name(type);
  return text;
}

std::string list_shapes(const std::vector<Shape>& shapes) {
  std::string text;
  for (const Shape& shape : shapes) text += (text.empty() ? "" : ", ") + shape.str();
  return "[" + text + "]";
}

Queue::Queue(QueueSpec spec, std::string name) : spec_(std::move(spec)), name_(std::move(name)) {}

std::string Queue::debug_string() const {
  return fmt::format("A {} with {} of {} elements", spec_.kind, size(), spec_.capacity);
}

int64_t Queue::size() const {
  const std::lock_guard lock(mutex_);
  return num_elements();
}

bool Queue::is_closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

// ---- what callers may ask for

Status Queue::check_element(const Tuple& element) const {
  for (size_t i = 0; i < spec_.shapes.size(); ++i) {
    if (!fits(spec_.shapes[i], element[i].shape())) return mismatch(i, spec_.shapes[i], element[i].shape());
  }
  return OkStatus();
}

Status Queue::check_batch(const Tuple& batch) const {
  for (size_t i = 0; i < batch.size(); ++i) {
    if (batch[i].rank() < 1) return invalid_argument("Component {} of a batch of elements is a scalar", i);
  }
  const int64_t n = batch[0].dim(0);
  for (size_t i = 0; i < spec_.shapes.size(); ++i) {
    Shape expected = spec_.shapes[i];
    expected.insert_dim(0, n);
    if (batch[i].dim(0) != n || !fits(expected, batch[i].shape())) return mismatch(i, expected, batch[i].shape());
  }
  for (size_t i = 1; i < batch.size(); ++i) {
    if (batch[i].dim(0) == n) continue;
    return invalid_argument("All input tensors must have the same size in the 0th dimension. Component {} has {}, and "
                            "should have {}", i, batch[i].dim(0), n);
  }
  return OkStatus();
}

// A PaddingFIFOQueue is a FIFOQueue to TensorFlow but where it gives batches.
std::string_view Queue::base_kind() const {
  if (spec_.kind == "PaddingFIFOQueue") return "FIFOQueue";
  return spec_.kind;
}

Status Queue::closed_error() const { return cancelled("{} '{}' is closed.", base_kind(), name_); }

Status Queue::insufficient_error(std::string_view kind, int64_t wanted) const {
  return out_of_range("{} '{}' is closed and has insufficient elements (requested {}, current size {})", kind, name_,
                      wanted, num_elements());
}

Status Queue::matches(const std::string& op, const Queue& wanted) const {
  if (op != spec_.kind && op != spec_.kind + "V2") return invalid_argument("Expected {}, found {}", spec_.kind, op);
  if (spec_.capacity != wanted.spec_.capacity) {
    return invalid_argument("Shared queue '{}' has capacity {} but requested capacity was {}", name_, spec_.capacity,
                            wanted.spec_.capacity);
  }
  if (spec_.types != wanted.spec_.types) {
    return invalid_argument("Shared queue '{}' has component types {} but requested component types were {}", name_,
                            list_types(spec_.types), list_types(wanted.spec_.types));
  }
  return check_shared_shapes(wanted);
}

Status Queue::check_shared_shapes(const Queue& wanted) const {
  if (spec_.shapes == wanted.spec_.shapes) return OkStatus();
  return invalid_argument("Shared queue '{}' has component shapes {} but requested component shapes were {}", name_,
                          list_shapes(spec_.shapes), list_shapes(wanted.spec_.shapes));
}

// ---- putting in

void Queue::enqueue(Tuple element, CancellationManager* cancellation, Done done) {
  if (Status status = check_element(element); !status.ok()) return done(std::move(status));
  auto attempt = std::make_unique<Attempt>();
  attempt->cancellation = cancellation;
  attempt->elements.push_back(std::move(element));
  attempt->finish = [done = std::move(done)](Attempt& a) { done(std::move(a.status)); };
  attempt->run = [this](Attempt& a) {
    if (closed_) {
      a.status = closed_error();
      return Progress::kComplete;
    }
    if (num_elements() >= spec_.capacity) return Progress::kNone;
    push(std::move(a.elements[0]));
    return Progress::kComplete;
  };
  wait_for(enqueues_, std::move(attempt), kEnqueueCancelled);
}

void Queue::enqueue_many(Tuple batch, CancellationManager* cancellation, Done done) {
  if (Status status = check_batch(batch); !status.ok()) return done(std::move(status));
  const int64_t n = batch[0].dim(0);
  if (n == 0) return done(OkStatus());
  auto attempt = std::make_unique<Attempt>();
  attempt->cancellation = cancellation;
  attempt->finish = [done = std::move(done)](Attempt& a) { done(std::move(a.status)); };
  attempt->run = [this, batch = std::move(batch), n, next = int64_t{0}](Attempt& a) mutable {
    if (closed_) {
      a.status = closed_error();
      return Progress::kComplete;
    }
    const int64_t first = next;
    while (next < n && num_elements() < spec_.capacity) push(row_of(batch, next++));
    return next == n ? Progress::kComplete : next > first ? Progress::kSome : Progress::kNone;
  };
  wait_for(enqueues_, std::move(attempt), kEnqueueCancelled);
}

void Queue::close(bool cancel_pending, Done done) {
  if (cancel_pending) {
    Attempts failed;
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
      failed.swap(enqueues_);
      for (const auto& attempt : failed) attempt->status = cancelled(kEnqueueCancelled);
    }
    end(failed);
    flush();
    return done(OkStatus());
  }
  // It waits its turn behind those who are to put something in.
  auto attempt = std::make_unique<Attempt>();
  attempt->finish = [done = std::move(done)](Attempt& a) { done(std::move(a.status)); };
  attempt->run = [this](Attempt& a) {
    if (closed_) a.status = cancelled("Queue '{}' is already closed.", name_);
    closed_ = true;
    return Progress::kComplete;
  };
  wait_for(enqueues_, std::move(attempt), kEnqueueCancelled);
}

// ---- taking out

void Queue::dequeue(CancellationManager* cancellation, Taken taken) {
  auto attempt = std::make_unique<Attempt>();
  attempt->cancellation = cancellation;
  attempt->finish = [taken = std::move(taken)](Attempt& a) { taken(std::move(a.status), std::move(a.result)); };
  attempt->run = [this](Attempt& a) {
    if (closed_ && num_elements() == 0) {
      a.status = insufficient_error(base_kind(), 1);
      return Progress::kComplete;
    }
    if (num_elements() - (closed_ ? 0 : min_after_dequeue()) <= 0) return Progress::kNone;
    a.result = pop();
    return Progress::kComplete;
  };
  wait_for(dequeues_, std::move(attempt), kDequeueCancelled);
}

void Queue::dequeue_many(int64_t n, bool allow_fewer, CancellationManager* cancellation, Taken taken) {
  if (!allows_batches()) {
    return taken(invalid_argument("{}'s DequeueMany and DequeueUpTo require the components to have specified shapes.",
                                  spec_.kind), {});
  }
  if (n == 0) {
    auto empty = batch({});
    return empty.ok() ? taken(OkStatus(), *std::move(empty)) : taken(empty.status(), {});
  }
  auto attempt = std::make_unique<Attempt>();
  attempt->cancellation = cancellation;
  attempt->finish = [this, taken = std::move(taken)](Attempt& a) {
    if (a.status.ok()) {
      auto made = batch(a.elements);
      if (made.ok()) a.result = *std::move(made);
      else a.status = made.status();
    }
    taken(std::move(a.status), std::move(a.result));
  };
  attempt->run = [this, wanted = n, allow_fewer](Attempt& a) mutable { return take_batch(a, &wanted, allow_fewer); };
  wait_for(dequeues_, std::move(attempt), kDequeueCancelled);
}

// *wanted: how many are still to come.
Queue::Progress Queue::take_batch(Attempt& attempt, int64_t* wanted, bool allow_fewer) {
  if (closed_ && num_elements() < *wanted) {
    const Status error = insufficient_error(spec_.kind, *wanted);
    for (size_t i = attempt.elements.size(); i-- > 0;) put_back(std::move(attempt.elements[i]));
    *wanted += static_cast<int64_t>(attempt.elements.size());
    attempt.elements.clear();
    if (allow_fewer && num_elements() > 0) {
      *wanted = std::min(*wanted, num_elements());
    } else {
      // Who is still waiting to put something in may bring more.
      if (allow_fewer && !enqueues_.empty()) return Progress::kSome;
      attempt.status = error;
      return Progress::kComplete;
    }
  }
  int64_t available = num_elements() - (closed_ ? 0 : min_after_dequeue());
  Progress progress = Progress::kNone;
  for (; available > 0; --available) {
    attempt.elements.push_back(pop());
    progress = Progress::kSome;
    if (--*wanted == 0) return Progress::kComplete;
  }
  return progress;
}

StatusOr<Queue::Tuple> Queue::batch(const std::vector<Tuple>& elements) const {
  Tuple result;
  for (size_t i = 0; i < spec_.types.size(); ++i) {
    Shape shape = spec_.shapes[i];
    shape.insert_dim(0, static_cast<int64_t>(elements.size()));
    ASSIGN_OR_RETURN(Tensor rows, allocate_tensor(spec_.types[i], shape));
    if (rows.num_elements() > 0) {
      const CopyElementsFn copy = copy_elements_fn(spec_.types[i]);
      const int64_t size = rows.num_elements() / rows.dim(0);
      char* to = static_cast<char*>(rows.raw_data());
      for (const Tuple& element : elements) {
        copy(to, element[i].raw_data(), size);
        to += size * dtype_size(spec_.types[i]);
      }
    }
    result.push_back(std::move(rows));
  }
  return result;
}

// ---- those who wait

void Queue::wait_for(Attempts& attempts, std::unique_ptr<Attempt> attempt, const char* what) {
  CancellationManager* cancellation = attempt->cancellation;
  if (cancellation != nullptr) attempt->token = cancellation->next_token();
  {
    const std::lock_guard lock(mutex_);
    // Registered with the lock held, so that cancelling finds the attempt in its place.
    const bool too_late = cancellation != nullptr &&
                          !cancellation->add_callback(attempt->token, [self = shared_from_this(), &attempts, cancellation,
                                                                       token = attempt->token, what] {
                            self->cancel(attempts, cancellation, token, what);
                          });
    if (!too_late) attempts.push_back(std::move(attempt));
  }
  if (attempt != nullptr) {
    attempt->status = cancelled("{}", what);
    attempt->finish(*attempt);
    return;
  }
  flush();
}

void Queue::cancel(Attempts& attempts, const CancellationManager* cancellation, CancellationManager::Token token,
                   const char* what) {
  Attempts ended;
  {
    const std::lock_guard lock(mutex_);
    for (auto it = attempts.begin(); it != attempts.end(); ++it) {
      if ((*it)->cancellation != cancellation || (*it)->token != token) continue;
      (*it)->status = cancelled("{}", what);
      ended.push_back(std::move(*it));
      attempts.erase(it);
      break;
    }
  }
  for (const auto& attempt : ended) attempt->finish(*attempt);
  flush();  // those behind it may have their turn now
}

bool Queue::serve(Attempts& attempts, Attempts* finished) {
  bool progress = false;
  while (!attempts.empty()) {
    const Progress made = attempts.front()->run(*attempts.front());
    progress |= made != Progress::kNone;
    if (made != Progress::kComplete) break;
    finished->push_back(std::move(attempts.front()));
    attempts.pop_front();
  }
  return progress;
}

void Queue::flush() {
  const std::shared_ptr<Queue> self = shared_from_this();  // the last user may end with `finished`
  Attempts finished;
  {
    const std::lock_guard lock(mutex_);
    while (serve(enqueues_, &finished) | serve(dequeues_, &finished)) {
    }
  }
  end(finished);
}

void Queue::end(Attempts& finished) {
  for (const auto& attempt : finished) {
    if (attempt->cancellation != nullptr) attempt->cancellation->remove_callback(attempt->token);
    attempt->finish(*attempt);
  }
}

}  // namespace reflow::op
