#include "reflow/runtime/schedule.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <queue>

#include "reflow/base/logging.h"

namespace reflow::runtime {

using graph::Consumer;
using graph::Endpoint;
using graph::Node;
using op::ControlKind;
using Instr = ControlFlowInfo::Instr;

namespace {

constexpr int kNeverReleased = std::numeric_limits<int>::max();


class Scheduler {
 public:
  Scheduler(const Plan& plan, const ControlFlowInfo& info)
      : plan_(plan), info_(info), instruction_of_(plan.graph->num_node_ids(), -1), last_use_(plan.num_slots),
        in_body_(plan.instructions.size()), may_be_dead_(plan.num_slots + plan.instructions.size()) {
    for (size_t i = 0; i < plan.instructions.size(); ++i) {
      instruction_of_[plan.instructions[i].node->id()] = static_cast<int>(i);
    }
    schedule_.frames.resize(info.frames.size());
    schedule_.num_flags = static_cast<int>(may_be_dead_.size());
  }

  Schedule run() {
    find_sources();
    // Loops within loops have higher numbers.
    for (int frame = static_cast<int>(info_.frames.size()) - 1; frame >= 0; --frame) {
      frame_ = &schedule_.frames[frame];
      index_ = frame;
      const Status status = add_frame();
      frame_->valid = status.ok();
      if (status.ok()) continue;
      frame_->reason = std::string(message_of(status));
      log_debug(2, "Frame '{}' runs by its dataflow: {}", info_.frames[frame].name, frame_->reason);
    }
    return std::move(schedule_);
  }

 private:
  const Instruction& in(int i) const { return plan_.instructions[i]; }
  ControlKind kind(int i) const { return info_.instructions[i].kind; }
  int instruction_of(const Node* node) const { return instruction_of_[node->id()]; }
  int slot_of(const Endpoint& e) const { return in(instruction_of(e.node)).first_output + e.index; }
  int source(const Endpoint& e) const { return schedule_.source_of[slot_of(e)]; }
  int input_source(int i, int j) const { return schedule_.source_of[plan_.input_slots[in(i).first_input + j]]; }
  int node_flag(int i) const { return plan_.num_slots + i; }
  // References are handed on as such; where they become values they have to be looked up.
  bool reads_reference(int i) const { return in(i).num_inputs > 0 && is_ref(in(i).node->input(0).dtype()); }
  bool gives_reference(int i) const { return in(i).num_outputs > 0 && is_ref(in(i).node->output_type(0)); }
  bool hands_on(int i) const { return reads_reference(i) == gives_reference(i); }
  bool is_loop_switch(int i) const {
    return kind(i) == ControlKind::kSwitch && info_.instructions[i].frame > 0 && in(i).num_inputs == 2 &&
           kind(instruction_of(in(i).node->input(1).node)) == ControlKind::kLoopCond;
  }
  bool is_loop_merge(int i) const {
    return kind(i) == ControlKind::kMerge && std::ranges::any_of(in(i).node->inputs(), [&](const Endpoint& e) {
             return kind(instruction_of(e.node)) == ControlKind::kNextIteration;
           });
  }

  // ---- where values are

  void find_sources() {
    schedule_.source_of.resize(plan_.num_slots);
    schedule_.is_constant.resize(plan_.num_slots);
    for (int slot = 0; slot < plan_.num_slots; ++slot) schedule_.source_of[slot] = slot;
    for (int i = 0; i < static_cast<int>(plan_.instructions.size()); ++i) {
      const int first = in(i).first_output;
      if (in(i).kernel != nullptr && in(i).kernel->constant() != nullptr) schedule_.is_constant[first] = 1;
      if (!hands_on(i)) continue;
      if (kind(i) == ControlKind::kSwitch || kind(i) == ControlKind::kLoopCond || in(i).node->type() == "Identity") {
        for (int j = 0; j < in(i).num_outputs; ++j) schedule_.source_of[first + j] = input_source(i, 0);
      }
    }
    for (const int slot : plan_.input_slots) schedule_.input_slots.push_back(schedule_.source_of[slot]);
  }

