#include "reflow/io/os_error.h"

#include <cerrno>
#include <cstring>

namespace reflow::io {
namespace {

StatusCode code_of(int error) {
  switch (error) {
    case 0: return StatusCode::kOk;
    case EINVAL: case ENAMETOOLONG: case E2BIG: case EDESTADDRREQ: case EDOM: case EFAULT: case EILSEQ: case ENOPROTOOPT:
    case ENOSTR: case ENOTSOCK: case ENOTTY: case EPROTOTYPE: case ESPIPE:
      return StatusCode::kInvalidArgument;
    case ETIMEDOUT: case ETIME: return StatusCode::kDeadlineExceeded;
    case ENODEV: case ENOENT: case ENXIO: case ESRCH: return StatusCode::kNotFound;
    case EEXIST: case EADDRNOTAVAIL: case EALREADY: return StatusCode::kAlreadyExists;
    case EPERM: case EACCES: case EROFS: return StatusCode::kPermissionDenied;
    case ENOTEMPTY: case EISDIR: case ENOTDIR: case EADDRINUSE: case EBADF: case EBUSY: case ECHILD: case EISCONN:
    case ENOTBLK: case ENOTCONN: case EPIPE: case ESHUTDOWN: case ETXTBSY:
      return StatusCode::kFailedPrecondition;
    case ENOSPC: case EDQUOT: case EMFILE: case EMLINK: case ENFILE: case ENOBUFS: case ENODATA: case ENOMEM: case ENOSR:
    case EUSERS:
      return StatusCode::kResourceExhausted;
    case EFBIG: case EOVERFLOW: case ERANGE: return StatusCode::kOutOfRange;
    case ENOSYS: case ENOTSUP: case EAFNOSUPPORT: case EPFNOSUPPORT: case EPROTONOSUPPORT: case ESOCKTNOSUPPORT: case EXDEV:
      return StatusCode::kUnimplemented;
    case EAGAIN: case ECONNREFUSED: case ECONNABORTED: case ECONNRESET: case EINTR: case EHOSTDOWN: case EHOSTUNREACH:
    case ENETDOWN: case ENETRESET: case ENETUNREACH: case ENOLCK: case ENOLINK: case ENONET:
      return StatusCode::kUnavailable;
    case EDEADLK: case ESTALE: return StatusCode::kAborted;
    case ECANCELED: return StatusCode::kCancelled;
    default: return StatusCode::kUnknown;
  }
}

}  // namespace

Status os_error(std::string_view path, int error) {
  return make_status(code_of(error), fmt::format("{}; {}", path, std::strerror(error)));
}

}  // namespace reflow::io
