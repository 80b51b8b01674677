#pragma once

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "reflow/client/graph.h"
#include "reflow/client/output.h"

namespace reflow {

// The context managers of Python as objects: they act on the default graph, for the calling thread, until they die.

// Puts names of new ops below `name`: "name/", made unique. Empty: below `default_name`, made unique; both empty: at
// the top. A name that ends in '/' is entered again as it is.
class [[nodiscard]] name_scope {
 public:
  explicit name_scope(const std::string& name, const std::string& default_name = "");
  explicit name_scope(std::nullptr_t, const std::string& default_name = "") : name_scope(std::string(), default_name) {}
  ~name_scope();
  name_scope(const name_scope&) = delete;
  name_scope& operator=(const name_scope&) = delete;
  // "outer/inner/": as a name for an op that stands for the scope; "" at the top.
  const std::string& name() const { return name_; }
  operator const std::string&() const { return name_; }

 private:
  Graph graph_;
  std::string name_, outer_;
};

// Places new ops on the device, merged with what outer scopes say; nullptr forgets these. A function is asked for each
// op.
class [[nodiscard]] device {
 public:
  explicit device(const std::string& device_name);
  explicit device(const char* device_name) : device(std::string(device_name)) {}
  explicit device(std::nullptr_t);
  explicit device(std::function<std::string(const Operation&)> device_function);
  ~device();
  device(const device&) = delete;
  device& operator=(const device&) = delete;

 private:
  Graph graph_;
  size_t depth_;
};

// Has new ops wait for these. nullptr: forgets the outer ones, and leaves control flow.
class [[nodiscard]] control_dependencies {
 public:
  explicit control_dependencies(const std::vector<GraphElement>& control_inputs);
  explicit control_dependencies(std::initializer_list<GraphElement> control_inputs)
      : control_dependencies(std::vector<GraphElement>(control_inputs)) {}
  explicit control_dependencies(std::nullptr_t);
  ~control_dependencies();
  control_dependencies(const control_dependencies&) = delete;
  control_dependencies& operator=(const control_dependencies&) = delete;

 private:
  struct Saved;
  Graph graph_;
  std::unique_ptr<Saved> saved_;
};

// Places new ops where `op` is, whatever outer device scopes say. nullptr with ignore_existing: forgets outer ones.
class [[nodiscard]] colocate_with {
 public:
  explicit colocate_with(const GraphElement& op, bool ignore_existing = false);
  colocate_with(std::nullptr_t, bool ignore_existing);
  ~colocate_with();
  colocate_with(const colocate_with&) = delete;
  colocate_with& operator=(const colocate_with&) = delete;

 private:
  struct Saved;
  void enter(graph::Node* node, bool ignore_existing);
  Graph graph_;
  std::unique_ptr<Saved> saved_;
};

// Keeps the state of new stateful ops in the resource container `name`.
class [[nodiscard]] container {
 public:
  explicit container(const std::string& name);
  ~container();
  container(const container&) = delete;
  container& operator=(const container&) = delete;

 private:
  Graph graph_;
  std::string outer_;
};

// New ops of type `first` take the gradient registered under `second`.
class [[nodiscard]] gradient_override_map {
 public:
  explicit gradient_override_map(std::initializer_list<std::pair<std::string, std::string>> op_type_map);
  ~gradient_override_map();
  gradient_override_map(const gradient_override_map&) = delete;
  gradient_override_map& operator=(const gradient_override_map&) = delete;

 private:
  Graph graph_;
  size_t depth_;
};

}  // namespace reflow