  // ---- one frame

  Status add_frame() {
    for (int i = 0; i < static_cast<int>(plan_.instructions.size()); ++i) {
      if (info_.instructions[i].frame != index_) continue;
      if (in(i).kernel != nullptr && (in(i).kernel->is_async() || in(i).traits->blocking)) {
        return unimplemented("{} may wait", in(i).node->name());
      }
      if (info_.instructions[i].takes_dead_inputs) return unimplemented("{} sends dead values", in(i).node->name());
    }
    for (const Schedule::Frame& inner : schedule_.frames) {
      const auto i = &inner - schedule_.frames.data();
      if (info_.frames[i].parent == index_ && i > 0 && !inner.valid) return unimplemented("it has such a loop within");
    }
    ASSIGN_OR_RETURN(const std::vector<int> order, order_items());
    if (index_ > 0) RETURN_IF_ERROR(check_loop(order));
    for (const int item : order) RETURN_IF_ERROR(add_item(item));
    add_borders();
    find_last_uses();
    return OkStatus();
  }

  // Items are instructions, and loops: ~frame.
  static constexpr int loop_item(int frame) { return ~frame; }
  int item_of(int i) const {
    const Instr& info = info_.instructions[i];
    if (info.kind == ControlKind::kEnter && info.frame == index_) return loop_item(info.output_frame);
    return info.frame == index_ ? i : loop_item(info.frame);
  }

  // Of this frame, loops as a whole; dependencies first.
  StatusOr<std::vector<int>> order_items() {
    const int n = static_cast<int>(plan_.instructions.size()), num_items = n + static_cast<int>(info_.frames.size());
    const auto position = [n](int item) { return item >= 0 ? item : n + ~item; };
    std::vector<int> pending(num_items, 0);
    std::vector<std::vector<int>> followers(num_items);
    std::vector<bool> is_there(num_items);
    std::vector<int> items;
    const auto note = [&](int item) {
      if (is_there[position(item)]) return;
      is_there[position(item)] = true;
      items.push_back(item);
    };
    for (int i = 0; i < n; ++i) {
      if (info_.instructions[i].frame != index_) continue;
      const int item = item_of(i);
      note(item);
      const auto depend = [&](const Node* node) {
        const int s = instruction_of(node);
        if (kind(s) == ControlKind::kNextIteration && kind(i) == ControlKind::kMerge) return;
        if (info_.instructions[s].output_frame == index_ && info_.instructions[s].frame != index_ && kind(s) == ControlKind::kEnter) {
          return;  // of this very loop: it comes from outside
        }
        followers[position(item_of(s))].push_back(item);
        ++pending[position(item)];
      };
      for (const Endpoint& e : in(i).node->inputs()) depend(e.node);
      for (const Node* node : in(i).node->control_inputs()) depend(node);
    }
    std::priority_queue<int, std::vector<int>, std::greater<int>> ready;
    for (const int item : items) {
      if (pending[position(item)] == 0) ready.push(position(item));
    }
    std::vector<int> order;
    while (!ready.empty()) {
      const int next = ready.top();
      ready.pop();
      order.push_back(next < n ? next : loop_item(next - n));
      for (const int item : followers[next]) {
        if (--pending[position(item)] == 0) ready.push(position(item));
      }
    }
    if (order.size() != items.size()) return unimplemented("what comes into a loop depends on what leaves it");
    return order;
  }

