#include "reflow/op/host_functions.h"

#include <map>
#include <memory>
#include <mutex>

namespace reflow::op {
namespace {

struct Functions {
  std::mutex mutex;
  int64_t next = 0;
  std::map<std::string, std::shared_ptr<const HostFunction>, std::less<>> by_token;
};

Functions& functions() {
  static auto* functions = new Functions;
  return *functions;
}

}  // namespace

std::string add_host_function(HostFunction function) {
  Functions& all = functions();
  const std::lock_guard lock(all.mutex);
  std::string token = "pyfunc_" + std::to_string(all.next++);
  all.by_token.emplace(token, std::make_shared<const HostFunction>(std::move(function)));
  return token;
}

void remove_host_function(std::string_view token) {
  Functions& all = functions();
  std::shared_ptr<const HostFunction> last;  // dies after the lock is given up
  const std::lock_guard lock(all.mutex);
  const auto it = all.by_token.find(token);
  if (it == all.by_token.end()) return;
  last = std::move(it->second);
  all.by_token.erase(it);
}

Status call_host_function(std::string_view token, std::span<const Tensor> inputs, std::vector<Tensor>* outputs) {
  std::shared_ptr<const HostFunction> function;
  {
    Functions& all = functions();
    const std::lock_guard lock(all.mutex);
    const auto it = all.by_token.find(token);
    if (it != all.by_token.end()) function = it->second;
  }
  if (!function) return invalid_argument("callback {} is not found", token);
  return (*function)(inputs, outputs);
}

}  // namespace reflow::op
