#include "reflow/ops/queue/accumulator.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <utility>

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

constexpr Types<Half, float, double> kTypes{};

void add(const Tensor& x, Tensor* sum) {
  with_type(kTypes, x.dtype(), [&]<typename T>() {
    T* out = sum->data<T>();
    for (int64_t i = 0; i < x.num_elements(); ++i) out[i] += x.data<T>()[i];
  });
}

void divide(double by, Tensor* x) {
  with_type(kTypes, x->dtype(), [&]<typename T>() {
    for (T& v : x->flat<T>()) v = static_cast<T>(v / static_cast<T>(by));
  });
}

}  // namespace

Status Accumulator::apply(int64_t local_step, const Tensor& gradient) {
  std::unique_lock lock(mutex_);
  if (local_step < step_) return OkStatus();
  const Shape& expected = count_ > 0 ? sum_.shape() : shape_;
  if (!gradient.shape().compatible_with(expected)) {
    return invalid_argument("Shape mismatch: expected {}, got {}", expected.str(), gradient.shape().str());
  }
  if (count_ == 0) {
    sum_ = gradient.copy();
  } else {
    add(gradient, &sum_);
  }
  ++count_;
  lock.unlock();
  serve_waiting();
  return OkStatus();
}

Status Accumulator::apply_sparse(int64_t local_step, const Tensor& indices, const Tensor& values, const Tensor& shape,
                                 bool has_shape) {
  std::unique_lock lock(mutex_);
  if (indices.rank() != 1) {
    return invalid_argument("Input indices should be vector but received shape: {}", indices.shape().str());
  }
  if (values.rank() < 1 || (shape_.known_rank() && values.rank() != shape_.rank())) {
    return invalid_argument("Shape mismatch: expected values rank {}, got {}", shape_.known_rank() ? shape_.rank() : 1,
                            values.rank());
  }
  if (values.dim(0) != indices.num_elements()) {
    return invalid_argument("Expected {} non-empty input values, got {}", indices.num_elements(), values.dim(0));
  }
  const auto sizes = shape.flat<int64_t>();
  if (has_shape && shape.num_elements() != values.rank()) {
    return invalid_argument("Shape mismatch: expected shape rank {}, got {}", values.rank(), shape.num_elements());
  }
  for (int d = 0; has_shape && shape_.known_rank() && d < shape_.rank(); ++d) {
    if (shape_.dim(d) == Shape::kUnknown || shape_.dim(d) == sizes[d]) continue;
    return invalid_argument("Shape mismatch: expected shape dim {} to be {}, got {}", d, shape_.dim(d), sizes[d]);
  }
  const Shape row_shape = values.shape().sub_shape(1, values.rank());
  const Shape& expected =
      count_ > 0 ? row_shape_ : shape_.known_rank() ? shape_.sub_shape(1, shape_.rank()) : Shape::unknown();
  if (!row_shape.compatible_with(expected)) {
    return invalid_argument("Shape mismatch: expected slices of shape {}, got {}", expected.str(), row_shape.str());
  }
  const int64_t limit = shape_.known_rank() && shape_.dim(0) >= 0 ? shape_.dim(0) : has_shape ? sizes[0] : INT64_MAX;
  for (int64_t i = 0; i < indices.num_elements(); ++i) {
    const int64_t index = indices.data<int64_t>()[i];
    if (index >= 0 && index < limit) continue;
    return invalid_argument("Shape mismatch: index of slice {} exceeded limits of shape; index is {} exceeded {}", i, index,
                            limit);
  }
  if (local_step < step_) return OkStatus();
  row_shape_ = row_shape;
  for (int64_t i = 0; i < indices.num_elements(); ++i) {
    Row& row = rows_[indices.data<int64_t>()[i]];
    const Tensor value = values.rows(i, i + 1);
    if (row.count++ == 0) {
      row.sum = value.copy();
    } else {
      add(value, &row.sum);
    }
  }
  ++count_;
  lock.unlock();
  serve_waiting();
  return OkStatus();
}

int32_t Accumulator::num_accumulated() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

void Accumulator::set_global_step(int64_t step) {
  const std::lock_guard lock(mutex_);
  step_ = std::max(step_, step);
}

void Accumulator::take(KernelContext& c, int32_t num_required, std::function<void(Status)> done) {
  CancellationManager* const cancellation = c.cancellation();
  static std::atomic<int64_t> next_token{0};  // of tries without a cancellation manager
  const int64_t token = cancellation != nullptr ? cancellation->next_token() : --next_token;
  {
    // It waits before the callback is registered: a cancellation in between is found by add_callback.
    const std::lock_guard lock(mutex_);
    waiting_.push_back({&c, cancellation, num_required, std::move(done), token});
  }
  if (cancellation != nullptr && !cancellation->add_callback(token, [this, cancellation, token] { cancel(cancellation, token); })) cancel(cancellation, token);
  serve_waiting();
}

void Accumulator::serve_waiting() {
  while (true) {
    std::function<void(Status)> done;
    Status status;
    CancellationManager* cancellation;
    int64_t token;
    {
      const std::lock_guard lock(mutex_);
      if (waiting_.empty() || count_ < waiting_.front().num_required) return;
      Waiting first = std::move(waiting_.front());
      waiting_.pop_front();
      status = is_sparse_ ? put_sparse_outputs(*first.context) : put_outputs(*first.context);
      cancellation = first.cancellation;
      token = first.token;
      done = std::move(first.done);
      count_ = 0;
      ++step_;
      sum_ = Tensor();
      rows_.clear();
    }
    if (cancellation != nullptr) cancellation->remove_callback(token);
    done(status);
  }
}

void Accumulator::cancel(CancellationManager* cancellation, int64_t token) {
  std::function<void(Status)> done;
  {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(waiting_.begin(), waiting_.end(), [&](const Waiting& w) { return w.token == token && w.cancellation == cancellation; });
    if (found == waiting_.end()) return;
    done = std::move(found->done);
    waiting_.erase(found);
  }
  done(cancelled("TakeGrad operation was cancelled"));
}

Status Accumulator::put_outputs(KernelContext& c) {
  if (reduction_ == Reduction::kMean) divide(count_, &sum_);
  c.set_output(0, std::move(sum_));
  return OkStatus();
}

Status Accumulator::put_sparse_outputs(KernelContext& c) {
  const auto n = static_cast<int64_t>(rows_.size());
  Shape shape{n};
  for (const int64_t size : row_shape_.dims()) shape.add_dim(size);
  Tensor indices(DType::kInt64, Shape{n}), values(dtype_, shape), sizes(DType::kInt64, Shape{shape.rank()});
  int64_t i = 0;
  for (auto& [index, row] : rows_) {
    indices.data<int64_t>()[i] = index;
    if (reduction_ == Reduction::kMean) divide(static_cast<double>(row.count), &row.sum);
    Tensor to = values.rows(i, i + 1);
    if (row.sum.size_bytes() > 0) std::memcpy(to.raw_data(), row.sum.raw_data(), static_cast<size_t>(row.sum.size_bytes()));
    ++i;
  }
  sizes.data<int64_t>()[0] = shape_.known_rank() && shape_.rank() > 0 ? shape_.dim(0) : Shape::kUnknown;
  std::copy(row_shape_.begin(), row_shape_.end(), sizes.data<int64_t>() + 1);
  c.set_output(0, std::move(indices));
  c.set_output(1, std::move(values));
  c.set_output(2, std::move(sizes));
  return OkStatus();
}

}  // namespace reflow::ops
