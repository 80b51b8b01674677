#pragma once

#include <functional>
#include <string>
#include <vector>

#include "reflow/client/output.h"

namespace reflow {

struct CriticalSectionOptions {
  std::string name = "critical_section";
  std::string shared_name;  // default: name
};
struct ExecuteOptions {
  bool exclusive_resource_access = true;  // no other section may use the resources that the function does
  std::string name;
};

// A lock around the ops that functions make: runs of them, also of several sessions' threads, go one after the other. A
// handle: copies are the same lock.
//
//   const tf::CriticalSection section;
//   const tf::Output next = section.execute([&] { return tf::identity(v.assign_add(1.)); });
class CriticalSection {
 public:
  explicit CriticalSection(const CriticalSectionOptions& options = {});

  const std::string& name() const;
  // The results of `fn`, whose ops run while the lock is held. ValueError: `fn` locks this section itself; it uses resources
  // that another section has requested exclusive access to, or the other way round.
  std::vector<Output> execute(const std::function<std::vector<Output>()>& fn, const ExecuteOptions& options = {}) const;
  Output execute(const std::function<Output()>& fn, const ExecuteOptions& options = {}) const;

 private:
  Output handle_;
};

}  // namespace reflow
