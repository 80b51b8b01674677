#include "reflow/ops/io/reader.h"

#include <future>

namespace reflow::ops {

Status reader_handle_shape(ShapeContext& c) {
  c.set_output(0, is_ref(c.node().output_type(0)) ? Shape{2} : Shape{});
  return OkStatus();
}

// Waits for a work unit; its caller holds mutex_.
Status Reader::take_work(Queue& queue, CancellationManager* cancellation) {
  if (queue.spec().types.size() != 1) return invalid_argument("Expected single component queue");
  if (queue.spec().types[0] != DType::kString) {
    return invalid_argument("Expected queue with single string component");
  }
  std::promise<Status> taken;
  Queue::Tuple work;
  queue.dequeue(cancellation, [&](Status status, Queue::Tuple tuple) {
    work = std::move(tuple);
    taken.set_value(std::move(status));
  });
  RETURN_IF_ERROR(taken.get_future().get());
  if (work[0].num_elements() != 1) return invalid_argument("Expected to dequeue a one-element string tensor");
  state_.current_work = work[0].flat<std::string>()[0];
  return OkStatus();
}

Status Reader::ensure_work(Queue& queue, CancellationManager* cancellation) {
  if (state_.work_finished < state_.work_started) return OkStatus();
  state_.current_work.clear();
  RETURN_IF_ERROR(take_work(queue, cancellation));
  RETURN_IF_ERROR(begin_work());
  ++state_.work_started;
  return OkStatus();
}

Status Reader::read_record(Record* record) {
  RETURN_IF_ERROR(next(record));
  if (record->produced) ++state_.num_records_produced;
  if (record->at_end) {
    end_work();
    state_.work_finished = state_.work_started;
  }
  return OkStatus();
}

Status Reader::read(Queue& queue, CancellationManager* cancellation, std::string* key, std::string* value) {
  const std::lock_guard lock(mutex_);
  while (true) {
    RETURN_IF_ERROR(ensure_work(queue, cancellation));
    Record record;
    RETURN_IF_ERROR(read_record(&record));
    if (!record.produced) continue;
    *key = std::move(record.key);
    *value = std::move(record.value);
    return OkStatus();
  }
}

Status Reader::read_up_to(int64_t n, Queue& queue, CancellationManager* cancellation, std::vector<std::string>* keys,
                          std::vector<std::string>* values) {
  if (n < 0) return invalid_argument("num_records must be >= 0 not {}", n);
  const std::lock_guard lock(mutex_);
  while (keys->empty() && n > 0) {
    RETURN_IF_ERROR(ensure_work(queue, cancellation));
    bool at_end = false;
    while (!at_end && static_cast<int64_t>(keys->size()) < n) {
      Record record;
      RETURN_IF_ERROR(read_record(&record));
      at_end = record.at_end;
      if (!record.produced) continue;
      keys->push_back(std::move(record.key));
      values->push_back(std::move(record.value));
    }
  }
  return OkStatus();
}

int64_t Reader::num_records_produced() const {
  const std::lock_guard lock(mutex_);
  return state_.num_records_produced;
}

int64_t Reader::num_work_units_completed() const {
  const std::lock_guard lock(mutex_);
  return state_.work_finished;
}

void Reader::reset() {
  const std::lock_guard lock(mutex_);
  end_work();
  state_ = ReaderState();
}

StatusOr<std::string> Reader::serialize_state() const {
  if (!keeps_state()) return unimplemented("Reader SerializeState");
  const std::lock_guard lock(mutex_);
  return serialize(state_);
}

Status Reader::restore_state(const std::string& bytes) {
  if (!keeps_state()) return unimplemented("Reader RestoreState");
  const std::lock_guard lock(mutex_);
  ReaderState state;
  if (!parse(bytes, &state)) return invalid_argument("Could not parse state for {}: {}", name_, bytes);
  if (state.work_started < 0 || state.work_finished < 0 || state.num_records_produced < 0) {
    return invalid_argument("Unexpected negative value when restoring in {}: {}", name_, debug_text(state));
  }
  if (state.work_started > state.work_finished) {
    return invalid_argument("Inconsistent work started vs. finished when restoring in {}: {}", name_, debug_text(state));
  }
  end_work();
  state_ = std::move(state);
  return OkStatus();
}

}  // namespace reflow::ops
