#pragma once

#include <absl/container/flat_hash_set.h>

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/eager/records.h"

namespace reflow::eager {

// Remembers the ops that run on its thread while it is active and whose inputs depend on what it watches, for gradients:
// tf.GradientTape. Gradients are those of the op registry, and what they compute other tapes record in turn. A tape
// belongs to one thread at a time.
class Tape : public std::enable_shared_from_this<Tape> {
 public:
  explicit Tape(bool watches_variables) : watches_variables_(watches_variables) {}

  // Makes it one of the thread's active tapes, and no more. REQUIRES: it is not, it is.
  void start();
  void stop();
  // From now on what depends on `e` is remembered.
  void watch(Endpoint e);
  // The same of the handle of a variable.
  void watch_variable(Node* handle);
  // Handles of variables that are watched, in the order of their making.
  std::vector<Node*> watched_variables() const;
  bool is_watched(Endpoint e) const { return watched_.contains(key_of(e)); }

  // dL/dx of each source, where L is the sum of the targets, each weighted with its `output_gradients` (empty, or an
  // entry without a value: ones). Nothing where the targets don't depend on the source.
  // NotFound: "No gradient defined for operation ...".
  StatusOr<std::vector<Gradient>> gradient(std::span<const Endpoint> targets, std::span<const Endpoint> sources,
                                           std::span<const Gradient> output_gradients);

  // Has all active tapes that watch an input remember `node`, which has run. False: there are none.
  static bool record_on_all(Node& node);
  // The same for a function of several ops, or of another language, with a gradient of its own.
  static void record_function(std::string name, std::span<const Endpoint> outputs, std::span<const Endpoint> inputs,
                              BackwardFunction backward);
  // Is there an active tape that watches one of them? Trainable variables whose handles these are count as read.
  static bool should_record(std::span<const Endpoint> inputs);
  // How many tapes of the thread remember what runs.
  static int num_active();

  // While it lives, no tape of the thread remembers anything.
  class Paused {
   public:
    Paused();
    ~Paused();
    Paused(const Paused&) = delete;
    Paused& operator=(const Paused&) = delete;
  };

 private:
  using Key = std::pair<const Node*, int>;
  static Key key_of(Endpoint e) { return {e.node, e.index}; }
  void add(std::shared_ptr<Record> record);
  bool watches_any(std::span<const Endpoint> inputs) const;
  void see_variable(Node* handle);

  bool watches_variables_;
  std::vector<std::shared_ptr<Record>> records_;
  absl::flat_hash_set<Key> watched_;
  std::vector<Node*> variables_;
  std::vector<graph::NodeRef> held_;
};

}  // namespace reflow::eager
