#include <cstdlib>
#include <cstring>

#include "reflow/capi/objects.h"
#include "reflow/client/errors.h"

namespace reflow::capi {

void set_status(TF_Status* status, const Status& value) {
  status->code = static_cast<TF_Code>(value.code());
  if (value.ok()) {
    status->message.clear();
  } else {
    status->message = message_of(value);
  }
}

Status status_of_exception() {
  try {
    throw;
  } catch (const errors::OpError& e) {
    return make_status(static_cast<StatusCode>(e.error_code()), e.what());
  } catch (const std::bad_alloc&) {
    return resource_exhausted("Out of memory");
  } catch (const LookupError& e) {
    return make_status(StatusCode::kNotFound, e.what());
  } catch (const RuntimeError& e) {
    return make_status(StatusCode::kFailedPrecondition, e.what());
  } catch (const NotImplementedError& e) {
    return make_status(StatusCode::kUnimplemented, e.what());
  } catch (const std::invalid_argument& e) {
    return make_status(StatusCode::kInvalidArgument, e.what());
  } catch (const std::exception& e) {
    return make_status(StatusCode::kInternal, e.what());
  } catch (...) {
    return internal_error("An unknown exception");
  }
}

Shape shape_of(const int64_t* dims, int num_dims) {
  return num_dims < 0 ? Shape::unknown() : Shape(std::span(dims, static_cast<size_t>(num_dims)));
}

Status write_bytes(std::string_view bytes, TF_Buffer* buffer) {
  if (buffer->data != nullptr) return invalid_argument("Passing non-empty TF_Buffer is invalid.");
  void* const copy = std::malloc(bytes.size() + (bytes.empty() ? 1 : 0));
  if (copy == nullptr) return resource_exhausted("Out of memory for {} bytes", bytes.size());
  if (!bytes.empty()) std::memcpy(copy, bytes.data(), bytes.size());
  buffer->data = copy;
  buffer->length = bytes.size();
  buffer->data_deallocator = [](void* data, size_t) { std::free(data); };
  return OkStatus();
}

}  // namespace reflow::capi

using namespace reflow;

const char* TF_Version() { return "1.15.5"; }

size_t TF_DataTypeSize(TF_DataType dt) {
  if (dt < TF_FLOAT || dt > TF_UINT64) return 0;
  const DType type = capi::dtype_of_c(dt);
  return is_plain(type) ? static_cast<size_t>(dtype_size(type)) : 0;
}

TF_Status* TF_NewStatus() { return new TF_Status; }
void TF_DeleteStatus(TF_Status* s) { delete s; }
void TF_SetStatus(TF_Status* s, TF_Code code, const char* msg) {
  s->code = code;
  s->message = code == TF_OK ? "" : msg;
}
TF_Code TF_GetCode(const TF_Status* s) { return s->code; }
const char* TF_Message(const TF_Status* s) { return s->message.c_str(); }

TF_Buffer* TF_NewBufferFromString(const void* proto, size_t proto_len) {
  TF_Buffer* const buffer = TF_NewBuffer();
  capi::write_bytes({static_cast<const char*>(proto), proto_len}, buffer).IgnoreError();
  return buffer;
}
TF_Buffer* TF_NewBuffer() { return new TF_Buffer{nullptr, 0, nullptr}; }
void TF_DeleteBuffer(TF_Buffer* buffer) {
  if (buffer == nullptr) return;
  if (buffer->data_deallocator != nullptr) buffer->data_deallocator(const_cast<void*>(buffer->data), buffer->length);
  delete buffer;
}
TF_Buffer TF_GetBuffer(TF_Buffer* buffer) { return *buffer; }
