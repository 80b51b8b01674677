#include "reflow/tensor/buffer.h"

#include <memory>
#include <new>
#include <string>

#include "reflow/tensor/allocator.h"

namespace reflow {
namespace {

// Up to this size header and elements are one block; above, the elements' block starts at a page of its own.
constexpr size_t kInlineBytes = 32 << 10;

template <typename F>
void with_managed_type(DType type, F&& f) {
  with_type(Types<std::string, ResourceHandle, Variant>{}, type, f);
}

class alignas(64) HeapBuffer final : public Buffer {
 public:
  HeapBuffer(void* data, DType type, int64_t n) : Buffer(data, n * dtype_size(type)), type_(type), n_(n) {}

  static void operator delete(HeapBuffer* b, std::destroying_delete_t) {
    with_managed_type(b->type_, [b]<typename T>() { std::destroy_n(static_cast<T*>(b->data_), b->n_); });
    auto& allocator = CachingAllocator::instance();
    const size_t size = b->size_bytes_;
    if (size > kInlineBytes) allocator.deallocate(b->data_, size);
    b->~HeapBuffer();
    allocator.deallocate(b, sizeof(HeapBuffer) + (size > kInlineBytes ? 0 : size));
  }

 private:
  DType type_;
  int64_t n_;
};

class WrappedBuffer final : public Buffer {
 public:
  WrappedBuffer(void* data, size_t size_bytes, void (*release)(void*), void* argument, bool transient)
      : Buffer(data, size_bytes), release_(release), argument_(argument) {
    transient_ = transient;
  }
  ~WrappedBuffer() override {
    if (release_) release_(argument_);
  }

 private:
  void (*release_)(void*);
  void* argument_;
};

}  // namespace

BufferRef allocate_buffer(DType type, int64_t n) {
  int64_t size = 0;
  if (n < 0 || __builtin_mul_overflow(n, int64_t{dtype_size(type)}, &size)) return {};
  auto& allocator = CachingAllocator::instance();
  const bool apart = static_cast<size_t>(size) > kInlineBytes;
  const size_t header_bytes = sizeof(HeapBuffer) + (apart ? 0 : size);
  void* header = allocator.allocate(header_bytes);
  if (!header) return {};
  void* data = static_cast<char*>(header) + sizeof(HeapBuffer);
  if (apart) {
    data = allocator.allocate(size);
    if (!data) {
      allocator.deallocate(header, header_bytes);
      return {};
    }
  }
  with_managed_type(type, [data, n]<typename T>() { std::uninitialized_value_construct_n(static_cast<T*>(data), n); });
  return BufferRef::adopt(new (header) HeapBuffer(data, type, n));
}

BufferRef wrap_memory(void* data, size_t size_bytes, void (*release)(void*), void* argument, bool transient) {
  return BufferRef::adopt(new WrappedBuffer(data, size_bytes, release, argument, transient));
}

}  // namespace reflow