  // Is it as while_loop makes them? Tells what belongs to the body.
  Status check_loop(const std::vector<int>& order) {
    int condition = -1;
    for (const int i : order) {
      if (i < 0 || kind(i) != ControlKind::kLoopCond) continue;
      if (condition >= 0) return unimplemented("it has several LoopConds");
      condition = i;
    }
    if (condition < 0) return unimplemented("it has no LoopCond");
    for (const int item : order) {
      if (item < 0) {
        const int frame = ~item;
        bool inside = false;
        for (int i = 0; i < static_cast<int>(plan_.instructions.size()) && !inside; ++i) {
          const Instr& info = info_.instructions[i];
          if (info.kind == ControlKind::kEnter && info.frame == index_ && info.output_frame == frame) inside = depends_on_body(i);
        }
        loop_in_body_[frame] = inside;
        continue;
      }
      in_body_[item] = depends_on_body(item);
      RETURN_IF_ERROR(check_node(item));
    }
    if (in_body_[condition]) return unimplemented("LoopCond depends on the body");
    frame_->predicate = input_source(condition, 0);
    if (!hands_on(condition)) return unimplemented("LoopCond reads a reference");
    return OkStatus();
  }

  bool depends_on_body(int i) const {
    const auto is_inside = [&](const Node* node, int output) {
      const int s = instruction_of(node);
      if (is_loop_switch(s)) return output == 1;
      const int item = item_of(s);
      return item < 0 ? loop_in_body_.contains(~item) && loop_in_body_.at(~item) : static_cast<bool>(in_body_[s]);
    };
    if (is_loop_merge(i)) return false;
    for (const Endpoint& e : in(i).node->inputs()) {
      if (is_inside(e.node, e.index)) return true;
    }
    for (const Node* node : in(i).node->control_inputs()) {
      if (is_inside(node, -1)) return true;
    }
    return false;
  }

  Status check_node(int i) {
    const Node& node = *in(i).node;
    if (is_loop_merge(i)) {
      const int first = instruction_of(node.input(0).node);
      const bool usual = node.num_inputs() == 2 && kind(first) == ControlKind::kEnter &&
                         !info_.instructions[first].constant_enter && info_.instructions[first].output_frame == index_ &&
                         kind(instruction_of(node.input(1).node)) == ControlKind::kNextIteration &&
                         node.control_inputs().empty() && info_.num_readers[in(i).first_output + 1] == 0;
      if (!usual) return unimplemented("{} isn't of an Enter and a NextIteration", node.name());
      // Whoever reads the Enter beside the Merge would do so in the first iteration only.
      if (in(first).node->consumers().size() != 1) return unimplemented("{} is read by others", in(first).node->name());
    } else if (std::ranges::any_of(node.inputs(), [&](const Endpoint& e) {
                 const int s = instruction_of(e.node);
                 return kind(s) == ControlKind::kEnter && info_.instructions[s].output_frame == index_ &&
                        !info_.instructions[s].constant_enter;
               })) {
      return unimplemented("{} reads an Enter", node.name());
    }
    switch (kind(i)) {
      case ControlKind::kNextIteration:
        if (!in_body_[i]) return unimplemented("{} isn't in the body", node.name());
        for (const Consumer& consumer : node.consumers()) {
          if (consumer.input < 0 || node.consumers().size() != 1) return unimplemented("{} is read by others", node.name());
        }
        return OkStatus();
      case ControlKind::kExit: {
        const Endpoint& e = node.input(0);
        if (!is_loop_switch(instruction_of(e.node)) || e.index != 0 || !node.control_inputs().empty()) {
          return unimplemented("{} isn't behind the loop's condition", node.name());
        }
        return OkStatus();
      }
      case ControlKind::kSwitch:
        if (!is_loop_switch(i)) return OkStatus();
        frame_->loop_switch = i;
        if (!hands_on(i)) return unimplemented("{} reads a reference", node.name());
        for (const Consumer& consumer : node.consumers()) {
          const bool leaves = kind(instruction_of(consumer.node)) == ControlKind::kExit;
          if (consumer.input >= 0 && consumer.output == 0 && !leaves) return unimplemented("{} goes on after the end", node.name());
        }
        return in_body_[i] ? unimplemented("{} is in the body", node.name()) : OkStatus();
      default: return OkStatus();
    }
  }

  // ---- steps

