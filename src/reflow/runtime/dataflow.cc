#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "reflow/runtime/control_flow_info.h"
#include "reflow/runtime/executor.h"
#include "reflow/runtime/tracer.h"

namespace reflow::runtime {
namespace {

using op::ControlKind;
using op::Value;

enum class Arrival : uint8_t { kNone, kLive, kDead };

// One pass through the body of a loop; of the root frame there is one.
struct Iteration {
  Iteration(const ControlFlowInfo& info, const ControlFlowInfo::StaticFrame& frame, int64_t number) : number(number) {
    values.resize(frame.num_values);
    arrived.resize(frame.num_values, Arrival::kNone);
    readers_left.resize(frame.num_values);
    pending.reserve(frame.instructions.size());
    for (const int i : frame.instructions) pending.push_back(info.instructions[i].pending);
    dead_inputs.resize(frame.instructions.size());
    started.resize(frame.instructions.size());
  }
  const int64_t number;
  std::vector<Value> values;
  std::vector<Arrival> arrived;
  std::vector<int> readers_left;
  std::vector<int> pending;           // by local instruction
  std::vector<int> dead_inputs;
  std::vector<bool> started;
  int outstanding = 0;                // instructions that are ready or run
  int children = 0;                   // loops begun here that go on
};

// A loop that is being run, or the root.
struct LoopFrame {
  int static_frame = 0;
  int64_t id = 0;
  LoopFrame* parent = nullptr;
  Iteration* parent_iteration = nullptr;
  std::deque<std::unique_ptr<Iteration>> iterations;  // those that go on, oldest first
  int64_t num_iterations = 0;                         // begun so far
  int enters_to_come = 0;
  struct Delivery {
    int instruction;
    std::vector<Value> values;
    std::vector<Arrival> arrivals;
    bool dead;  // the instruction wasn't executed
  };
  std::vector<Delivery> constants;      // go into every iteration
  std::vector<Delivery> next;           // wait until another iteration may begin
  std::vector<int> dead_exits;          // of the last iteration
  std::map<std::pair<int, const Iteration*>, std::unique_ptr<LoopFrame>> children;
};

struct Task {
  int instruction;
  LoopFrame* frame;
  Iteration* iteration;
  bool dead;
};

// An instruction that runs, with what its kernel needs to live meanwhile.
struct Activity {
  Task task;
  std::vector<Value*> inputs;
  std::vector<Value> outputs;
  std::optional<op::KernelContext> context;
  Status status;
};

class DataflowRun {
 public:
  DataflowRun(const Program& program, Frame& frame, const RunControl& control, RunMetadata* metadata)
      : plan_(program.plan()), info_(*plan_.control_flow), frame_(frame), control_(control), metadata_(metadata),
        tracer_(plan_, metadata) {
    frame_.memos.resize(plan_.instructions.size());
  }

  Status run() {
    root_.enters_to_come = 0;
    begin_iteration(root_);
    for (size_t i = 0; i < plan_.instructions.size(); ++i) {
      const ControlFlowInfo::Instr& info = info_.instructions[i];
      const Instruction& in = plan_.instructions[i];
      const bool is_source = in.num_inputs == 0 && info.pending == 0 && info.frame == 0;
      if (is_source) make_ready({static_cast<int>(i), &root_, root_.iterations.front().get(), false});
    }
    loop();
    if (status_.ok()) status_ = collect_fetches();
    return status_;
  }

 private:
  const ControlFlowInfo::StaticFrame& static_frame(const LoopFrame& f) const { return info_.frames[f.static_frame]; }

  void loop() {
    int until_check = 1;
    while (true) {
      take_up_finished();
      if (status_.ok() && --until_check == 0) {
        if (Status s = control_.check(); !s.ok()) fail(std::move(s));
        until_check = 8;
      }
      if (!status_.ok()) {
        ready_.clear();
        if (in_flight_ == 0) break;
        wait();
        continue;
      }
      if (ready_.empty()) {
        if (in_flight_ == 0) break;
        wait();
        continue;
      }
      const Task task = ready_.front();
      ready_.pop_front();
      execute(task);
    }
  }

  void wait() {
    std::unique_lock lock(mutex_);
    // Wakes up now and then, to see whether the run is to end.
    done_.wait_for(lock, std::chrono::milliseconds(10), [&] { return !finished_.empty(); });
    lock.unlock();
    if (status_.ok()) {
      if (Status s = control_.check(); !s.ok()) fail(std::move(s));
    }
  }

