#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "reflow/graph/subgraph.h"
#include "reflow/op/kernel_registry.h"
#include "reflow/op/parts.h"

namespace reflow::runtime {

class Program;
struct ControlFlowInfo;
struct Schedule;

// One node in execution order, with its place in the value slots of a frame. Every output of every node has a slot.
struct Instruction {
  op::Kernel* kernel = nullptr;  // null: a feed, whose slot the caller fills
  const graph::Node* node = nullptr;
  const op::OpTraits* traits = nullptr;
  op::PartsFn parts = nullptr;            // of ops whose outputs may be stretches of an input, which nothing writes into
  int device = 0;
  int first_input = 0, num_inputs = 0;    // into Plan::input_slots
  int first_output = 0, num_outputs = 0;  // slots
  uint64_t dying_inputs = 0;              // bit i: nothing reads input i after this (of the first 64)
  uint64_t constant_inputs = 0;           // bit i: input i is the same constant in every execution
  bool dereferences = false;              // some reference goes into a plain input: it has to be initialised
};

// A signature compiled for a session: what is the same for all its runs. Immutable but for its programs. Shared by the
// runs; any thread may use it. Outlives none of the session's devices.
class Plan {
 public:
  Plan();
  ~Plan();

  std::unique_ptr<graph::Graph> graph;  // keeps the nodes alive
  std::vector<std::shared_ptr<op::Kernel>> kernels;
  std::vector<Instruction> instructions;
  std::vector<int> input_slots;
  int num_slots = 0;
  std::vector<int> feed_slots, fetch_slots;  // by number in the signature
  std::vector<DType> feed_types;
  std::vector<std::string> fetch_names;      // of the nodes fetched, for messages
  // The last instruction that reads a slot; num_instructions for fetched ones, -1: none.
  std::vector<int> last_use;
  std::vector<op::Device*> devices;
  op::FunctionRunner* functions = nullptr;
  ThreadPool* pool = nullptr;
  // Has control flow, blocking or asynchronous kernels: run by the dataflow loop, which needs `control_flow`; what
  // needn't wait runs by `schedule`.
  bool needs_dataflow = false;
  bool calls_functions = false;  // kernels run others, which are to end with this run
  std::unique_ptr<ControlFlowInfo> control_flow;
  std::unique_ptr<Schedule> schedule;

  // The program for feeds of these shapes, made when it is new.
  Program& program_for(std::span<const Tensor> feeds);

 private:
  std::atomic<Program*> last_program_{nullptr};
  std::mutex mutex_;
  std::vector<std::unique_ptr<Program>> programs_;
};

// Puts the nodes of `subgraph` into execution order (dependencies first, else order of creation), makes kernels and
// numbers slots. `kernel_of` gives the kernel of a node. Cycles but through NextIteration are InvalidArgument.
Status compile_plan(graph::Subgraph subgraph, std::span<const std::unique_ptr<op::Device>> devices,
                    const std::function<StatusOr<std::shared_ptr<op::Kernel>>(const graph::Node&)>& kernel_of,
                    Plan* plan);

// InvalidArgument: "Graph is invalid, contains a cycle with ...", for a cycle that isn't a loop's.
Status check_acyclic(const graph::Graph& graph);

// `status` with the place that TensorFlow's messages end with: "\n\t [[{{node NAME}}]]".
Status at_node(const Status& status, const graph::Node& node);
// The same for what an instruction failed with; where it lacked memory, the message tells of which device.
Status at_instruction(const Plan& plan, const Instruction& instruction, const Status& status);
// FailedPrecondition "Attempting to use uninitialized value ..." for input i of `instruction`.
Status uninitialized(const Instruction& instruction, int i);

}  // namespace reflow::runtime
