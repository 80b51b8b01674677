#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "reflow/tensor/dtype.h"

namespace reflow {

// Memory that tensors share, with an intrusive reference count. Thread-safe in its count only.
class Buffer {
 public:
  Buffer(void* data, size_t size_bytes) : data_(data), size_bytes_(size_bytes) {}
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  void* data() const { return data_; }
  size_t size_bytes() const { return size_bytes_; }
  void ref() { refs_.fetch_add(1, std::memory_order_relaxed); }
  void unref() {
    if (refs_.load(std::memory_order_acquire) == 1 || refs_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }
  // True when one tensor alone holds the buffer.
  bool unique() const { return refs_.load(std::memory_order_acquire) == 1; }
  // True when the memory is only lent for the current run (an arena of the plan, an array that the caller feeds): who
  // keeps a tensor longer makes a copy (Tensor::retained).
  bool transient() const { return transient_; }
  // How the TensorProto that the elements came from held them: the number of values, the last of which is repeated;
  // kContent: as bytes; kNoForm: there was none. Lets a proto be written as it was read (tensor/tensor_proto.h).
  static constexpr int64_t kNoForm = -1, kContent = -2;
  int64_t proto_form() const { return proto_form_; }
  void set_proto_form(int64_t form) { proto_form_ = form; }

 protected:
  virtual ~Buffer() = default;
  bool transient_ = false;
  void* data_;
  size_t size_bytes_;

 private:
  int64_t proto_form_ = kNoForm;
  std::atomic<int32_t> refs_{1};
};

// Counting pointer to a Buffer.
class BufferRef {
 public:
  BufferRef() = default;
  static BufferRef adopt(Buffer* b) { BufferRef r; r.buffer_ = b; return r; }  // takes over one count
  BufferRef(const BufferRef& o) : buffer_(o.buffer_) { if (buffer_) buffer_->ref(); }
  BufferRef(BufferRef&& o) noexcept : buffer_(std::exchange(o.buffer_, nullptr)) {}
  BufferRef& operator=(const BufferRef& o) { BufferRef(o).swap(*this); return *this; }
  BufferRef& operator=(BufferRef&& o) noexcept { BufferRef(std::move(o)).swap(*this); return *this; }
  ~BufferRef() { if (buffer_) buffer_->unref(); }
  void swap(BufferRef& o) { std::swap(buffer_, o.buffer_); }
  Buffer* get() const { return buffer_; }
  Buffer* operator->() const { return buffer_; }
  explicit operator bool() const { return buffer_ != nullptr; }

 private:
  Buffer* buffer_ = nullptr;
};

// A new buffer for n elements of `type` from the process's caching allocator (tensor/allocator.h), 64-byte aligned.
// Elements of string, resource and variant are constructed, plain ones are not. Empty ref: out of memory.
BufferRef allocate_buffer(DType type, int64_t n);

// A buffer over memory of someone else; `release(argument)` is called when the last tensor lets it go. `transient` as
// Buffer::transient().
BufferRef wrap_memory(void* data, size_t size_bytes, void (*release)(void*), void* argument, bool transient);

}  // namespace reflow