  // Appends the flags that instruction `i` waits for and that may be set.
  void add_conditions(int i) {
    const auto add = [&](int flag) {
      if (may_be_dead_[flag]) schedule_.conditions.push_back(flag);
    };
    for (int j = 0; j < in(i).num_inputs; ++j) add(plan_.input_slots[in(i).first_input + j]);
    for (const Node* node : in(i).node->control_inputs()) {
      const int s = instruction_of(node);
      if (s >= 0) add(node_flag(s));
    }
  }

  Status add_item(int item) {
    std::vector<Schedule::Step>& steps = is_in_body(item) ? frame_->body : frame_->head;
    Schedule::Step step;
    step.first_condition = static_cast<int32_t>(schedule_.conditions.size());
    if (item < 0) return add_loop(~item, step, steps);
    const Instruction& instruction = in(item);
    step.instruction = item;
    step.kernel = instruction.kernel;
    step.dereferences = instruction.dereferences;
    step.prepares_outputs = !instruction.traits->sets_outputs && instruction.num_outputs > 0;
    switch (kind(item)) {
      case ControlKind::kNextIteration:
      case ControlKind::kExit: return OkStatus();
      case ControlKind::kLoopCond:
        add_conditions(item);
        frame_->first_condition = step.first_condition;
        frame_->num_conditions = static_cast<int32_t>(schedule_.conditions.size()) - step.first_condition;
        return OkStatus();
      case ControlKind::kSwitch:
        if (is_loop_switch(item)) {
          add_conditions(item);
          const bool live = step.first_condition == static_cast<int32_t>(schedule_.conditions.size());
          return live ? OkStatus() : unimplemented("{} may read what is dead", instruction.node->name());
        }
        step.kind = Schedule::StepKind::kSwitch;
        break;
      case ControlKind::kMerge:
        if (is_loop_merge(item)) return OkStatus();
        step.kind = Schedule::StepKind::kMerge;
        break;
      case ControlKind::kTrigger: return OkStatus();  // which is never dead
      default:
        if (instruction.kernel == nullptr) return OkStatus();  // a feed
        if (needs_no_kernel(instruction)) step.kind = Schedule::StepKind::kHandOn;
    }
    // A Merge looks at its inputs itself: one that is live is enough.
    const bool is_merge = step.kind == Schedule::StepKind::kMerge;
    if (!is_merge) add_conditions(item);
    step.num_conditions = static_cast<int32_t>(schedule_.conditions.size()) - step.first_condition;
    bool may_be_dead = step.num_conditions > 0 || is_merge;
    for (int j = 0; is_merge && j < instruction.num_inputs; ++j) {
      if (!may_be_dead_[plan_.input_slots[instruction.first_input + j]]) may_be_dead = false;
    }
    may_be_dead_[node_flag(item)] = may_be_dead;
    for (int j = 0; j < instruction.num_outputs; ++j) {
      may_be_dead_[instruction.first_output + j] = may_be_dead || step.kind == Schedule::StepKind::kSwitch;
    }
    if (step.kind == Schedule::StepKind::kHandOn && !may_be_dead) return OkStatus();
    steps.push_back(step);
    return OkStatus();
  }

  // A constant is there, what an Identity hands on lies elsewhere.
  bool needs_no_kernel(const Instruction& instruction) const {
    const int slot = instruction.first_output;
    return instruction.num_outputs == 1 && (schedule_.is_constant[slot] || schedule_.source_of[slot] != slot);
  }

  bool is_in_body(int item) const {
    if (index_ == 0) return false;
    return item < 0 ? loop_in_body_.at(~item) : static_cast<bool>(in_body_[item]);
  }

  Status add_loop(int frame, Schedule::Step& step, std::vector<Schedule::Step>& steps) {
    step.kind = Schedule::StepKind::kLoop;
    step.instruction = frame;
    bool may_be_dead = schedule_.frames[frame].num_conditions > 0;
    for (const Schedule::Carried& carried : schedule_.frames[frame].carried) may_be_dead |= carried.num_conditions > 0;
    for (int i = 0; i < static_cast<int>(plan_.instructions.size()); ++i) {
      const Instr& info = info_.instructions[i];
      if (info.kind == ControlKind::kEnter && info.frame == index_ && info.output_frame == frame) add_conditions(i);
    }
    step.num_conditions = static_cast<int32_t>(schedule_.conditions.size()) - step.first_condition;
    may_be_dead |= step.num_conditions > 0;
    for (const Schedule::Border& exit : schedule_.frames[frame].exits) {
      may_be_dead_[exit.to] = may_be_dead_[node_flag(exit.instruction)] = may_be_dead;
    }
    steps.push_back(step);
    return OkStatus();
  }

