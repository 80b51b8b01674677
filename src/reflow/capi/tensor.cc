#include <cstring>

#include "reflow/capi/objects.h"
#include "reflow/capi/tensor_bytes.h"
#include "reflow/tensor/allocator.h"

namespace reflow::capi {
namespace {

constexpr uintptr_t kAlignment = 16;  // what TensorFlow's packages for x86-64 ask for

// Memory of the caller's: runs read it where it is, and who keeps its value longer copies it.
class CallerBuffer : public Buffer {
 public:
  using Deallocator = void (*)(void*, size_t, void*);
  CallerBuffer(void* data, size_t size_bytes, Deallocator deallocator, void* argument)
      : Buffer(data, size_bytes), deallocator_(deallocator), argument_(argument) {
    transient_ = true;
  }
  ~CallerBuffer() override {
    if (deallocator_ != nullptr) deallocator_(data_, size_bytes_, argument_);
  }

 private:
  const Deallocator deallocator_;
  void* const argument_;
};

void return_to_allocator(void* data, size_t size_bytes, void*) { CachingAllocator::instance().deallocate(data, size_bytes); }

// Memory that the caller fills; null: there is none left.
BufferRef new_bytes(size_t size_bytes) {
  void* const data = CachingAllocator::instance().allocate(size_bytes);
  if (data == nullptr) return {};
  return BufferRef::adopt(new CallerBuffer(data, size_bytes, return_to_allocator, nullptr));
}

// A tensor of bytes that `write` fills.
template <typename Write>
StatusOr<TF_Tensor*> make_bytes(const Tensor& tensor, size_t size_bytes, Write&& write) {
  BufferRef buffer = new_bytes(size_bytes);
  if (!buffer) return resource_exhausted("Out of memory for {} bytes", size_bytes);
  void* const data = buffer->data();
  write(static_cast<char*>(data));
  return new TF_Tensor{tensor.dtype(), tensor.shape(), std::move(buffer), data, size_bytes};
}

}  // namespace

StatusOr<Tensor> tensor_of(const TF_Tensor& t) {
  if (t.dtype == DType::kString) return read_strings(t.shape, t.data, t.size_bytes);
  if (t.dtype == DType::kResource) return read_resource(t.shape, t.data, t.size_bytes);
  return Tensor(t.dtype, t.shape, t.buffer, t.data);
}

StatusOr<TF_Tensor*> make_tensor(const Tensor& tensor) {
  if (!tensor.valid()) return failed_precondition("attempt to use a tensor with an uninitialized value");
  if (tensor.dtype() == DType::kString) {
    return make_bytes(tensor, size_of_strings(tensor), [&](char* to) { write_strings(tensor, to); });
  }
  if (tensor.dtype() == DType::kResource) {
    ASSIGN_OR_RETURN(const std::string bytes, resource_bytes(tensor));
    return make_bytes(tensor, bytes.size(), [&](char* to) { std::memcpy(to, bytes.data(), bytes.size()); });
  }
  return new TF_Tensor{tensor.dtype(), tensor.shape(), tensor.buffer(), const_cast<void*>(tensor.raw_data()),
                       static_cast<size_t>(tensor.size_bytes())};
}

}  // namespace reflow::capi

using namespace reflow;
using namespace reflow::capi;

TF_Tensor* TF_AllocateTensor(TF_DataType dtype, const int64_t* dims, int num_dims, size_t len) {
  BufferRef buffer = new_bytes(len);
  if (!buffer) return nullptr;
  void* const data = buffer->data();
  return new TF_Tensor{dtype_of_c(dtype), shape_of(dims, std::max(0, num_dims)), std::move(buffer), data, len};
}

TF_Tensor* TF_NewTensor(TF_DataType dtype, const int64_t* dims, int num_dims, void* data, size_t len,
                        void (*deallocator)(void* data, size_t len, void* arg), void* deallocator_arg) {
  Shape shape = shape_of(dims, std::max(0, num_dims));
  const size_t element = TF_DataTypeSize(dtype);
  const int64_t n = shape.num_elements();
  if (element > 0 && (n < 0 || len / element < static_cast<size_t>(n))) return nullptr;
  BufferRef buffer;
  if (element > 0 && len > 0 && reinterpret_cast<uintptr_t>(data) % kAlignment != 0) {
    buffer = new_bytes(len);
    if (!buffer) return nullptr;
    std::memcpy(buffer->data(), data, len);
    if (deallocator != nullptr) deallocator(data, len, deallocator_arg);
    data = buffer->data();
  } else {
    buffer = BufferRef::adopt(new CallerBuffer(data, len, deallocator, deallocator_arg));
  }
  return new TF_Tensor{dtype_of_c(dtype), std::move(shape), std::move(buffer), data, len};
}

TF_Tensor* TF_TensorMaybeMove(TF_Tensor* t) { return t->buffer && t->buffer->unique() && !t->buffer->transient() ? t : nullptr; }
void TF_DeleteTensor(TF_Tensor* t) { delete t; }
TF_DataType TF_TensorType(const TF_Tensor* t) { return data_type_of(t->dtype); }
int TF_NumDims(const TF_Tensor* t) { return t->shape.rank(); }
int64_t TF_Dim(const TF_Tensor* t, int dim_index) { return t->shape.dim(dim_index); }
size_t TF_TensorByteSize(const TF_Tensor* t) { return t->size_bytes; }
void* TF_TensorData(const TF_Tensor* t) { return t->data; }
int64_t TF_TensorElementCount(const TF_Tensor* t) { return t->shape.num_elements(); }
bool TF_TensorIsAligned(const TF_Tensor* t) { return reinterpret_cast<uintptr_t>(t->data) % kAlignment == 0; }

void TF_TensorBitcastFrom(const TF_Tensor* from, TF_DataType type, TF_Tensor* to, const int64_t* new_dims, int num_new_dims,
                          TF_Status* status) {
  report(status, [&]() -> Status {
    Shape shape = shape_of(new_dims, std::max(0, num_new_dims));
    const size_t old_size = TF_DataTypeSize(data_type_of(from->dtype)), new_size = TF_DataTypeSize(type);
    if (old_size == 0 || new_size == 0 || from->shape.num_elements() * old_size != shape.num_elements() * new_size) {
      return invalid_argument("input and output shapes/data type sizes are not compatible");
    }
    to->dtype = dtype_of_c(type);
    to->shape = std::move(shape);
    to->buffer = from->buffer;
    to->data = from->data;
    to->size_bytes = from->size_bytes;
    return OkStatus();
  });
}