  // Propagates the outputs of the asynchronous kernels that have ended.
  void take_up_finished() {
    if (in_flight_ == 0) return;
    std::vector<std::unique_ptr<Activity>> finished;
    {
      std::lock_guard lock(mutex_);
      finished.swap(finished_);
    }
    for (auto& activity : finished) {
      --in_flight_;
      complete(*activity);
    }
  }

  void fail(Status status) {
    if (!status_.ok()) return;
    status_ = std::move(status);
    frame_.cancellation.cancel();
    frame_.spoiled = true;
  }

  void make_ready(const Task& task) {
    ++task.iteration->outstanding;
    ready_.push_back(task);
  }

  // ---- execution of one instruction

  void execute(const Task& task) {
    const Instruction& in = plan_.instructions[task.instruction];
    if (in.kernel == nullptr) {  // a feed: its value lies in the caller's slot
      Value value = frame_.values[in.first_output];
      deliver_all(task, {std::move(value)}, {Arrival::kLive});
      return;
    }
    if (task.dead) {
      consume_inputs(task);
      deliver_all(task, std::vector<Value>(in.num_outputs), std::vector<Arrival>(in.num_outputs, Arrival::kDead));
      return;
    }
    auto activity = std::make_unique<Activity>();
    activity->task = task;
    activity->outputs.resize(in.num_outputs);
    uint64_t dying = 0;
    for (int j = 0; j < in.num_inputs; ++j) {
      const int local = info_.local_slot[plan_.input_slots[in.first_input + j]];
      const bool live = task.iteration->arrived[local] == Arrival::kLive;
      activity->inputs.push_back(live ? &task.iteration->values[local] : nullptr);
      if (j < 64 && task.iteration->readers_left[local] == 1) dying |= uint64_t{1} << j;
    }
    if (in.traits->control == ControlKind::kMerge) keep_first_live(*activity);
    activity->context.emplace(&frame_.envs[in.device], in.node, activity->inputs.data(), in.num_inputs,
                              activity->outputs.data(), in.num_outputs);
    activity->context->frame_id = task.frame->id;
    activity->context->iteration = task.iteration->number;
    activity->status = prepare(in, *activity, dying);
    if (activity->status.ok() && (in.kernel->is_async() || in.traits->blocking)) {
      start_async(in, std::move(activity));
      return;
    }
    if (activity->status.ok()) {
      if (metadata_ != nullptr) tracer_.begin();
      activity->status = in.kernel->compute(*activity->context);
      if (metadata_ != nullptr) tracer_.end(task.instruction, activity->outputs);
    }
    complete(*activity);
  }

  // Merge takes the input that came first; another live one can only come in a graph that is wrong.
  static void keep_first_live(Activity& activity) {
    bool found = false;
    for (Value*& input : activity.inputs) {
      if (found) input = nullptr;
      found |= input != nullptr;
    }
  }

  Status prepare(const Instruction& in, Activity& activity, uint64_t dying) {
    if (in.dereferences) {
      for (int j = 0; j < in.num_inputs; ++j) {
        const Value* input = activity.inputs[j];
        if (input != nullptr && input->ref != nullptr && !input->ref->tensor.valid()) return uninitialized(in, j);
      }
    }
    if (in.traits->sets_outputs) return OkStatus();
    return prepare_outputs(in, *activity.context, dying, frame_.memos[activity.task.instruction]);
  }

  void start_async(const Instruction& in, std::unique_ptr<Activity> activity) {
    ++in_flight_;
    Activity* running = activity.release();
    const auto done = [this, running](Status status) {
      running->status = std::move(status);
      std::lock_guard lock(mutex_);
      finished_.emplace_back(running);
      done_.notify_one();
    };
    if (in.kernel->is_async()) {
      in.kernel->compute_async(*running->context, done);
    } else {
      plan_.pool->schedule([&in, running, done] { done(in.kernel->compute(*running->context)); });
    }
  }

  void complete(Activity& activity) {
    const Instruction& in = plan_.instructions[activity.task.instruction];
    if (!activity.status.ok()) {
      fail(at_node(activity.status, *in.node));
      return;
    }
    std::vector<Arrival> arrivals(in.num_outputs);
    for (int i = 0; i < in.num_outputs; ++i) {
      arrivals[i] = activity.context->dead_outputs() >> i & 1 ? Arrival::kDead : Arrival::kLive;
    }
    consume_inputs(activity.task);
    deliver_all(activity.task, std::move(activity.outputs), std::move(arrivals));
  }

