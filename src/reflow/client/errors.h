#pragma once

#include <stdexcept>
#include <string>

namespace reflow {

// What Python's TensorFlow raises as ValueError: a bad value while a graph is built.
class ValueError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

// A tensor used outside of the function that made it, or one that may not be fetched.
class InaccessibleTensorError : public ValueError {
 public:
  using ValueError::ValueError;
};

// What Python's TensorFlow raises as TypeError: a wrong type while a graph is built or fed.
class TypeError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

// A call in a state that forbids it: "Graph is finalized and cannot be modified.".
class RuntimeError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A name that is looked up and isn't there, and its two kinds.
class LookupError : public std::out_of_range {
 public:
  using std::out_of_range::out_of_range;
};
class KeyError : public LookupError {
 public:
  using LookupError::LookupError;
};
class IndexError : public LookupError {
 public:
  using LookupError::LookupError;
};

// A feature of TensorFlow that isn't there for such arguments.
class NotImplementedError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

namespace errors {

// The codes of tf.errors.
enum Code : int {
  OK = 0, CANCELLED = 1, UNKNOWN = 2, INVALID_ARGUMENT = 3, DEADLINE_EXCEEDED = 4, NOT_FOUND = 5, ALREADY_EXISTS = 6,
  PERMISSION_DENIED = 7, RESOURCE_EXHAUSTED = 8, FAILED_PRECONDITION = 9, ABORTED = 10, OUT_OF_RANGE = 11,
  UNIMPLEMENTED = 12, INTERNAL = 13, UNAVAILABLE = 14, DATA_LOSS = 15, UNAUTHENTICATED = 16,
};

// What a run of a graph failed with: the base of the classes below, one for each code.
class OpError : public std::runtime_error {
 public:
  // `node_name` is the node that failed, "" where the error belongs to none.
  OpError(std::string message, Code error_code, std::string node_name = "")
      : std::runtime_error(std::move(message)), error_code_(error_code), node_name_(std::move(node_name)) {}

  // The message; what() is the same.
  std::string message() const { return what(); }
  Code error_code() const { return error_code_; }
  const std::string& node_name() const { return node_name_; }

 private:
  Code error_code_;
  std::string node_name_;
};

template <Code kCode>
class ErrorOf : public OpError {
 public:
  explicit ErrorOf(std::string message, std::string node_name = "")
      : OpError(std::move(message), kCode, std::move(node_name)) {}
};

using CancelledError = ErrorOf<CANCELLED>;
using UnknownError = ErrorOf<UNKNOWN>;
using InvalidArgumentError = ErrorOf<INVALID_ARGUMENT>;
using DeadlineExceededError = ErrorOf<DEADLINE_EXCEEDED>;
using NotFoundError = ErrorOf<NOT_FOUND>;
using AlreadyExistsError = ErrorOf<ALREADY_EXISTS>;
using PermissionDeniedError = ErrorOf<PERMISSION_DENIED>;
using ResourceExhaustedError = ErrorOf<RESOURCE_EXHAUSTED>;
using FailedPreconditionError = ErrorOf<FAILED_PRECONDITION>;
using AbortedError = ErrorOf<ABORTED>;
using OutOfRangeError = ErrorOf<OUT_OF_RANGE>;
using UnimplementedError = ErrorOf<UNIMPLEMENTED>;
using InternalError = ErrorOf<INTERNAL>;
using UnavailableError = ErrorOf<UNAVAILABLE>;
using DataLossError = ErrorOf<DATA_LOSS>;
using UnauthenticatedError = ErrorOf<UNAUTHENTICATED>;

// Throws the class of `code`; UnknownError for a code that has none.
[[noreturn]] void raise(Code code, std::string message, std::string node_name = "");

}  // namespace errors
}  // namespace reflow
