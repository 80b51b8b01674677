#include "reflow/client/session_tensors.h"

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/scopes.h"

namespace reflow {
namespace {

// The device that a handle "Tensor;0;/job:localhost/..." names.
std::string device_of(const std::string& handle) {
  const size_t last = handle.rfind(';');
  if (last == std::string::npos || handle.find(';') == last) throw ValueError("not a handle of a session's tensor: " + handle);
  return handle.substr(last + 1);
}

}  // namespace

Output get_session_handle(const TensorLike& data, const NameOptions& options) {
  const Output tensor = convert_to_tensor(data);
  const colocate_with beside(tensor);
  return client::apply_op("GetSessionHandle", options.name, {tensor});
}

SessionTensor get_session_tensor(const std::string& handle, DType dtype, const NameOptions& options) {
  const device there(device_of(handle));
  const Output holder = placeholder(DType::kString);
  return {holder, client::apply_op("GetSessionTensor", options.name, {holder}, {{"dtype", dtype}})};
}

SessionTensorDeletion delete_session_tensor(const std::string& handle, const NameOptions& options) {
  const device there(device_of(handle));
  const Output holder = placeholder(DType::kString);
  return {holder, Operation(client::make_op("DeleteSessionTensor", options.name, {holder}))};
}

}  // namespace reflow