  // Frees the values that nobody else will read.
  void consume_inputs(const Task& task) {
    const Instruction& in = plan_.instructions[task.instruction];
    for (int j = 0; j < in.num_inputs; ++j) {
      const int local = info_.local_slot[plan_.input_slots[in.first_input + j]];
      if (task.iteration->arrived[local] == Arrival::kNone) continue;
      if (--task.iteration->readers_left[local] == 0) task.iteration->values[local] = Value();
    }
  }

  // ---- propagation

  // Sends the outputs of `task` where they belong, and accounts for its end.
  void deliver_all(const Task& task, std::vector<Value> values, std::vector<Arrival> arrivals) {
    const ControlKind kind = plan_.instructions[task.instruction].traits->control;
    if (kind == ControlKind::kEnter) {
      enter(task, {task.instruction, std::move(values), std::move(arrivals), task.dead});
    } else if (kind == ControlKind::kExit) {
      if (arrivals[0] == Arrival::kLive) {
        deliver(*task.frame->parent, *task.frame->parent_iteration, {task.instruction, std::move(values), std::move(arrivals), task.dead});
      } else if (task.iteration->number == task.frame->num_iterations - 1) {
        task.frame->dead_exits.push_back(task.instruction);
      }
    } else if (kind == ControlKind::kNextIteration) {
      if (arrivals[0] == Arrival::kLive) next_iteration(task, {task.instruction, std::move(values), std::move(arrivals), task.dead});
    } else {
      deliver(*task.frame, *task.iteration, {task.instruction, std::move(values), std::move(arrivals), task.dead});
    }
    --task.iteration->outstanding;
    clean_up(task.frame);
  }

  void enter(const Task& task, LoopFrame::Delivery delivery) {
    const ControlFlowInfo::Instr& info = info_.instructions[task.instruction];
    auto& slot = task.frame->children[{info.output_frame, task.iteration}];
    if (!slot) {
      slot = std::make_unique<LoopFrame>();
      slot->static_frame = info.output_frame;
      slot->id = ++last_frame_id_;
      slot->parent = task.frame;
      slot->parent_iteration = task.iteration;
      slot->enters_to_come = info_.frames[info.output_frame].num_enters;
      ++task.iteration->children;
      begin_iteration(*slot);
    }
    LoopFrame& child = *slot;
    --child.enters_to_come;
    if (info.constant_enter) {
      for (auto& iteration : child.iterations) deliver(child, *iteration, delivery);
      child.constants.push_back(std::move(delivery));
    } else {
      deliver(child, *child.iterations.front(), std::move(delivery));
    }
    clean_up(&child);
  }

  void next_iteration(const Task& task, LoopFrame::Delivery delivery) {
    LoopFrame& loop = *task.frame;
    const int64_t number = task.iteration->number + 1;
    if (number == loop.num_iterations) {
      const int limit = static_frame(loop).parallel_iterations;
      if (static_cast<int>(loop.iterations.size()) >= limit) {
        loop.next.push_back(std::move(delivery));
        return;
      }
      begin_iteration(loop);
    }
    // Older iterations can't be gone: they end after those before them.
    for (auto& iteration : loop.iterations) {
      if (iteration->number == number) return deliver(loop, *iteration, std::move(delivery));
    }
  }

  void begin_iteration(LoopFrame& loop) {
    loop.iterations.push_back(std::make_unique<Iteration>(info_, static_frame(loop), loop.num_iterations++));
    loop.dead_exits.clear();  // only the last iteration's count
    Iteration& iteration = *loop.iterations.back();
    for (const LoopFrame::Delivery& constant : loop.constants) deliver(loop, iteration, constant);
  }

  // Puts the outputs of an instruction into an iteration and tells their readers.
  void deliver(LoopFrame& frame, Iteration& iteration, LoopFrame::Delivery delivery) {
    const Instruction& in = plan_.instructions[delivery.instruction];
    const ControlFlowInfo::Instr& info = info_.instructions[delivery.instruction];
    for (int i = 0; i < in.num_outputs; ++i) {
      const int local = info_.local_slot[in.first_output + i];
      const int readers = info_.num_readers[in.first_output + i];
      iteration.arrived[local] = delivery.arrivals[i];
      iteration.readers_left[local] = readers;
      if (readers > 0 && delivery.arrivals[i] == Arrival::kLive) iteration.values[local] = std::move(delivery.values[i]);
    }
    for (int i = 0; i < in.num_outputs; ++i) {
      for (const ControlFlowInfo::Edge& edge : info.edges[i]) {
        tell(frame, iteration, edge.consumer, false, delivery.arrivals[i] == Arrival::kDead,
             in.traits->control == ControlKind::kEnter);
      }
    }
    // Control edges of an executed node are live, whatever its outputs are (Switch).
    for (const int consumer : info.control_edges) tell(frame, iteration, consumer, true, delivery.dead, false);
  }

