#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "reflow/op/op.h"
#include "reflow/op/queue.h"
#include "reflow/op/resource_handle.h"

namespace reflow::ops {

using namespace ::reflow::op;

// How far a reader has come, as it is kept between runs.
struct ReaderState {
  int64_t work_started = 0, work_finished = 0, num_records_produced = 0;
  std::string current_work;
};
// As a serialized ReaderBaseState message, and back; false: it isn't one.
std::string serialize(const ReaderState& state);
bool parse(const std::string& bytes, ReaderState* state);
// "work_started: 1\nwork_finished: 1\n", for messages.
std::string debug_text(const ReaderState& state);

// Makes records of work units, which are mostly names of files: takes them from a queue, one after the other, and gives
// their records bit by bit. Thread-safe; who reads while another waits for work waits too.
class Reader : public Resource {
 public:
  static constexpr std::string_view kTypeName = "N10tensorflow15ReaderInterfaceE";
  // "TextLineReader 'reader'", as messages name it.
  explicit Reader(std::string name) : name_(std::move(name)) {}

  // The next record. OutOfRange: the queue is closed and has no more work.
  Status read(Queue& queue, CancellationManager* cancellation, std::string* key, std::string* value);
  // Up to `n` records; fewer where a work unit ends. InvalidArgument: n < 0.
  Status read_up_to(int64_t n, Queue& queue, CancellationManager* cancellation, std::vector<std::string>* keys,
                    std::vector<std::string>* values);
  int64_t num_records_produced() const;
  int64_t num_work_units_completed() const;
  // Forgets everything.
  void reset();
  // Unimplemented: this kind of reader can't be kept in the middle of its work.
  StatusOr<std::string> serialize_state() const;
  // InvalidArgument: "Could not parse state for {}: {}" and the like.
  Status restore_state(const std::string& state);
  std::string debug_string() const override { return name_; }

 protected:
  struct Record {
    std::string key, value;
    bool produced = false;
    bool at_end = false;  // the work unit has no more
  };
  // A new work unit; where it fails the next one is taken.
  virtual Status begin_work() { return OkStatus(); }
  // The next record of the work unit, or `at_end`, or both.
  virtual Status next(Record* record) = 0;
  virtual void end_work() {}
  virtual bool keeps_state() const { return false; }
  const std::string& current_work() const { return state_.current_work; }

 private:
  Status take_work(Queue& queue, CancellationManager* cancellation);
  Status ensure_work(Queue& queue, CancellationManager* cancellation);
  Status read_record(Record* record);

  const std::string name_;
  mutable std::mutex mutex_;
  ReaderState state_;
};

// The kernel of the ops that make readers: finds or makes an R, made from (KernelInit&) once to check the attributes and
// again with the reader's name, when it is first run, and gives out its handle.
template <typename R>
class ReaderHandle : public Kernel {
 public:
  explicit ReaderHandle(KernelInit& c)
      : names_(DType::kString), name_(fmt::format("{} '{}'", R::kKind, c.node().name())), options_(c) {}

  ~ReaderHandle() override {
    if (resources_ != nullptr && resource_.is_private) (void)resources_->erase<Reader>(resource_.container, resource_.name);
  }

  Status compute(KernelContext& c) override {
    const std::lock_guard lock(mutex_);
    if (!handle_.valid()) RETURN_IF_ERROR(find_or_make(c));
    if (is_ref(c.node().output_type(0))) {
      c.set_output_ref(0, &names_);
    } else {
      c.set_output(0, handle_);
    }
    return OkStatus();
  }

 private:
  Status find_or_make(KernelContext& c) {
    resource_ = ResourceName::of(c);
    ASSIGN_OR_RETURN(std::shared_ptr<Reader> reader,
                     c.resources().lookup_or_create<Reader>(
                         resource_.container, resource_.name,
                         [&]() -> StatusOr<std::shared_ptr<Reader>> {
                           return std::shared_ptr<Reader>(std::make_shared<R>(name_, options_));
                         }));
    resources_ = &c.resources();
    names_.tensor = Tensor::vector<std::string>({resource_.container, resource_.name});
    handle_ = Tensor::scalar(make_resource_handle<Reader>(*c.env().device, resource_, std::move(reader)));
    return OkStatus();
  }

  Variable names_;
  const std::string name_;
  const typename R::Options options_;
  std::mutex mutex_;
  ResourceName resource_;
  ResourceManager* resources_ = nullptr;
  Tensor handle_;
};

// A handle is a scalar; a reference to container and name has two elements.
Status reader_handle_shape(ShapeContext& c);

#define READER_ATTRS                  \
  .attr("container: string = ''")     \
  .attr("shared_name: string = ''")   \
  .stateful()                         \
  .shape(reader_handle_shape)

}  // namespace reflow::ops
