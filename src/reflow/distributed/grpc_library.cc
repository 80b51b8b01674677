#include <dlfcn.h>

#include <mutex>
#include <string>

#include "reflow/base/sanitizers.h"
#include "reflow/distributed/transport.h"

namespace reflow::distributed {
namespace {

constexpr char kFileName[] = "libreflow_grpc.so", kEntry[] = "reflow_grpc_transport";

// Symbols of another gRPC in the process are not to be mixed with those of ours. Sanitizers can't have that.
#if defined(REFLOW_ADDRESS_SANITIZER) || defined(REFLOW_THREAD_SANITIZER)
constexpr int kDeepBind = 0;
#else
constexpr int kDeepBind = RTLD_DEEPBIND;
#endif

// The library lies where this one does.
std::string path_beside_this_library() {
  Dl_info info;
  if (dladdr(reinterpret_cast<const void*>(&kFileName), &info) == 0 || info.dli_fname == nullptr) return kFileName;
  const std::string_view path = info.dli_fname;
  const size_t slash = path.rfind('/');
  return slash == path.npos ? kFileName : std::string(path.substr(0, slash + 1)) + kFileName;
}

StatusOr<Transport*> open() {
  void* const library = dlopen(path_beside_this_library().c_str(), RTLD_NOW | RTLD_LOCAL | kDeepBind);
  if (library == nullptr) {
    const char* const why = dlerror();
    return unimplemented("Distributed sessions and servers need gRPC, which this installation of Reflow can't load: {}",
                         why ? why : kFileName);
  }
  const auto entry = reinterpret_cast<Transport* (*)()>(dlsym(library, kEntry));
  if (entry == nullptr) return internal_error("{} has no function {}", kFileName, kEntry);
  return entry();
}

}  // namespace

StatusOr<Transport*> grpc_transport() {
  static std::mutex mutex;
  static Transport* transport = nullptr;
  const std::lock_guard lock(mutex);
  if (transport == nullptr) {
    ASSIGN_OR_RETURN(transport, open());
  }
  return transport;
}

}  // namespace reflow::distributed