  void tell(LoopFrame& frame, Iteration& iteration, int consumer, bool is_control, bool dead, bool from_enter) {
    const ControlFlowInfo::Instr& info = info_.instructions[consumer];
    const int local = info.local;
    int& pending = iteration.pending[local];
    if (plan_.instructions[consumer].traits->control == ControlKind::kMerge) {
      // Ready when one live value is there, or all are dead (of a loop on a branch not taken: the Enter's), and all
      // control inputs have come.
      if (is_control) {
        --pending;
      } else if (dead) {
        iteration.dead_inputs[local] += from_enter ? plan_.instructions[consumer].num_inputs : 1;
      }
      if (pending > 0 || iteration.started[local]) return;
      const bool all_dead = iteration.dead_inputs[local] >= plan_.instructions[consumer].num_inputs;
      if (!all_dead && !has_live_input(iteration, consumer)) return;
      iteration.started[local] = true;
      make_ready({consumer, &frame, &iteration, all_dead && !has_live_input(iteration, consumer)});
      return;
    }
    if (dead) ++iteration.dead_inputs[local];
    if (--pending > 0) return;
    const bool is_trigger = plan_.instructions[consumer].traits->control == ControlKind::kTrigger;
    make_ready({consumer, &frame, &iteration, iteration.dead_inputs[local] > 0 && !is_trigger});
  }

  bool has_live_input(const Iteration& iteration, int instruction) const {
    const Instruction& in = plan_.instructions[instruction];
    for (int j = 0; j < in.num_inputs; ++j) {
      if (iteration.arrived[info_.local_slot[plan_.input_slots[in.first_input + j]]] == Arrival::kLive) return true;
    }
    return false;
  }

  // ---- the ends of iterations and loops

  void clean_up(LoopFrame* frame) {
    while (frame != nullptr && frame != &root_) {
      LoopFrame& loop = *frame;
      while (!loop.iterations.empty()) {
        Iteration& oldest = *loop.iterations.front();
        const bool more_to_come = oldest.number == 0 && loop.enters_to_come > 0;
        if (oldest.outstanding > 0 || oldest.children > 0 || more_to_come) return;
        // Another iteration may begin; those that wait belong to the one after the newest.
        if (!loop.next.empty()) {
          std::vector<LoopFrame::Delivery> next = std::move(loop.next);
          loop.next.clear();
          begin_iteration(loop);
          for (auto& delivery : next) deliver(loop, *loop.iterations.back(), std::move(delivery));
        }
        loop.iterations.pop_front();
      }
      if (loop.enters_to_come > 0) return;
      frame = end_loop(loop);
    }
  }

  LoopFrame* end_loop(LoopFrame& loop) {
    LoopFrame* parent = loop.parent;
    Iteration* iteration = loop.parent_iteration;
    for (const int exit : loop.dead_exits) deliver(*parent, *iteration, {exit, std::vector<Value>(1), {Arrival::kDead}, true});
    --iteration->children;
    parent->children.erase({loop.static_frame, iteration});
    return parent;
  }

  Status collect_fetches() {
    const Iteration& root = *root_.iterations.front();
    for (size_t i = 0; i < plan_.fetch_slots.size(); ++i) {
      const int slot = plan_.fetch_slots[i];
      const int local = info_.local_slot[slot];
      if (root.arrived[local] != Arrival::kLive) return invalid_argument("Retval[{}] does not have value", i);
      frame_.values[slot] = root.values[local];
    }
    return OkStatus();
  }

  const Plan& plan_;
  const ControlFlowInfo& info_;
  Frame& frame_;
  const RunControl& control_;
  RunMetadata* metadata_;
  Tracer tracer_;
  LoopFrame root_;
  int64_t last_frame_id_ = 0;
  std::deque<Task> ready_;
  Status status_;
  int in_flight_ = 0;
  std::mutex mutex_;
  std::condition_variable done_;
  std::vector<std::unique_ptr<Activity>> finished_;
};

}  // namespace

Status run_dataflow(const Program& program, Frame& frame, const RunControl& control, RunMetadata* metadata) {
  return DataflowRun(program, frame, control, metadata).run();
}

}  // namespace reflow::runtime