  // What comes into this frame, goes round in it and leaves it.
  void add_borders() {
    for (int i = 0; i < static_cast<int>(plan_.instructions.size()); ++i) {
      const Instr& info = info_.instructions[i];
      if (info.kind == ControlKind::kEnter && info.output_frame == index_ && index_ > 0) {
        int to = in(i).first_output;
        if (!info.constant_enter) {
          if (in(i).node->consumers().empty()) continue;
          to = in(instruction_of(in(i).node->consumers()[0].node)).first_output;
        }
        frame_->enters.push_back({i, input_source(i, 0), to, false});
      }
      if (info.frame != index_ || index_ == 0) continue;
      if (info.kind == ControlKind::kNextIteration && !in(i).node->consumers().empty()) {
        Schedule::Carried carried{};
        carried.instruction = i;
        carried.from = input_source(i, 0);
        carried.to = in(instruction_of(in(i).node->consumers()[0].node)).first_output;
        carried.first_condition = static_cast<int32_t>(schedule_.conditions.size());
        add_conditions(i);
        carried.num_conditions = static_cast<int32_t>(schedule_.conditions.size()) - carried.first_condition;
        frame_->carried.push_back(carried);
      }
      if (info.kind == ControlKind::kExit) frame_->exits.push_back({i, input_source(i, 0), in(i).first_output, false});
    }
  }

  // ---- lifetimes

  void find_last_uses() {
    filled_.assign(plan_.num_slots, false);
    std::vector<Schedule::Step*> steps;
    for (Schedule::Step& step : frame_->head) steps.push_back(&step);
    for (Schedule::Step& step : frame_->body) steps.push_back(&step);
    std::ranges::fill(last_use_, -1);
    const auto read = [&](int slot, int at) { last_use_[slot] = std::max(last_use_[slot], at); };
    for (int at = 0; at < static_cast<int>(steps.size()); ++at) {
      const Schedule::Step& step = *steps[at];
      if (step.kind == Schedule::StepKind::kLoop) {
        for (const Schedule::Border& enter : schedule_.frames[step.instruction].enters) read(enter.from, at);
        for (const Schedule::Border& exit : schedule_.frames[step.instruction].exits) fill(exit.to, at);
        continue;
      }
      if (step.kind == Schedule::StepKind::kHandOn) continue;
      for (int j = 0; j < in(step.instruction).num_inputs; ++j) read(input_source(step.instruction, j), at);
      const bool elsewhere = step.kind == Schedule::StepKind::kSwitch && hands_on(step.instruction);
      for (int j = 0; j < in(step.instruction).num_outputs && !elsewhere; ++j) fill(in(step.instruction).first_output + j, at);
    }
    for (const Schedule::Carried& carried : frame_->carried) read(carried.from, kNeverReleased);
    if (frame_->predicate >= 0) read(frame_->predicate, kNeverReleased);  // when the head has ended
    // Exits take what the head leaves.
    head_size_ = static_cast<int>(frame_->head.size());
    leaves_.assign(plan_.num_slots, false);
    for (const Schedule::Border& exit : frame_->exits) leaves_[exit.from] = true;
    if (index_ == 0) {
      for (const int slot : plan_.fetch_slots) read(schedule_.source_of[slot], kNeverReleased);
    }
    for (Schedule::Carried& carried : frame_->carried) {
      int times = 0;
      for (const Schedule::Carried& other : frame_->carried) times += other.from == carried.from;
      carried.swap = filled_[carried.from] && times == 1 && hands_on(carried.instruction);
    }
    for (Schedule::Border& exit : frame_->exits) {
      int times = 0;
      for (const Schedule::Border& other : frame_->exits) times += other.from == exit.from;
      exit.move = times == 1 && hands_on(exit.instruction) && !is_lasting(exit.from);
    }
    for (int at = 0; at < static_cast<int>(steps.size()); ++at) mark_dying(*steps[at], at);
    note_releases(steps);
    for (int slot = 0; slot < plan_.num_slots; ++slot) {
      if (filled_[slot]) frame_->own_slots.push_back(slot);
    }
    for (const Schedule::Border& enter : frame_->enters) frame_->own_slots.push_back(enter.to);
  }

