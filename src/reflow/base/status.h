#pragma once

// Errors below the client: absl::Status with messages formatted by fmt. This header is the only place where the two
// meet; std types go in, std types come out.

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <fmt/core.h>

#include <string>
#include <string_view>
#include <utility>

namespace reflow {

using absl::OkStatus;
using absl::Status;
using absl::StatusCode;
using absl::StatusOr;

// A status of `code` with `message`.
inline Status make_status(StatusCode code, std::string_view message) {
  return Status(code, absl::string_view(message.data(), message.size()));
}

// The message of `status` as a std::string_view, valid as long as `status`.
inline std::string_view message_of(const Status& status) {
  return {status.message().data(), status.message().size()};
}

// `status` with `text` put behind its message.
inline Status append_message(const Status& status, std::string_view text) {
  return make_status(status.code(), std::string(message_of(status)).append(text));
}

namespace status_internal {
template <StatusCode kCode>
struct Maker {
  template <typename... Args>
  Status operator()(fmt::format_string<Args...> format, Args&&... args) const {
    return make_status(kCode, fmt::vformat(format, fmt::make_format_args(args...)));
  }
};
}  // namespace status_internal

// invalid_argument("Shape must be rank {} but is rank {}", 2, 1), and its sisters.
inline constexpr status_internal::Maker<StatusCode::kInvalidArgument> invalid_argument{};
inline constexpr status_internal::Maker<StatusCode::kOutOfRange> out_of_range{};
inline constexpr status_internal::Maker<StatusCode::kFailedPrecondition> failed_precondition{};
inline constexpr status_internal::Maker<StatusCode::kNotFound> not_found{};
inline constexpr status_internal::Maker<StatusCode::kAlreadyExists> already_exists{};
inline constexpr status_internal::Maker<StatusCode::kUnimplemented> unimplemented{};
inline constexpr status_internal::Maker<StatusCode::kInternal> internal_error{};
inline constexpr status_internal::Maker<StatusCode::kDataLoss> data_loss{};
inline constexpr status_internal::Maker<StatusCode::kResourceExhausted> resource_exhausted{};
inline constexpr status_internal::Maker<StatusCode::kCancelled> cancelled{};
inline constexpr status_internal::Maker<StatusCode::kAborted> aborted{};
inline constexpr status_internal::Maker<StatusCode::kDeadlineExceeded> deadline_exceeded{};
inline constexpr status_internal::Maker<StatusCode::kUnavailable> unavailable{};
inline constexpr status_internal::Maker<StatusCode::kPermissionDenied> permission_denied{};
inline constexpr status_internal::Maker<StatusCode::kUnauthenticated> unauthenticated{};
inline constexpr status_internal::Maker<StatusCode::kUnknown> unknown_error{};

}  // namespace reflow

#define REFLOW_CONCAT_INNER(a, b) a##b
#define REFLOW_CONCAT(a, b) REFLOW_CONCAT_INNER(a, b)

// Returns from the function with the status of `expression` when it isn't OK.
#define RETURN_IF_ERROR(expression)                                     \
  do {                                                                  \
    if (::reflow::Status status__ = (expression); !status__.ok()) [[unlikely]] \
      return status__;                                                  \
  } while (false)

// Assigns the value of a StatusOr to `target` (which may declare a variable), or returns its status.
#define ASSIGN_OR_RETURN(target, expression) \
  REFLOW_ASSIGN_OR_RETURN(REFLOW_CONCAT(status_or__, __COUNTER__), target, expression)
#define REFLOW_ASSIGN_OR_RETURN(temporary, target, expression) \
  auto temporary = (expression);                               \
  if (!temporary.ok()) [[unlikely]]                            \
    return std::move(temporary).status();                      \
  target = *std::move(temporary)
