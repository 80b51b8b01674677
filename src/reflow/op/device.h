#pragma once

#include <string>

#include "reflow/base/thread_pool.h"
#include "reflow/op/resource_manager.h"

namespace reflow::op {

inline constexpr char kCpu[] = "CPU";

// Where kernels run: a name, its resources and its threads. The runtime owns it; it outlives the kernels made for it.
class Device {
 public:
  Device(std::string name, std::string type, ThreadPool* pool)
      : name_(std::move(name)), type_(std::move(type)), pool_(pool) {}
  // "/job:localhost/replica:0/task:0/device:CPU:0"
  const std::string& name() const { return name_; }
  const std::string& type() const { return type_; }
  ThreadPool& pool() const { return *pool_; }
  ResourceManager& resources() { return resources_; }

 private:
  std::string name_, type_;
  ThreadPool* pool_;
  ResourceManager resources_;
};

}  // namespace reflow::op
