// Devices of sessions, and servers.

#include <atomic>
#include <memory>

#include "reflow/base/logging.h"
#include "reflow/capi/device_list.h"
#include "reflow/capi/session.h"
#include "reflow/distributed/server.h"
#include "tensorflow/core/protobuf/tensorflow_server.pb.h"

using namespace reflow;
using namespace reflow::capi;

struct TF_Server {
  std::shared_ptr<distributed::Server> server;
};

TF_DeviceList* TF_SessionListDevices(TF_Session* session, TF_Status* status) {
  auto list = std::make_unique<TF_DeviceList>();
  report(status, [&]() -> Status {
    ASSIGN_OR_RETURN(list->devices, session->backend.list_devices());
    return OkStatus();
  });
  return list.release();
}

void TF_DeleteDeviceList(TF_DeviceList* list) { delete list; }
int TF_DeviceListCount(const TF_DeviceList* list) { return static_cast<int>(list->devices.size()); }

namespace {

// Null, and InvalidArgument: the index is out of bounds.
const runtime::DeviceDescription* device(const TF_DeviceList* list, int index, TF_Status* status) {
  const bool is_there = report(status, [&] {
    return index >= 0 && index < TF_DeviceListCount(list) ? OkStatus() : invalid_argument("index out of bounds");
  });
  return is_there ? &list->devices[index] : nullptr;
}

}  // namespace

const char* TF_DeviceListName(const TF_DeviceList* list, int index, TF_Status* status) {
  const auto* const d = device(list, index, status);
  return d ? d->name.c_str() : nullptr;
}
const char* TF_DeviceListType(const TF_DeviceList* list, int index, TF_Status* status) {
  const auto* const d = device(list, index, status);
  return d ? d->type.c_str() : nullptr;
}
int64_t TF_DeviceListMemoryBytes(const TF_DeviceList* list, int index, TF_Status* status) {
  const auto* const d = device(list, index, status);
  return d ? d->memory_limit_bytes : -1;
}
uint64_t TF_DeviceListIncarnation(const TF_DeviceList* list, int index, TF_Status* status) {
  const auto* const d = device(list, index, status);
  return d ? d->incarnation : 0;
}

void TF_Reset(const TF_SessionOptions* options, const char** containers, int ncontainers, TF_Status* status) {
  report(status, [&]() -> Status {
    const std::vector<std::string> names(containers, containers + ncontainers);
    if (options->target.empty()) return TF_Session::reset_local(names);
    runtime::SessionOptions config;
    config.config_proto = options->config;
    return runtime::reset_target(options->target, names, config);
  });
}

TF_Server* TF_NewServer(const void* proto, size_t proto_len, TF_Status* status) {
  std::unique_ptr<TF_Server> server;
  report(status, [&]() -> Status {
    tensorflow::ServerDef def;
    if (!parse(proto, proto_len, &def)) return invalid_argument("Could not parse provided bytes into a ServerDef protocol buffer");
    ASSIGN_OR_RETURN(std::shared_ptr<distributed::Server> made, distributed::Server::create(def));
    server = std::make_unique<TF_Server>(TF_Server{std::move(made)});
    return OkStatus();
  });
  return server.release();
}

void TF_ServerStart(TF_Server* server, TF_Status* status) {
  report(status, [&] {
    server->server->start();
    return OkStatus();
  });
}
void TF_ServerStop(TF_Server* server, TF_Status* status) {
  report(status, [&] {
    server->server->stop();
    return OkStatus();
  });
}
void TF_ServerJoin(TF_Server* server, TF_Status* status) {
  report(status, [&] { return server->server->join(); });
}
const char* TF_ServerTarget(TF_Server* server) { return server->server->target().c_str(); }
void TF_DeleteServer(TF_Server* server) { delete server; }

namespace {
std::atomic<void (*)(const char*)> log_listener{nullptr};
}

void TF_RegisterLogListener(void (*listener)(const char*)) {
  log_listener = listener;
  if (listener == nullptr) return set_log_sink(nullptr);
  set_log_sink([](LogLevel, std::string_view line) {
    if (const auto f = log_listener.load()) f(std::string(line).c_str());
  });
}
