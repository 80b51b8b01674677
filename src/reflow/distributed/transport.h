#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/base/status.h"

// How tasks talk to each other: calls of named methods, whose messages are bytes. gRPC implements it, in a library of its
// own (distributed/grpc/), which knows nothing of messages; all else in distributed/ knows nothing of gRPC.
namespace reflow::distributed {

// Memory that belongs to `owner`.
struct Piece {
  const void* data;
  size_t size_bytes;
  std::shared_ptr<const void> owner;
};
// A message: its pieces one after the other. Copies share the memory.
using Payload = std::vector<Piece>;

struct CallSettings {
  std::chrono::steady_clock::time_point deadline{};  // the beginning of time: none
  bool wait_for_ready = false;  // waits until the other end can be reached; else the call fails if it can't
};

// A call to another task. `start` is called once, by the one who made it; cancel() by any thread, also before.
class OutgoingCall {
 public:
  virtual ~OutgoingCall() = default;
  virtual void start() = 0;
  virtual void cancel() = 0;
};

// The way to one address; connects when it is first used, and again. Thread-safe.
class Channel {
 public:
  using Done = std::function<void(const Status&, Payload response)>;
  virtual ~Channel() = default;
  // `done` is called once after the start, on any thread. Unavailable: the other end can't be reached, or has died.
  virtual std::shared_ptr<OutgoingCall> prepare(std::string_view method, const Payload& request, const CallSettings& settings,
                                                Done done) = 0;
};

// A call that has come in. It lives until it is answered.
class IncomingCall {
 public:
  virtual ~IncomingCall() = default;
  virtual const std::string& method() const = 0;  // "/tensorflow.WorkerService/GetStatus"
  virtual const Payload& request() const = 0;
  // Calls `callback` if the caller gives up before it has been answered; on any thread, at once if it has.
  virtual void on_cancel(std::function<void()> callback) = 0;
  // REQUIRES: called once.
  virtual void respond(const Status& status, Payload response) = 0;
};

// Called on threads of the transport, which it must not hold up.
using CallHandler = std::function<void(std::shared_ptr<IncomingCall>)>;

// A port that is listened to, until it is destroyed.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual int port() const = 0;
  // Ends all calls, and takes no more.
  virtual void shut_down() = 0;
};

class Transport {
 public:
  virtual ~Transport() = default;
  // Port 0: one that is free. Unknown: "Could not start gRPC server".
  virtual StatusOr<std::unique_ptr<Listener>> listen(int port, CallHandler handler) = 0;
  virtual std::shared_ptr<Channel> connect(const std::string& address) = 0;
};

// gRPC, whose library is opened at the first call. Unimplemented: this build is without it.
StatusOr<Transport*> grpc_transport();

}  // namespace reflow::distributed
