#pragma once

#include <memory>

#include "reflow/distributed/master.h"
#include "reflow/distributed/transport.h"
#include "reflow/distributed/worker.h"

// The calls that come in to a server, by name. Each is answered once; what may take its time runs on threads of the
// process's pool. Both outlive the calls.
namespace reflow::distributed {

void serve_master(Master& master, std::shared_ptr<IncomingCall> call);
void serve_worker(Worker& worker, std::shared_ptr<IncomingCall> call);
// Of a service that isn't there.
void refuse(IncomingCall& call);

}  // namespace reflow::distributed
