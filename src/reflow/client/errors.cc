#include "reflow/client/errors.h"

#include "reflow/client/status_errors.h"
#include "reflow/graph/immediate.h"
#include "reflow/graph/node_builder.h"

namespace reflow {
namespace errors {

void raise(Code code, std::string message, std::string node_name) {
  switch (code) {
    case CANCELLED: throw CancelledError(std::move(message), std::move(node_name));
    case INVALID_ARGUMENT: throw InvalidArgumentError(std::move(message), std::move(node_name));
    case DEADLINE_EXCEEDED: throw DeadlineExceededError(std::move(message), std::move(node_name));
    case NOT_FOUND: throw NotFoundError(std::move(message), std::move(node_name));
    case ALREADY_EXISTS: throw AlreadyExistsError(std::move(message), std::move(node_name));
    case PERMISSION_DENIED: throw PermissionDeniedError(std::move(message), std::move(node_name));
    case RESOURCE_EXHAUSTED: throw ResourceExhaustedError(std::move(message), std::move(node_name));
    case FAILED_PRECONDITION: throw FailedPreconditionError(std::move(message), std::move(node_name));
    case ABORTED: throw AbortedError(std::move(message), std::move(node_name));
    case OUT_OF_RANGE: throw OutOfRangeError(std::move(message), std::move(node_name));
    case UNIMPLEMENTED: throw UnimplementedError(std::move(message), std::move(node_name));
    case INTERNAL: throw InternalError(std::move(message), std::move(node_name));
    case UNAVAILABLE: throw UnavailableError(std::move(message), std::move(node_name));
    case DATA_LOSS: throw DataLossError(std::move(message), std::move(node_name));
    case UNAUTHENTICATED: throw UnauthenticatedError(std::move(message), std::move(node_name));
    case OK:
    case UNKNOWN: break;
  }
  throw UnknownError(std::move(message), std::move(node_name));
}

void from_status(const Status& status) {
  const std::string message(message_of(status));
  // The runtime ends its messages with "[[{{node NAME}}]]".
  constexpr std::string_view kMark = "{{node ";
  std::string node_name;
  if (const size_t begin = message.find(kMark); begin != std::string::npos) {
    const size_t name = begin + kMark.size();
    const size_t end = message.find("}}", name);
    if (end != std::string::npos) node_name = message.substr(name, end - name);
  }
  raise(static_cast<Code>(static_cast<int>(status.code())), message, std::move(node_name));
}

}  // namespace errors

void throw_building_error(const Status& status) {
  std::string message(message_of(status));
  if (graph::is_execution_error(status)) errors::from_status(status);
  if (graph::is_type_error(status)) throw TypeError(message);
  switch (status.code()) {
    case StatusCode::kInvalidArgument:
    case StatusCode::kNotFound:
    case StatusCode::kAlreadyExists:
    case StatusCode::kOutOfRange: throw ValueError(message);
    case StatusCode::kFailedPrecondition: throw RuntimeError(message);
    case StatusCode::kUnimplemented: throw NotImplementedError(message);
    default: errors::from_status(status);
  }
}

}  // namespace reflow