  void fill(int slot, int at) {
    filled_[slot] = true;
    last_use_[slot] = std::max(last_use_[slot], at);
  }

  // Constants, and what all iterations read: these stay.
  bool is_lasting(int slot) const {
    if (schedule_.is_constant[slot]) return true;
    return std::ranges::any_of(frame_->enters, [&](const Schedule::Border& enter) {
      return enter.to == slot && info_.instructions[enter.instruction].constant_enter;
    });
  }

  bool ends_at(int slot, int at) const {
    return last_use_[slot] == at && !is_lasting(slot) && !(leaves_[slot] && at < head_size_);
  }

  void mark_dying(Schedule::Step& step, int at) {
    if (step.kind == Schedule::StepKind::kLoop) {
      for (Schedule::Border& enter : schedule_.frames[step.instruction].enters) {
        int times = 0;
        for (const Schedule::Border& other : schedule_.frames[step.instruction].enters) times += other.from == enter.from;
        enter.move = times == 1 && ends_at(enter.from, at) && hands_on(enter.instruction);
      }
      return;
    }
    const int n = in(step.instruction).num_inputs;
    for (int j = 0; j < std::min(n, 64); ++j) {
      const int slot = input_source(step.instruction, j);
      int times = 0;
      for (int k = 0; k < n; ++k) times += input_source(step.instruction, k) == slot;
      if (times == 1 && ends_at(slot, at)) step.dying_inputs |= uint64_t{1} << j;
    }
  }

  void note_releases(const std::vector<Schedule::Step*>& steps) {
    std::vector<std::vector<int32_t>> at(steps.size());
    for (int slot = 0; slot < plan_.num_slots; ++slot) {
      const int last = last_use_[slot];
      if (last >= 0 && last < kNeverReleased && ends_at(slot, last)) at[last].push_back(slot);
    }
    for (size_t i = 0; i < steps.size(); ++i) {
      // First what the step has just given, which may share the memory of what it has read.
      std::stable_partition(at[i].begin(), at[i].end(), [&](int slot) {
        const Instruction& own = in(steps[i]->kind == Schedule::StepKind::kLoop ? 0 : steps[i]->instruction);
        return slot >= own.first_output && slot < own.first_output + own.num_outputs;
      });
      steps[i]->first_release = static_cast<int32_t>(schedule_.releases.size());
      steps[i]->num_releases = static_cast<int32_t>(at[i].size());
      schedule_.releases.insert(schedule_.releases.end(), at[i].begin(), at[i].end());
    }
  }

  const Plan& plan_;
  const ControlFlowInfo& info_;
  Schedule schedule_;
  Schedule::Frame* frame_ = nullptr;
  int index_ = 0;
  std::vector<int> instruction_of_;
  std::vector<int> last_use_;  // by slot: a step of this frame; kNeverReleased: it stays
  std::vector<uint8_t> in_body_;
  std::vector<uint8_t> may_be_dead_;  // by flag
  std::vector<bool> filled_;  // by slot: by a step of this frame
  std::vector<bool> leaves_;  // by slot: through an Exit
  int head_size_ = 0;
  std::map<int, bool> loop_in_body_;
};

}  // namespace

Schedule Schedule::make(const Plan& plan, const ControlFlowInfo& info) { return Scheduler(plan, info).run(); }

}  // namespace reflow::runtime
